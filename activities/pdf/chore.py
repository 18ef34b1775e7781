"""The chore that makes the PDF files of the reports, and remakes those that say something old."""

import logging
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from activities.models import ReportPage, ReportPdf
from activities.stored_files import forget_files
from pages.chores import register_chore
from pages.models.organisation import OrganisationSettings
from pages.querysets import AnyReaderOf

from .document import MOST_PAGES, document_of, has_reserved, may_be_read
from .render import Unavailable, render
from .version import fingerprint

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=1)
# Well within the ten minutes for which a worker reserves a chore.
MOST_SECONDS = 240
FOLDER = "rapports"
FAILED = "La fabrication a échoué ; l’administrateur trouvera pourquoi dans le journal du site."


@register_chore("pdf-des-rapports", "PDF des rapports", timedelta(minutes=1))
def make_pdfs() -> None:
    """Make what is missing or older than its data, the newest report first."""
    OrganisationSettings.load()  # its row is made the first time: not in the middle of a turn
    until = time.monotonic() + MOST_SECONDS
    for pdf in _wanted():
        if time.monotonic() > until:
            break
        _refresh(pdf)
    forget_files(FOLDER, ReportPdf.objects.values_list("file", flat=True))


def _wanted() -> Iterator[ReportPdf]:
    """A row for each file that there should be; those there should not be go."""
    for report in ReportPage.objects.filter(live=True).order_by("-year"):
        visibilities = []
        if may_be_read(report):
            visibilities.append(ReportPdf.Visibility.PUBLIC)
        elif may_be_read(report, AnyReaderOf(report)):
            visibilities.append(ReportPdf.Visibility.READERS)
        if has_reserved(report):
            visibilities.append(ReportPdf.Visibility.RESERVED)
        ReportPdf.objects.filter(report=report).exclude(visibility__in=visibilities).delete()
        for visibility in visibilities:
            for kind in ReportPdf.Kind.values:
                yield ReportPdf.objects.get_or_create(
                    report=report, kind=kind, visibility=visibility
                )[0]
    ReportPdf.objects.filter(report__live=False).delete()


def _refresh(pdf: ReportPdf) -> None:
    """Make one file if it is needed, and say how it went."""
    now = fingerprint()
    if pdf.state == ReportPdf.State.MADE and pdf.fingerprint == now and _has_file(pdf):
        return
    if pdf.state == ReportPdf.State.FAILED and _must_wait(pdf, now):
        return
    try:
        _make(pdf, now)
    except Unavailable as error:
        _note_failure(pdf, now, str(error))
    except Exception:  # one report that fails does not keep the others from being made
        logger.exception("the PDF of %s failed", pdf)
        _note_failure(pdf, now, FAILED)


def _must_wait(pdf: ReportPdf, now: str) -> bool:
    """Whether it is too early to try again; what has changed since is tried at once."""
    if pdf.fingerprint != now:
        return False
    return pdf.attempts >= MOST_ATTEMPTS or bool(pdf.retry_at and pdf.retry_at > timezone.now())


def _has_file(pdf: ReportPdf) -> bool:
    return bool(pdf.file) and default_storage.exists(str(pdf.file.name))


def _make(pdf: ReportPdf, now: str) -> None:
    document = document_of(pdf.report, pdf.kind, pdf.visibility)
    if pdf.data_version == document.version and _has_file(pdf):
        # Something has changed elsewhere: this file still says what the site says.
        if fingerprint() == now:
            _as_seen(pdf).update(
                fingerprint=now, state=ReportPdf.State.MADE, attempts=0, last_error=""
            )
        return
    made = render(document.html)
    for shorter in document.shorter:
        if made.pages <= MOST_PAGES:
            break
        made = render(shorter)
    if fingerprint() != now:
        return  # what it says may be old already: next turn
    name = f"{FOLDER}/{pdf.report_id}-{document.version}-{secrets.token_hex(4)}.pdf"
    stored, old = default_storage.save(name, ContentFile(made.content)), pdf.file.name
    is_kept = _as_seen(pdf).update(
        state=ReportPdf.State.MADE,
        attempts=0,
        last_error="",
        retry_at=None,
        file=stored,
        size=len(made.content),
        pages=made.pages,
        fingerprint=now,
        data_version=document.version,
        made_at=timezone.now(),
    )
    unused = old if is_kept else stored
    if unused:
        default_storage.delete(unused)


def _as_seen(pdf: ReportPdf) -> QuerySet[ReportPdf]:
    """The row, unless somebody has written it meanwhile: a slow worker does not undo another's."""
    seen = {name: getattr(pdf, name) for name in ("state", "attempts", "fingerprint", "file")}
    return ReportPdf.objects.filter(pk=pdf.pk, **seen)


def _note_failure(pdf: ReportPdf, now: str, sentence: str) -> None:
    attempts = pdf.attempts + 1 if pdf.fingerprint == now else 1
    _as_seen(pdf).update(
        state=ReportPdf.State.FAILED,
        attempts=attempts,
        last_error=sentence[:300],
        retry_at=timezone.now() + FIRST_WAIT * 2 ** min(attempts, 8),
        fingerprint=now,
    )


def ask_again(report: ReportPage) -> None:
    """Have the files of a report made again at the next turn, whatever their state."""
    ReportPdf.objects.filter(report=report).update(
        state=ReportPdf.State.WAITING, attempts=0, retry_at=None, data_version="", fingerprint=""
    )
