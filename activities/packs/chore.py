"""The chore that makes the packs that were asked for, one a turn, the oldest first."""

import hashlib
import logging
import secrets
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.models import FunderPack
from activities.models.packs import FOLDER
from activities.stored_files import forget_files
from pages.chores import register_chore
from pages.models.organisation import OrganisationSettings

from .archive import BLOCK, Archive, safe_name
from .contents import Gathered, NotYet, gather
from .manifest import describe

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=1)
FAILED = "La fabrication a échoué ; l’administrateur trouvera pourquoi dans le journal du site."
GONE = "Ce financeur a été supprimé."


@dataclass(frozen=True)
class Made:
    """A pack that is written: its weight, its digest, what it holds."""

    size: int
    sha256: str
    gathered: Gathered


@register_chore("dossiers-des-financeurs", "Dossiers des financeurs", timedelta(minutes=1))
def make_packs() -> None:
    """Make the pack that has waited longest; the other chores have their turn before the next."""
    OrganisationSettings.load()  # its row is made the first time: not in the middle of a turn
    for pack in _due():
        if _begin(pack):
            _make(pack)
            break
    forget_files(FOLDER, FunderPack.objects.values_list("file", flat=True))


def _due() -> list[FunderPack]:
    now = timezone.now()
    ready = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    waiting = FunderPack.objects.filter(ready, state=FunderPack.State.WAITING)
    return list(waiting.select_related("partner").order_by("asked_at", "pk"))


def _begin(pack: FunderPack) -> bool:
    """Take the pack, unless another worker has; counted first, so that it cannot kill for ever."""
    if pack.attempts >= MOST_ATTEMPTS:
        _note(pack, state=FunderPack.State.FAILED, last_error=pack.last_error or FAILED)
        return False
    wait = FIRST_WAIT * 2**pack.attempts
    return _note(pack, attempts=pack.attempts + 1, retry_at=timezone.now() + wait)


def _note(pack: FunderPack, **fields: object) -> bool:
    """Write the row, unless somebody has meanwhile: a slow worker does not undo another's."""
    is_kept = _as_seen(pack).update(**fields) == 1
    for name, value in fields.items():
        setattr(pack, name, value)
    return is_kept


def _as_seen(pack: FunderPack) -> QuerySet[FunderPack]:
    seen = {name: getattr(pack, name) for name in ("state", "attempts", "retry_at", "asked_at")}
    return FunderPack.objects.filter(pk=pack.pk, **seen)


def _make(pack: FunderPack) -> None:
    if pack.partner is None:
        _note(pack, state=FunderPack.State.FAILED, last_error=GONE)
        return
    try:
        # Without a name on the disk: a worker that is killed leaves nothing.
        with tempfile.TemporaryFile() as file:
            _keep(pack, file, write_pack(pack, file))
    except NotYet as reason:
        # Not a failure: it is tried again at the next turn.
        _note(pack, attempts=pack.attempts - 1, retry_at=None, last_error=str(reason)[:300])
    except Exception:  # one pack that fails does not keep the others from being made
        logger.exception("the pack of %s failed", pack)
        _note(pack, last_error=FAILED)


def write_pack(pack: FunderPack, file: IO[bytes]) -> Made:
    """Write the whole ZIP into an open file.

    Raises:
        NotYet: it cannot be made now.
    """
    moment = timezone.localtime()
    with Archive(file, moment) as archive:
        gathered = gather(pack, archive, moment)
        describe(gathered, archive)
    size = file.tell()
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return Made(size, digest.hexdigest(), gathered)


def _keep(pack: FunderPack, file: IO[bytes], made: Made) -> None:
    """Store the file, then name it in its row."""
    file.seek(0)
    stored = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.zip", File(file))
    slug = safe_name(made.gathered.partner.slug, "financeur")
    is_kept = _note(
        pack,
        state=FunderPack.State.MADE,
        attempts=0,
        retry_at=None,
        last_error="",
        remarks=made.gathered.remarks,
        file=stored,
        file_name=f"dossier-{slug}-{pack.year}-{made.gathered.moment:%Y-%m-%d}.zip",
        size=made.size,
        sha256=made.sha256,
        captures=len(made.gathered.captures),
        made_at=timezone.now(),
    )
    if not is_kept:
        default_storage.delete(stored)
