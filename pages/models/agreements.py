"""The agreement of people for what shows or quotes them: pictures, and words.

One place decides what may be shown: ``Agreement.is_usable``, and ``not_usable()`` which says the
same to the database. The fields stand on the row of the picture itself, so that asking costs no
query, however many pictures a page has.
"""

from datetime import date, timedelta
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

# How long before its end an agreement is announced as ending.
ENDING_SOON = timedelta(days=30)


class Agreement(models.Model):
    """Abstract: who agreed, to what kind of paper, from when to when, and whether it was withdrawn.

    Without anything filled in, the picture or the words stay public: most need no agreement.
    """

    class Kind(models.TextChoices):
        """What allows the picture or the words to be shown."""

        NOBODY = "aucun", "Aucun accord nécessaire : personne n’est reconnaissable"
        WRITTEN = "ecrit", "Accord écrit des personnes"
        PARENTS = "parents", "Accord écrit des parents, pour un enfant"
        LICENCE = "licence", "Licence, ou accord de l’auteur"
        WAITING = "attendu", "Accord demandé, pas encore reçu : à ne pas montrer"

    class State(models.TextChoices):
        """Where an agreement stands today."""

        VALID = "valable", "valable"
        ENDING = "bientot", "finit bientôt"
        WAITING = "attendu", "accord attendu"
        EXPIRED = "fini", "accord fini"
        REVOKED = "retire", "accord retiré"

    agreement = models.CharField(
        "accord",
        max_length=10,
        choices=[("", "Pas encore précisé"), *Kind.choices],
        blank=True,
        help_text="Une personne reconnaissable doit avoir donné son accord.",
    )
    people = models.CharField(
        "personnes concernées",
        max_length=255,
        blank=True,
        help_text="Leurs noms, pour retrouver ce qui les montre. Ils ne sont jamais publiés.",
    )
    signed_on = models.DateField("accord signé le", null=True, blank=True)
    rights_until = models.DateField(
        "accord valable jusqu’au",
        null=True,
        blank=True,
        help_text="Le lendemain, tout disparaît du site. Vide : sans limite.",
    )
    revoked_on = models.DateField(
        "accord retiré le",
        null=True,
        blank=True,
        help_text="La personne a changé d’avis ? Mettez la date : tout disparaît du site aussitôt.",
    )
    paper = models.CharField(
        "où est le papier signé",
        max_length=150,
        blank=True,
        help_text="Par exemple : classeur bleu, bureau de l’accueil.",
    )
    rights_note = models.TextField(
        "note",
        blank=True,
        help_text="Ce qu’il faut savoir d’autre. Cette note n’est jamais publiée.",
    )

    class Meta:
        abstract = True

    @property
    def agreement_state(self) -> str:
        """Where the agreement stands today, at the clocks of the association."""
        today = timezone.localdate()
        if self.revoked_on:
            return self.State.REVOKED
        if self.rights_until and self.rights_until < today:
            return self.State.EXPIRED
        if self.agreement == self.Kind.WAITING:
            return self.State.WAITING
        if self.rights_until and self.rights_until <= today + ENDING_SOON:
            return self.State.ENDING
        return self.State.VALID

    @property
    def agreement_state_label(self) -> str:
        """The same, in words."""
        return str(self.State(self.agreement_state).label)

    @property
    def is_usable(self) -> bool:
        """Whether it may be shown to the public today."""
        return self.agreement_state in (self.State.VALID, self.State.ENDING)

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it may have to leave the site one day: no cache then keeps it on its own."""
        return bool(
            self.rights_until
            or self.agreement in (self.Kind.WRITTEN, self.Kind.PARENTS, self.Kind.WAITING)
        )

    def clean(self) -> None:
        """Refuse dates that cannot be true, and a written agreement without its date.

        Raises:
            ValidationError: by field.
        """
        super().clean()
        today = timezone.localdate()
        errors = {}
        if self.agreement in (self.Kind.WRITTEN, self.Kind.PARENTS) and not self.signed_on:
            errors["signed_on"] = (
                "Donnez la date de la signature, ou choisissez « Accord demandé, pas encore reçu »."
            )
        elif self.signed_on and self.signed_on > today:
            errors["signed_on"] = "Cette date n’est pas encore arrivée."
        elif self.signed_on and self.rights_until and self.rights_until < self.signed_on:
            errors["rights_until"] = "L’accord finit avant d’être signé : vérifiez les deux dates."
        if self.revoked_on and self.revoked_on > today:
            errors["revoked_on"] = (
                "Cette date n’est pas encore arrivée. Pour un retrait prévu, mettez-la dans "
                "« accord valable jusqu’au »."
            )
        if errors:
            raise ValidationError(errors)


def not_usable(today: date | None = None) -> Q:
    """The rows whose ``is_usable`` is false, for the database."""
    today = today or timezone.localdate()
    return (
        Q(revoked_on__isnull=False)
        | Q(rights_until__lt=today)
        | Q(agreement=Agreement.Kind.WAITING)
    )


def to_check(today: date | None = None) -> Q:
    """Those that may not be shown any more, or only for some days."""
    today = today or timezone.localdate()
    return not_usable(today) | Q(rights_until__lte=today + ENDING_SOON)


AGREEMENT_PANELS: list[Panel] = [
    FieldPanel("agreement"),
    FieldPanel("people"),
    FieldRowPanel([FieldPanel("signed_on"), FieldPanel("rights_until")]),
    FieldPanel("revoked_on"),
    FieldPanel("paper"),
    FieldPanel("rights_note"),
]


class Testimony(Agreement):
    """Somebody's agreement to be quoted. A quotation that points to it leaves the site with it."""

    name = models.CharField(
        "de qui",
        max_length=120,
        help_text="La personne, pour la retrouver. Ce nom n’est pas publié : "
        "c’est la citation qui dit comment la personne veut être nommée.",
    )
    words = models.TextField(
        "ses mots",
        max_length=800,
        blank=True,
        help_text="Ce que la personne a accepté de laisser citer.",
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("words"),
        MultiFieldPanel(AGREEMENT_PANELS, "Son accord"),
    ]

    class Meta:
        verbose_name = "témoignage"
        verbose_name_plural = "témoignages"
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        excerpt = Truncator(self.words).chars(40)
        return f"{self.name} : « {excerpt} »" if excerpt else self.name


class TestimonyViewSet(SnippetViewSet):
    """The people who agreed to be quoted."""

    model = Testimony
    icon = "openquote"
    menu_label = "Témoignages"
    menu_name = "temoignages"
    list_display = [
        "name",
        Column("words", label="Ses mots"),
        Column("state", label="Accord", accessor="agreement_state_label"),
        "rights_until",
    ]
    search_fields = ["name", "words", "people"]
    list_filter = ["agreement"]


class CheckMenuItem(MenuItem):
    """The list of what to check, for those who may change it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the agreements are this person's business."""
        return bool(request.user.has_perm("pages.change_testimony"))


class AgreementsGroup(SnippetViewSetGroup):
    """« Autorisations »: the testimonies, and what must be looked at, pictures included."""

    items = (TestimonyViewSet,)
    menu_label = "Autorisations"
    menu_name = "autorisations"
    menu_icon = "key"
    menu_order = 560

    def get_submenu_items(self) -> list[MenuItem]:
        """The list of what to check, first: it speaks of the pictures too."""
        check = CheckMenuItem(
            "À vérifier", reverse("agreements"), name="accords", icon_name="warning", order=0
        )
        return [check, *super().get_submenu_items()]


register_snippet(AgreementsGroup)
