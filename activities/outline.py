"""The chapters of a report: those it usually has, or those of another year."""

from typing import Any

from activities.models import Chapter, ReportChapterPage, ReportPage


def create_outline(report: ReportPage, *, user: Any = None) -> list[ReportChapterPage]:
    """Add the usual chapters that the report does not have yet, as drafts, in their order.

    As long as a chapter is a draft, its figures stay hidden even if the report is published.

    Args:
        report: A report that is in the tree.
        user: Who asks for it, for the history of the pages.
    """
    present = _chapters_of(report)
    return [
        _add_draft(report, ReportChapterPage(title=chapter.label, chapter=chapter), user)
        for chapter in Chapter
        if chapter not in present
    ]


def copy_structure(
    source: ReportPage, target: ReportPage, *, user: Any = None
) -> list[ReportChapterPage]:
    """Give a report the chapters of another, as drafts: titles of the parts, nothing else.

    What was said of a year is not said of another: neither texts nor figures are copied.
    Chapters that the target has already are left alone.
    """
    present = _chapters_of(target)
    target.layout = source.layout
    if not target.body:
        target.body = _titles_of(source)
    target.save_revision(user=user)
    return [
        _add_draft(
            target,
            ReportChapterPage(title=c.title, chapter=c.chapter, slug=c.slug, body=_titles_of(c)),
            user,
        )
        for c in ReportChapterPage.objects.child_of(source).order_by("path")
        if c.chapter not in present
    ]


def _chapters_of(report: ReportPage) -> set[str]:
    chapters = ReportChapterPage.objects.child_of(report)
    return set(chapters.values_list("chapter", flat=True))


def _add_draft(report: ReportPage, page: ReportChapterPage, user: Any) -> ReportChapterPage:
    page.live, page.owner, page.is_example = False, user, report.is_example
    # The adding of a child leaves the object that was its parent behind the tree.
    report.refresh_from_db(fields=["numchild"])
    report.add_child(instance=page)
    page.save_revision(user=user)
    return page


def _titles_of(page: ReportPage | ReportChapterPage) -> Any:
    """The parts of a page's body, empty."""
    parts = [
        {"type": "section", "value": {"title": part["value"]["title"], "content": []}}
        for part in page.body.raw_data
        if part["type"] == "section"
    ]
    return page._meta.get_field("body").to_python(parts)
