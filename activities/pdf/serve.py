"""Gives the PDF files of a report: those that say what the site says now, to who may read them."""

from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from activities.figures.publication import reader
from activities.models import ReportPage, ReportPdf

from .document import may_be_read, may_read_reserved
from .version import fingerprint

RETRY_AFTER = 60  # seconds: the turn of the chore
TITLES = {
    ReportPdf.Kind.FULL: "Le rapport d’activité {}",
    ReportPdf.Kind.SUMMARY: "Le résumé {} en quatre pages",
}


@dataclass(frozen=True)
class ShownPdf:
    """A PDF as ``components/download.html`` shows it."""

    title: str
    url: str
    file_size: int
    pages: int
    file_extension: str = "pdf"


def shown_pdfs(report: ReportPage, request: HttpRequest) -> list[ShownPdf]:
    """The files that this reader can take now, the full report first."""
    rows = _rows(report)
    if not rows or not any(row.fingerprint for row in rows):
        return []
    now = fingerprint()
    user = reader(request)
    by_kind = {kind: _chosen(rows, kind, user) for kind in ReportPdf.Kind.values}
    return [
        ShownPdf(
            TITLES[ReportPdf.Kind(kind)].format(report.year),
            f"{report.get_url(request) or ''}{_file_name(kind, report)}",
            row.size,
            row.pages,
        )
        for kind, row in by_kind.items()
        if row is not None and is_true(row, now)
    ]


def serve_pdf(report: ReportPage, kind: str, request: HttpRequest) -> HttpResponse:
    """A PDF to read; a page that says to come back while it is being made again.

    Raises:
        Http404: there will be none for this reader.
    """
    rows = _rows(report)
    user = reader(request)
    row = _chosen(rows, kind, user)
    # None is made for who came in by a password.
    if row is None and not may_be_read(report, user):
        raise Http404
    if row is None:
        return _being_made(report, request)
    return give_row(row, request)


def give_row(row: ReportPdf, request: HttpRequest) -> HttpResponse:
    """This file, to somebody who may read it: a page that says to come back if it is old."""
    if not is_true(row, fingerprint()):
        return _being_made(row.report, request)
    etag = quote_etag(f"{row.data_version}-{row.kind}-{row.visibility}")
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    try:
        with default_storage.open(str(row.file.name)) as file:
            content = file.read()
    except FileNotFoundError:
        return _being_made(row.report, request)
    headers = {
        "Content-Disposition": f'inline; filename="impulsion-{row.file_name}"',
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    if row.visibility != ReportPdf.Visibility.PUBLIC:
        headers["Cache-Control"] = "private, no-store"
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _rows(report: ReportPage) -> list[ReportPdf]:
    return list(ReportPdf.objects.filter(report=report).select_related("report"))


def _chosen(rows: list[ReportPdf], kind: str, user: Any) -> ReportPdf | None:
    """What a reader of the report may have: all of it, what any reader may, what anybody may."""
    mine = {row.visibility: row for row in rows if row.kind == kind}
    reserved = mine.get(ReportPdf.Visibility.RESERVED)
    if reserved is not None and may_read_reserved(user):
        return reserved
    return mine.get(ReportPdf.Visibility.READERS) or mine.get(ReportPdf.Visibility.PUBLIC)


def is_true(row: ReportPdf, now: str) -> bool:
    """Whether a file says what the site says now."""
    return row.state == ReportPdf.State.MADE and row.fingerprint == now and bool(row.file)


def _file_name(kind: str, report: ReportPage) -> str:
    return f"{'rapport-activite' if kind == ReportPdf.Kind.FULL else 'resume'}-{report.year}.pdf"


def _being_made(report: ReportPage, request: HttpRequest) -> HttpResponse:
    response = render(request, "errors/pdf_en_cours.html", {"report": report}, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def may_have(row: ReportPdf, user: Any) -> bool:
    """Whether this person may read what the file holds."""
    if row.visibility == ReportPdf.Visibility.RESERVED:
        return may_read_reserved(user)
    return row.visibility == ReportPdf.Visibility.PUBLIC or may_be_read(row.report, user)
