"""The people of the partners: who may enter, who was invited, who read what.

A partner's group, its files and its people are rows of this application; what is reserved to a
group is said by Wagtail's own privacy of pages and of collections.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Collection

# Everybody who has an account for a partner, whichever it is.
PARTNERS_GROUP = "Partenaires"
INVITATION_LASTS = timedelta(days=7)
# Then its address is forgotten.
INVITATION_KEPT = timedelta(days=60)
# After the end of an agreement, accounts are still there for a renewal; then they are erased.
ACCOUNT_KEPT = timedelta(days=365)
CONSULTATION_KEPT = timedelta(days=365)
ERASED_PERSON = "Personne effacée"


class PartnerGroup(models.Model):
    """What is reserved to a partner: a group of accounts, and a folder of documents."""

    partner = models.OneToOneField(
        "partners.Partner",
        verbose_name="partenaire",
        on_delete=models.CASCADE,
        related_name="access",
    )
    group = models.OneToOneField(
        Group, verbose_name="groupe", on_delete=models.PROTECT, related_name="partner_access"
    )
    collection = models.OneToOneField(
        Collection,
        verbose_name="dossier",
        null=True,
        on_delete=models.SET_NULL,
        related_name="partner_access",
    )

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "accès d’un partenaire"
        verbose_name_plural = "accès des partenaires"
        default_permissions = ()

    def __str__(self) -> str:
        return self.group.name


class MemberQuerySet(models.QuerySet["Member"]):
    """Querysets of people."""

    def of_list(self) -> "MemberQuerySet":
        """What a list shows of them, by partner."""
        return self.select_related("user", "partner", "partner__access").order_by(
            "partner__name", "user__last_name", "user__email"
        )


class Member(models.Model):
    """The account of a person of a partner: it opens the partners' space, and nothing else."""

    class State(models.TextChoices):
        """What the account is now."""

        ACTIVE = "ouvert", "accès ouvert"
        ENDED = "fini", "accès fini"
        REVOKED = "revoque", "accès révoqué"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="compte",
        on_delete=models.CASCADE,
        related_name="member",
    )
    partner = models.ForeignKey(
        "partners.Partner",
        verbose_name="partenaire",
        on_delete=models.PROTECT,
        related_name="members",
    )
    ends_on = models.DateField(
        "fin de l’accès",
        null=True,
        blank=True,
        help_text="Le dernier jour où cette personne peut entrer. Laissez vide pour suivre la "
        "convention du partenaire.",
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="invité par",
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    joined_at = models.DateTimeField("compte ouvert le", default=timezone.now, editable=False)
    revoked_at = models.DateTimeField("accès révoqué le", null=True, editable=False)
    last_seen_on = models.DateField("dernière visite", null=True, editable=False)

    objects = MemberQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "personne d’un partenaire"
        verbose_name_plural = "personnes des partenaires"

    def __str__(self) -> str:
        return f"{self.user} ({self.partner})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the groups of the account exactly those of its partner.

        Raises:
            ValidationError: the account is one of the team.
        """
        self.clean()
        super().save(*args, **kwargs)
        from partners.accounts.groups import put_in_groups

        put_in_groups(self)

    @property
    def last_day(self) -> date | None:
        """The last day of the access: the person's own, else the partner's.

        That is the end of its agreement, or its own end when it comes first.
        """
        ends = [end for end in (self.partner.agreement_ends_on, self.partner.ended_on) if end]
        return self.ends_on or min(ends, default=None)

    @property
    def state(self) -> "Member.State":
        """What the account is now, whatever the chores have done."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.last_day is not None and self.last_day < timezone.localdate():
            return self.State.ENDED
        return self.State.ACTIVE

    @property
    def is_open(self) -> bool:
        """Whether the person may come in today."""
        return self.state == self.State.ACTIVE

    def clean(self) -> None:
        """Nobody is both of the team and of a partner.

        Raises:
            ValidationError: the account is one of the team.
        """
        super().clean()
        if works_here(self.user):
            raise ValidationError(
                "Cette adresse est celle d’une personne de l’équipe : elle ne peut pas avoir en "
                "plus un compte de partenaire. Invitez une autre adresse."
            )


def works_here(user: Any) -> bool:
    """Whether the account is one of the team: the admin opens to it, or could."""
    return bool(
        user.is_staff
        or user.is_superuser
        or user.user_permissions.exists()
        or user.groups.exclude(Q(name=PARTNERS_GROUP) | Q(partner_access__isnull=False)).exists()
    )


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Querysets of invitations."""

    def waiting(self) -> "InvitationQuerySet":
        """Neither accepted, nor replaced, nor withdrawn; perhaps too old."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def usable(self) -> "InvitationQuerySet":
        """Those whose link works."""
        return self.waiting().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link sent to an address, which opens one account once. Only its hash is kept."""

    partner = models.ForeignKey(
        "partners.Partner",
        verbose_name="partenaire",
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    email = models.EmailField("adresse e-mail")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    ends_on = models.DateField("fin de l’accès", null=True, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="invité par",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="one_waiting_invitation",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def has_expired(self) -> bool:
        """Whether its seven days are over."""
        return self.expires_at <= timezone.now()


def new_token() -> str:
    """What the link of an invitation ends with: nobody guesses it."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What the database keeps of a token: it opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Querysets of the register."""

    def to_forget(self) -> "ConsultationQuerySet":
        """Those that were kept long enough."""
        return self.filter(at__lt=timezone.now() - CONSULTATION_KEPT)


class Consultation(models.Model):
    """A person of a partner opened a reserved page, or took a reserved file.

    Names and titles are those of the day: the line still says what was read when the page, the
    partner or the account are gone.
    """

    class Action(models.TextChoices):
        """What was done."""

        OPENED = "ouvert", "ouvert"
        DOWNLOADED = "telecharge", "téléchargé"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte",
        null=True,
        on_delete=models.SET_NULL,
        related_name="consultations",
    )
    partner = models.ForeignKey(
        "partners.Partner",
        verbose_name="partenaire",
        null=True,
        on_delete=models.SET_NULL,
        related_name="consultations",
    )
    partner_name = models.CharField("nom du partenaire", max_length=120)
    person = models.CharField("personne", max_length=310)
    action = models.CharField("action", max_length=12, choices=Action.choices)
    kind = models.CharField("sorte", max_length=60)
    label = models.CharField("quoi", max_length=300)
    address = models.CharField("adresse", max_length=500)
    at = models.DateTimeField("quand", default=timezone.now, db_index=True)

    objects = ConsultationQuerySet.as_manager()

    # A trace: the words are those that were shown.
    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "consultation"
        verbose_name_plural = "consultations"
        default_permissions = ("view",)
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person} : {self.label}"
