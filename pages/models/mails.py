"""Mails that the site has to send, until they are sent or given up."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """One mail for one recipient, written in the transaction of what it speaks of.

    A row a recipient: an address that is refused neither blocks nor repeats the others. Those of
    one mail carry the same Message-ID, made once, so that a copy sent twice is known as a copy.
    The rules of delivery are in ``pages.mail_delivery``.
    """

    class State(models.TextChoices):
        WAITING = "a_envoyer", "à envoyer"
        SENDING = "en_cours", "en cours d’envoi"
        SENT = "envoye", "envoyé"
        REFUSED = "refuse", "refusé"
        GIVEN_UP = "abandonne", "abandonné"

    message_id = models.CharField("identifiant", max_length=255, editable=False)
    sender = models.CharField("expéditeur", max_length=320, editable=False)
    recipient = models.CharField("destinataire", max_length=320, db_index=True, editable=False)
    subject = models.CharField("objet", max_length=300, blank=True, editable=False)
    # What kind of mail it is, and what it speaks of (« request:42 »): for who wrote it.
    purpose = models.CharField("sorte", max_length=40, blank=True, editable=False)
    about = models.CharField(
        "à propos de", max_length=80, blank=True, db_index=True, editable=False
    )
    # The mail as it leaves, with its secret links: nothing is left of it once it is sent.
    message = models.BinaryField("message", null=True, editable=False)
    state = models.CharField(
        "état", max_length=12, choices=State.choices, default=State.WAITING, editable=False
    )
    attempts = models.PositiveIntegerField("essais", default=0, editable=False)
    next_attempt_at = models.DateTimeField("prochain essai", default=timezone.now, editable=False)
    # Who holds the lease signs: a worker that was overtaken says nothing of the row any more.
    lease_until = models.DateTimeField("réservé jusqu’à", null=True, editable=False)
    lease_token = models.CharField("signature", max_length=32, blank=True, editable=False)
    last_error = models.TextField("dernière erreur", blank=True, editable=False)
    repeats = models.PositiveIntegerField("semblables non envoyés", default=0, editable=False)
    created_at = models.DateTimeField("écrit le", default=timezone.now, editable=False)
    sent_at = models.DateTimeField("envoyé le", null=True, editable=False)

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        # The site writes them: people read the list, and send again or give up.
        default_permissions = ("view", "change")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_attempt_at"], name="mail_due")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message_id", "recipient"], name="mail_once_to_each_recipient"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
