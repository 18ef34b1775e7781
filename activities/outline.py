"""The chapters of a report: those it usually has, or those of another year."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from activities.figures.citations import FigureBlock
from activities.models import Chapter, ReportChapterPage, ReportPage


@transaction.atomic
def create_outline(report: ReportPage, *, user: Any = None) -> list[ReportChapterPage]:
    """Add the usual chapters that the report does not have yet, as drafts, in their order.

    As long as a chapter is a draft, its figures stay hidden even if the report is published.

    Args:
        report: A report that is in the tree.
        user: Who asks for it, for the history of the pages.
    """
    present = _chapters_of(report)
    return [
        _add_draft(report, _chapter_page(chapter), user)
        for chapter in Chapter
        if chapter not in present
    ]


@transaction.atomic
def copy_structure(
    source: ReportPage, target: ReportPage, *, user: Any = None
) -> list[ReportChapterPage]:
    """Give a report the chapters of another, as drafts: titles of the parts, blocks of figures.

    What was said of a year is not said of another: neither texts nor figures are copied. The
    blocks of figures are: they name indicators, and show those of the year of their report.
    Chapters that the target has already are left alone.
    """
    present = _chapters_of(target)
    # What is being written, published or not: an older text does not come back over it.
    latest = target.get_latest_revision_as_object()
    if not latest.body:
        latest.layout, latest.body = source.layout, _plan_of(source)
        latest.save_revision(user=user)
    return [
        _add_draft(
            target,
            ReportChapterPage(title=c.title, chapter=c.chapter, slug=c.slug, body=_plan_of(c)),
            user,
        )
        for c in ReportChapterPage.objects.child_of(source).order_by("path")
        if c.chapter not in present
    ]


def _chapter_page(chapter: Chapter) -> ReportChapterPage:
    """Its address is the same in every report, whatever its title becomes."""
    return ReportChapterPage(title=chapter.label, chapter=chapter, slug=chapter.value)


def _chapters_of(report: ReportPage) -> set[str]:
    chapters = ReportChapterPage.objects.child_of(report)
    return set(chapters.values_list("chapter", flat=True))


def _add_draft(report: ReportPage, page: ReportChapterPage, user: Any) -> ReportChapterPage:
    page.live, page.owner, page.is_example = False, user, report.is_example
    if report.get_children().filter(slug=page.slug).exists():
        page.slug = ""  # taken: Wagtail makes another from the title
    # The adding of a child leaves the object that was its parent behind the tree.
    report.refresh_from_db(fields=["numchild"])
    report.add_child(instance=page)
    page.save_revision(user=user)
    return page


def _plan_of(page: ReportPage | ReportChapterPage) -> Any:
    """The titles of the parts of a page's body, and its blocks of figures: they name no year."""
    block = page.body.stream_block
    return block.to_python(list(_plan(page.body.raw_data, block)))


def _plan(raw: Any, block: Any) -> Iterator[dict[str, Any]]:
    for part in raw:
        known, value = block.child_blocks.get(part["type"]), part["value"]
        if part["type"] == "section":
            content = list(_plan(value["content"], known.child_blocks["content"]))
            yield {"type": "section", "value": {"title": value["title"], "content": content}}
        elif isinstance(known, FigureBlock):
            # What a chart has taught of a year is not said of another.
            finding = {"finding": ""} if "finding" in value else {}
            yield {"type": part["type"], "value": {**value, **finding}}
