"""What is known of each chore: when it ran, how it went, who is at it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Chore(models.Model):
    """The state of a chore, one row each; the work itself is in ``pages.chores``.

    ``lease_until`` keeps two workers from doing the same work: it is a column and not a row
    lock, which SQLite ignores. A worker that is killed leaves a lease that ends by itself.
    """

    name = models.CharField("nom", max_length=60, primary_key=True)
    lease_until = models.DateTimeField("réservé jusqu’à", null=True, editable=False)
    last_started_at = models.DateTimeField("dernier départ", null=True, editable=False)
    last_done_at = models.DateTimeField("dernière réussite", null=True, editable=False)
    failures = models.PositiveIntegerField("échecs de suite", default=0, editable=False)
    last_error = models.TextField("dernière erreur", blank=True, editable=False)

    class Meta:
        verbose_name = "tâche de fond"
        verbose_name_plural = "tâches de fond"
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        """Whether a worker holds it now."""
        return self.lease_until is not None and self.lease_until > timezone.now()
