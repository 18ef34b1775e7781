"""Old rows in new tables: what editors had written is still there."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Page

from pages.models import EventPage

from . import factories
from .factories import paris

BEFORE, AFTER = [("pages", "0004_search")], [("pages", "0005_agenda")]
# One with an end, one without, one whose draft moves the date, one that has no date yet.
START, END, MOVED = paris(2027, 3, 27, 14), paris(2027, 3, 27, 16), paris(2027, 4, 3, 14)


def migrate(targets: list[tuple[str, str]]):
    """The models of the site as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_events_and_their_versions_keep_their_hours() -> None:
    home = factories.SiteFactory().root_page
    ended = factories.EventPageFactory(title="Fini", starts_at=START, ends_at=END)
    ended.save_revision().publish()
    open_ended = factories.EventPageFactory(title="Sans fin", starts_at=START, ends_at=None)
    draft = ended.get_latest_revision_as_object()
    (session,) = draft.sessions.all()
    session.starts_at, session.ends_at = MOVED, None
    draft.sessions = [session]
    draft.save_revision()
    factories.EventPageFactory(title="Sans date", hours=[], live=False)
    try:
        old = migrate(BEFORE).get_model("pages", "EventPage")
        rows = dict(old.objects.values_list("title", "starts_at"))
        assert rows["Fini"] == rows["Sans fin"] == START
        assert old.objects.get(title="Fini").ends_at == END
        old_draft = Page.objects.get(pk=ended.pk).get_latest_revision()
        assert datetime.fromisoformat(old_draft.content["starts_at"]) == MOVED
        assert "sessions" not in old_draft.content
    finally:
        migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    event = EventPage.objects.get(pk=ended.pk)
    (live,) = event.sessions.all()
    assert (live.starts_at, live.ends_at, live.over_at) == (START, END, END)
    assert (event.starts_at, event.last_starts_at, event.over_at) == (START, START, END)
    midnight = datetime(2027, 3, 27, 23, tzinfo=UTC)
    assert EventPage.objects.get(pk=open_ended.pk).over_at == midnight
    # The draft still moves the same session, and publishing it is enough.
    (moved,) = event.get_latest_revision_as_object().sessions.all()
    assert (moved.pk, moved.uid, moved.starts_at, moved.ends_at) == (live.pk, live.uid, MOVED, None)
    event.get_latest_revision().publish()
    (published,) = EventPage.objects.get(pk=ended.pk).sessions.all()
    assert (published.uid, published.starts_at) == (live.uid, MOVED)
    assert home.pk
