"""Background work: each application registers chores, a small worker does what is due.

A chore finds its own work in the database and does it; it must bear being killed at any
moment and being started again. ``manage.py chores`` runs what is due, once or in a loop.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone

from .models import Chore
from .without_people import without_people

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
MAX_BACK_OFF = timedelta(hours=1)
# A chore is late when it has missed this many of its turns.
MISSED_TURNS = 3


@dataclass(frozen=True)
class Work:
    """A chore as its application declares it."""

    name: str
    label: str
    every: timedelta
    run: Callable[[], None]


_registry: dict[str, Work] = {}


def register_chore(
    name: str, label: str, every: timedelta
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare the decorated function as a chore called ``name``, due every ``every``.

    Raises:
        ValueError: two chores have the same name.
    """

    def register(run: Callable[[], None]) -> Callable[[], None]:
        if name in _registry:
            raise ValueError(f"two chores are called {name!r}")
        _registry[name] = Work(name, label, every, run)
        return run

    return register


def registered() -> list[Work]:
    """Every chore of the site, in the order of their names."""
    return [_registry[name] for name in sorted(_registry)]


def run_due() -> list[str]:
    """Run what is due and free; return the names of the chores that were run."""
    return [work.name for work in registered() if _run_if_due(work)]


def _run_if_due(work: Work) -> bool:
    chore, _created = Chore.objects.get_or_create(name=work.name)
    if due_at(work, chore) > timezone.now() or not _take_lease(work):
        return False
    try:
        work.run()
    except Exception:  # whatever a chore does, the others run and the admin shows it
        logger.exception("chore %s failed", work.name)
        _record_failure(work)
    else:
        Chore.objects.filter(name=work.name).update(
            lease_until=None, last_done_at=timezone.now(), failures=0, last_error=""
        )
    return True


def due_at(work: Work, chore: Chore) -> datetime:
    """When the chore is to run next; failures put it off, twice as long each time."""
    if chore.last_started_at is None:
        return timezone.now()
    wait = work.every
    if chore.failures:
        wait = min(work.every * 2 ** min(chore.failures, 10), max(MAX_BACK_OFF, work.every))
    return chore.last_started_at + wait


def is_late(work: Work, chore: Chore | None) -> bool:
    """Whether the worker seems to have stopped."""
    last = chore.last_started_at if chore else None
    return last is None or timezone.now() - last > max(
        work.every * MISSED_TURNS, timedelta(minutes=5)
    )


def _take_lease(work: Work) -> bool:
    """Reserve the chore; False when another worker was quicker."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    taken = (
        Chore.objects.filter(free, name=work.name)
        # Seen due by two workers, started by one: the other's turn is over.
        .filter(Q(last_started_at__isnull=True) | Q(last_started_at__lt=now - work.every / 2))
        .update(lease_until=now + LEASE, last_started_at=now)
    )
    return taken == 1


def _record_failure(work: Work) -> None:
    chore = Chore.objects.get(name=work.name)
    chore.lease_until = None
    chore.failures += 1
    chore.last_error = without_people(traceback.format_exc(limit=-1))[-2000:]
    chore.save()


@register_chore("recherches-sans-resultat", "Recherches sans résultat", timedelta(hours=1))
def forget_search_misses() -> None:
    """Keep the list of what is not found short and true."""
    # The models of search are those of this application: not before it is ready.
    from .search.misses import forget_misses

    forget_misses()


@register_chore("publication-programmee", "Publications programmées", timedelta(minutes=1))
def publish_scheduled() -> None:
    """Publish and withdraw what editors planned (Wagtail's own command)."""
    call_command("publish_scheduled")


@register_chore("courriels", "Envoi des courriels", timedelta(seconds=10))
def deliver_mails() -> None:
    """Take to the mail server what waits in the outbox."""
    from .mail_delivery import deliver_due

    deliver_due()


@register_chore("courriels-anciens", "Oubli des courriels anciens", timedelta(hours=24))
def forget_old_mails() -> None:
    """Keep of the mails what the register of processing says, and no longer."""
    from .outbox import purge

    purge()


@register_chore(
    "sessions-finies", "Oubli des sessions finies et des essais comptés", timedelta(hours=24)
)
def forget_sessions() -> None:
    """Drop the sessions that nobody can use any more, and the counts of tries that are over."""
    from .accounts.cache import forget_expired

    call_command("clearsessions")
    forget_expired()
