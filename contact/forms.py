"""What the address of the contact page asks for, and the form of a reason."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import EmailValidator
from django.db.models import Model
from wagtail.models import Page

from activities.models import JobPage, ReferencePage
from pages import outbox
from pages.models import Commune, Trade

from . import phones
from .attachments import ACCEPT, LIMITS_IN_WORDS
from .models import ContactRequest
from .reasons import ASKED, REACH, Reason
from .wording import CHOOSE, WORDS, Words

NO_ADDRESS = (
    "Cette adresse e-mail n’est pas complète\u00a0: elle s’écrit «\u00a0nom@exemple.fr\u00a0»."
)
NO_MAIL_THERE = "Aucun courriel n’arriverait à cette adresse\u00a0: vérifiez-la."
NOWHERE_TO_ANSWER = (
    "Laissez un numéro de téléphone ou une adresse e-mail\u00a0: sans l’un des deux, nous ne "
    "pourrions pas vous répondre."
)
TOO_LONG = (
    "C’est trop long\u00a0: %(limit_value)d signes au plus, ici %(show_value)d. Gardez "
    "l’essentiel, nous en reparlerons."
)
NOT_IN_THE_LIST = "Choisissez une réponse de la liste."
# What a list sends for « Une autre commune »: no row, and yet an answer.
NONE_OF_THEM = "autre"

# What no text holds: control characters, and those that turn the reading order around.
_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Wanted:
    """What one comes for, as the address tells."""

    reason: Reason | None = None
    trade: Trade | None = None
    subject: Page | None = None
    # The rest of the address: what a link to another reason keeps.
    others: str = ""


class WantedForm(forms.Form):
    """``?motif=…&activite=…&realisation=…&offre=…``; what is not known is dropped."""

    motif = forms.ChoiceField(choices=Reason.choices, required=False)
    activite = forms.SlugField(required=False)
    realisation = forms.SlugField(required=False)
    offre = forms.SlugField(required=False)

    def clean_activite(self) -> Trade | None:
        """The activity of this name, if there is one."""
        slug = self.cleaned_data["activite"]
        return Trade.objects.filter(slug=slug).first() if slug else None

    def clean_realisation(self) -> ReferencePage | None:
        """The reference of this name that anybody may read, if there is one."""
        slug = self.cleaned_data["realisation"]
        return ReferencePage.objects.visible().filter(slug=slug).first() if slug else None

    def clean_offre(self) -> JobPage | None:
        """The offer of this name that anybody may read, if there is one."""
        slug = self.cleaned_data["offre"]
        return JobPage.objects.visible().filter(slug=slug).first() if slug else None

    @property
    def wanted(self) -> Wanted:
        """What is known of it."""
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        reason = Reason(data["motif"]) if data.get("motif") else None
        trade, reference, offer = (data.get(n) for n in ("activite", "realisation", "offre"))
        known = {"activite": trade, "realisation": reference, "offre": offer}
        others = urlencode({name: row.slug for name, row in known.items() if row})
        return Wanted(reason, trade, reference or offer, others)


# Letters that show nothing, besides the spaces and the marks that Unicode calls so.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


def shown(text: str) -> str:
    """The text, or nothing when nobody would see anything of it."""
    seen = (one not in _BLANK_LETTERS and unicodedata.category(one)[0] not in "CZ" for one in text)
    return text if any(seen) else ""


class LineField(forms.CharField):
    """One line: what would break it, or hide in it, becomes a space."""

    def to_python(self, value: Any) -> str:
        """The line as it can be kept, and written in the head of a mail."""
        return shown(" ".join(_NEVER_IN_TEXT.sub(" ", value or "").split()))


class ReachField(LineField):
    """An address or a number: what is copied from a telephone's contacts hides signs in it."""

    def to_python(self, value: Any) -> str:
        """As it can be dialled, or written to: plain letters and digits, nothing invisible."""
        plain = unicodedata.normalize("NFKC", super().to_python(value))
        visible = "".join(one for one in plain if unicodedata.category(one) != "Cf")
        return phones.in_our_digits(visible).strip()


class TextField(forms.CharField):
    """A text of several lines; its length is counted as people count it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text with plain ends of lines."""
        text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        return shown(_NEVER_IN_TEXT.sub(" ", text).strip())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No ``maxlength``: a browser cuts what is pasted without saying so."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class RowField(forms.ChoiceField):
    """A row of a short list: read once, for the choices and to find the one that was chosen."""

    def __init__(self, model: type[Model], key: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.key = model, key
        self.rows: dict[str, Model] = {}

    def read(self, words: Words) -> bool:
        """Read the rows; whether there are any."""
        rows = self.model._default_manager.all()
        self.rows = {str(getattr(row, self.key)): row for row in rows}
        choices = [("", words.empty), *((key, str(row)) for key, row in self.rows.items())]
        self.choices = [*choices, (NONE_OF_THEM, words.none)] if words.none else choices
        return bool(self.rows)

    def clean(self, value: Any) -> Model | None:
        """The row, not its key; none for an answer that is no row."""
        return self.rows.get(super().clean(value))


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class Group:
    """Fields that stand together, under a name."""

    name: str
    fields: list[forms.BoundField]


class RequestForm(forms.Form):
    """The form of a reason: the fields that it asks for, and no other.

    Files are not read here: ``contact.asking`` does, once the rest has been judged.
    """

    client_kind = forms.ChoiceField(
        choices=[("", CHOOSE), *ContactRequest.ClientKind.choices], required=False
    )
    organisation = LineField(max_length=120, required=False)
    trade = RowField(Trade, "slug", required=False)
    commune = RowField(Commune, "insee_code", required=False)
    message = TextField(max_length=5000, required=False)
    wanted_when = LineField(max_length=120, required=False)
    name = LineField(max_length=120, required=False)
    phone = ReachField(max_length=40, widget=forms.TelInput, required=False)
    email = ReachField(max_length=254, widget=forms.EmailInput, required=False)
    best_time = forms.ChoiceField(
        choices=ContactRequest.BestTime.choices,
        widget=forms.RadioSelect,
        initial=ContactRequest.BestTime.ANY,
        required=False,
    )

    ATTRS: Mapping[str, dict[str, str]] = {
        "organisation": {"autocomplete": "organization"},
        "name": {"autocomplete": "name"},
        "phone": {"autocomplete": "tel"},
        "email": {"autocomplete": "email"},
        "message": {"rows": "6"},
        "files": {"accept": ACCEPT},
    }

    def __init__(self, reason: Reason, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = ASKED[reason]
        self.reason = reason
        known = self.fields | {"files": forms.Field(widget=FilesInput, required=False)}
        self.fields = {name: known[name] for name in asked.fields}
        for name, field in list(self.fields.items()):
            words = WORDS[reason].get(name) or WORDS[None][name]
            self._word(field, words, LIMITS_IN_WORDS if name == "files" else words.help)
            field.required = name in asked.required
            field.widget.is_required = field.required
            field.widget.attrs.update(self.ATTRS.get(name, {}))
            # A site that has no activity yet, or no commune, asks for none.
            if isinstance(field, RowField) and not field.read(words):
                del self.fields[name]

    @staticmethod
    def _word(field: forms.Field, words: Words, help_text: str) -> None:
        field.label, field.help_text = words.label, help_text
        field.error_messages["required"] = words.missing
        field.error_messages["invalid_choice"] = NOT_IN_THE_LIST
        field.error_messages["max_length"] = TOO_LONG

    @property
    def groups(self) -> list[Group]:
        """What is asked, then who asks and where to answer; an application is one group."""
        everything = [self[name] for name in self.fields]
        if "message" not in self.fields:
            return [Group("Pour vous rappeler", everything)]
        who = [field for field in everything if field.name in (*REACH, "best_time")]
        what = [field for field in everything if field not in who]
        return [Group("Votre demande", what), Group("Pour vous répondre", who)]

    def clean_email(self) -> str:
        """An address to which a mail can go."""
        email = self.cleaned_data["email"]
        if email:
            # No « root@localhost »: that is somebody of our own server.
            EmailValidator(NO_ADDRESS, allowlist=())(email)
            if email.endswith("]"):
                raise forms.ValidationError(NO_MAIL_THERE)
            try:
                outbox.bare_address(email)
            except ValueError as error:
                raise forms.ValidationError(NO_MAIL_THERE) from error
        return str(email)

    def clean_phone(self) -> str:
        """A number that can be called."""
        phone = self.cleaned_data["phone"]
        if phone:
            phones.check(phone)
        return str(phone)

    def clean(self) -> dict[str, Any]:
        """Somewhere to answer: one of the two is enough."""
        data = super().clean() or {}
        tried = {"phone", "email"} & set(self.errors)
        if not (data.get("phone") or data.get("email") or tried):
            self.add_error("phone", NOWHERE_TO_ANSWER)
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The fields of a request, of a form that is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "files"}
        return values | {"phone_digits": phones.digits(values.get("phone", ""))[:20]}


def typed(post: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """What was typed in these fields, as it can be shown again: no control characters.

    Of a field that was sent several times, the last one.
    """
    return {name: _NEVER_IN_TEXT.sub(" ", str(post.get(name, ""))) for name in names}
