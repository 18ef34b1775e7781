"""A request: what somebody asked, and all that was done about it."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from contact.reasons import Reason
from pages.models import Commune, Trade
from pages.search.query import fold


class ContactRequestQuerySet(models.QuerySet["ContactRequest"]):
    """Querysets of the follow-up."""

    def in_hand(self) -> "ContactRequestQuerySet":
        """Those that were not set aside."""
        return self.exclude(state=ContactRequest.State.SPAM)

    def unread(self) -> "ContactRequestQuerySet":
        """Those that nobody has opened yet."""
        return self.in_hand().filter(read_at__isnull=True)

    def unanswered(self) -> "ContactRequestQuerySet":
        """Those that await an answer."""
        state = ContactRequest.State
        return self.filter(state__in=[state.NEW, state.IN_PROGRESS])


class ContactRequest(models.Model):
    """A message of the contact form. Written once by ``contact.receiving``, then followed up.

    Nothing here is edited but its state and who follows it: what the person wrote stays as it
    was written, and the notice that they read stays with it.
    """

    class State(models.TextChoices):
        """How far the answer is."""

        NEW = "nouvelle", "Nouvelle"
        IN_PROGRESS = "en_cours", "En cours"
        ANSWERED = "repondue", "Répondue"
        CLOSED = "close", "Close"
        SPAM = "indesirable", "Indésirable"

    class ClientKind(models.TextChoices):
        """Who orders work."""

        PERSON = "particulier", "Un particulier"
        LANDLORD = "bailleur", "Un bailleur"
        AUTHORITY = "collectivite", "Une commune ou une collectivité"
        COMPANY = "entreprise", "Une entreprise"
        CO_OWNERS = "copropriete", "Une copropriété ou un syndic"
        ASSOCIATION = "association", "Une association"
        OTHER = "autre", "Autre"

    class BestTime(models.TextChoices):
        """When to call."""

        ANY = "indifferent", "N’importe quand"
        MORNING = "matin", "Le matin"
        AFTERNOON = "apres-midi", "L’après-midi"
        EVENING = "soir", "Après 17 heures"

    year = models.PositiveSmallIntegerField("année", editable=False)
    number = models.PositiveIntegerField("numéro", editable=False)
    # Of the form and what it said: the same click twice is the same request.
    fingerprint = models.CharField("empreinte", max_length=64, unique=True, editable=False)

    reason = models.CharField("motif", max_length=12, choices=Reason.choices, editable=False)
    trade = models.ForeignKey(
        Trade,
        verbose_name="activité",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    # The page that led to the form (a reference, an offer): its title of that day stays.
    subject_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name="à propos de la page",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    subject_title = models.CharField("à propos de", max_length=300, blank=True, editable=False)
    client_kind = models.CharField(
        "qui demande", max_length=12, choices=ClientKind.choices, blank=True, editable=False
    )
    organisation = models.CharField("organisme", max_length=120, blank=True, editable=False)
    name = models.CharField("nom", max_length=120, blank=True, editable=False)
    email = models.EmailField("adresse e-mail", blank=True, editable=False)
    phone = models.CharField("téléphone", max_length=40, blank=True, editable=False)
    # As one dials it from anywhere (33612345678): to find a person however it was typed.
    phone_digits = models.CharField(max_length=20, blank=True, db_index=True, editable=False)
    best_time = models.CharField(
        "quand appeler", max_length=12, choices=BestTime.choices, blank=True, editable=False
    )
    wanted_when = models.CharField("pour quand", max_length=120, blank=True, editable=False)
    message = models.TextField("message", max_length=5000, blank=True, editable=False)
    notice = models.TextField("mention lue", editable=False)

    state = models.CharField(
        "état", max_length=12, choices=State.choices, default=State.NEW, db_index=True
    )
    # Why the site set it aside, in words; empty when it did not, or was wrong.
    suspicions = models.CharField("mise de côté", max_length=300, blank=True, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="suivie par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_requests",
    )
    received_at = models.DateTimeField("reçue le", default=timezone.now, db_index=True)
    read_at = models.DateTimeField("lue le", null=True, blank=True, editable=False)
    last_exchange_at = models.DateTimeField("dernier échange", default=timezone.now, db_index=True)
    reminded_at = models.DateTimeField("rappelée le", null=True, blank=True, editable=False)
    # What the search of the follow-up reads: folded, and rewritten at each save.
    search_text = models.TextField(blank=True, editable=False)

    objects = ContactRequestQuerySet.as_manager()

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "demande"
        verbose_name_plural = "demandes"
        default_permissions = ("view", "change", "delete")
        ordering: ClassVar[list[str]] = ["-received_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "number"], name="request_reference_once")
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write what the search reads."""
        told = (self.reference, self.name, self.organisation, self.email, self.phone)
        where = (self.phone_digits, self.subject_title, self.message)
        self.search_text = fold(" ".join((*told, *where)))
        super().save(*args, **kwargs)

    @property
    def reference(self) -> str:
        """What the person is told: « R-2026-0042 ». Nobody is named in it."""
        return f"R-{self.year}-{self.number:04d}"


class ReferenceCounter(models.Model):
    """The last number given in a year: an erased request's is never given again."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    last = models.PositiveIntegerField("dernier numéro", default=0)

    is_typed = False

    class Meta:
        verbose_name = "compteur de références"
        verbose_name_plural = "compteurs de références"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.year)

    @classmethod
    def next_for(cls, day: date) -> int:
        """The next number of the year of this day; the row is held until the transaction ends."""
        this_year = cls.objects.filter(year=day.year)
        if not this_year.update(last=models.F("last") + 1):
            # The first one of a year; another may write the same row at this moment.
            cls.objects.get_or_create(year=day.year)
            this_year.update(last=models.F("last") + 1)
        return this_year.get().last


class RequestEvent(models.Model):
    """A line of a request's history: a note, a reply, a change of state."""

    class Kind(models.TextChoices):
        """What happened."""

        RECEIVED = "recue", "Demande reçue"
        SET_ASIDE = "mise_de_cote", "Mise de côté"
        RESCUED = "reprise", "Reprise"
        FILES = "fichiers", "Fichiers ajoutés"
        STATE = "etat", "État"
        ASSIGNED = "attribution", "Suivi"
        NOTE = "note", "Note interne"
        REPLY = "reponse", "Réponse envoyée"
        REMINDER = "rappel", "Rappel"
        MAIL = "courriel", "Courriel du site"

    request = models.ForeignKey(
        ContactRequest, verbose_name="demande", on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField("sorte", max_length=12, choices=Kind.choices)
    at = models.DateTimeField("quand", default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    text = models.TextField("texte", blank=True)
    # Of a mail: its place in the thread that the person reads.
    message_id = models.CharField(max_length=255, blank=True)

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "suite d’une demande"
        verbose_name_plural = "suites des demandes"
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()
