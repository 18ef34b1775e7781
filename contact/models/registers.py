"""What stays when a request is gone: counts without anybody, and who read personal data."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from contact.reasons import Reason


class ErasedCount(models.Model):
    """How many requests of a month were erased since: the statistics stay true without them."""

    month = models.DateField("mois")
    reason = models.CharField("motif", max_length=12, choices=Reason.choices)
    was_spam = models.BooleanField("indésirable")
    count = models.PositiveIntegerField("nombre", default=0)

    is_typed = False

    class Meta:
        verbose_name = "demandes effacées"
        verbose_name_plural = "demandes effacées"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["month", "reason", "was_spam"], name="erased_once_a_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.reason}"


class PersonalDataAccess(models.Model):
    """Somebody of the team read, took away or erased personal data. It names no visitor."""

    class Action(models.TextChoices):
        """What was done."""

        LISTED = "liste", "a vu la liste"
        OPENED = "ouverte", "a ouvert la demande"
        FILE = "fichier", "a pris un fichier"
        EXPORTED = "export", "a exporté"
        SEARCHED = "recherche", "a cherché une personne"
        ANSWERED = "acces", "a remis ses données à une personne"
        ERASED = "effacement", "a effacé"

    at = models.DateTimeField("quand", default=timezone.now, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    person = models.CharField("qui", max_length=310)
    action = models.CharField("action", max_length=12, choices=Action.choices)
    # A reference, or a number of requests: never the name or the address of somebody.
    what = models.CharField("quoi", max_length=120)

    is_typed = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "accès aux données personnelles"
        verbose_name_plural = "accès aux données personnelles"
        default_permissions = ("view",)
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person} : {self.what}"
