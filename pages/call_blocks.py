"""The rows of « Qui appeler »: emergency numbers, problems and who answers them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    FieldBlock,
    ListBlock,
    RegexBlock,
    StructBlockValidationError,
    StructValue,
    TextBlock,
    URLBlock,
)

from pages.blocks import PHONE, PHONE_ERROR
from pages.streams import KeepingStreamBlock, KeepingStructBlock

REGIE = "regie"
KINDS = [
    ("commune", "La commune"),
    ("bailleur", "Le bailleur"),
    (REGIE, "La régie"),
    ("urgence", "Une urgence"),
    ("autre", "Un autre service"),
]


class EmergencyNumberBlock(KeepingStructBlock):
    """A short number that anybody may call."""

    number = RegexBlock(
        regex=PHONE, error_messages={"invalid": PHONE_ERROR}, label="Numéro", max_length=20
    )
    purpose = CharBlock(
        label="Pour quoi",
        max_length=60,
        help_text="Cinq mots simples : « Un feu, un accident ».",
    )
    name = CharBlock(
        label="Qui répond", max_length=60, required=False, help_text="Par exemple : les pompiers."
    )
    by_sms = BooleanBlock(
        label="Par SMS", required=False, help_text="On écrit à ce numéro, on ne l’appelle pas."
    )

    class Meta:
        label = "Numéro d’urgence"
        label_format = "{number} {purpose}"
        icon = "warning"


class EmergencyNumbersBlock(KeepingStreamBlock):
    """The emergency numbers, in the order of the page."""

    number = EmergencyNumberBlock()

    class Meta:
        required = False
        collapsed = True  # one line a row: the whole list is seen


def commune_choices() -> list[tuple[str, str]]:
    """The communes, by their INSEE codes: they stay when a name is written differently."""
    from pages.models import Commune

    return list(Commune.objects.values_list("insee_code", "name"))


class CommunesBlock(FieldBlock):
    """Some communes, stored as their INSEE codes.

    Wagtail's MultipleChoiceBlock reads its choices, here a table, for each value of each row.
    """

    @cached_property
    def field(self) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=commune_choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="Ne cochez rien si la réponse vaut partout.",
        )


class AnswerValue(StructValue):
    """An answer, and where it holds."""

    @property
    def communes(self) -> list[str]:
        """The INSEE codes of the communes where it holds; none when it holds everywhere."""
        return self.get("communes") or []

    @property
    def who(self) -> str:
        """What kind of body answers: said above its name, which is not always clear."""
        return dict(KINDS).get(self.get("kind") or "", "")


class AnswerBlock(KeepingStructBlock):
    """Who deals with a problem, and how to reach them."""

    kind = ChoiceBlock(choices=KINDS, label="Qui", default="commune")
    name = CharBlock(
        label="Nom du service",
        max_length=120,
        required=False,
        help_text="Par exemple : les services techniques. Pour la régie, laissez vide : son "
        "téléphone et son adresse e-mail viennent des réglages.",
    )
    phone = RegexBlock(
        regex=PHONE,
        error_messages={"invalid": PHONE_ERROR},
        label="Téléphone",
        required=False,
    )
    hours = CharBlock(
        label="Quand appeler",
        max_length=120,
        required=False,
        help_text="Par exemple : du lundi au vendredi, de 9 h à 12 h.",
    )
    website = URLBlock(label="Site", required=False)
    note = CharBlock(
        label="Précision",
        max_length=200,
        required=False,
        help_text="Par exemple : donnez le numéro écrit sur le poteau.",
    )
    communes = CommunesBlock(label="Dans quelles communes")

    class Meta:
        label = "Réponse"
        label_format = "{kind} {name}"
        icon = "user"
        value_class = AnswerValue

    def clean(self, value: StructValue) -> StructValue:
        """Refuse an answer that helps nobody.

        Raises:
            StructBlockValidationError: no name, or no way to reach it.
        """
        answer = super().clean(value)
        if answer["kind"] == REGIE or self.is_deferred_validation:
            return answer
        errors = {}
        if not answer["name"]:
            errors["name"] = ValidationError("Dites quel service répond.")
        if not (answer["phone"] or answer["website"] or answer["note"]):
            errors["phone"] = ValidationError(
                "Donnez un téléphone, un site, ou une précision : comment joindre ce service ?"
            )
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return answer


class AnswersBlock(ListBlock):
    """The answers to a problem."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(AnswerBlock(), **kwargs)

    class Meta:
        label = "Qui appeler"
        min_num = 1


class ProblemBlock(KeepingStructBlock):
    """Something that goes wrong, in the words of who lives there."""

    problem = CharBlock(
        label="Le problème",
        max_length=80,
        help_text="Comme on le dit : « Un lampadaire ne marche plus ».",
    )
    explanation = TextBlock(label="Ce qu’il faut savoir", max_length=300, required=False, rows=2)
    answers = AnswersBlock()

    class Meta:
        label = "Problème"
        label_format = "{problem}"
        icon = "help"


class ProblemsBlock(KeepingStreamBlock):
    """The problems, in the order of the page."""

    problem = ProblemBlock()

    class Meta:
        required = False
        collapsed = True  # one line a row: the whole list is seen
