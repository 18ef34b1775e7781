"""``sitemap.xml``: what the protocol wants, and only pages that search engines may keep."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_date

from pages.demonstration import page_types
from pages.models import HomePage
from pages.querysets import all_pages

from . import factories

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client: Client) -> dict[str, str]:
    """The last change of each address of the sitemap."""
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (our own)
    assert root.tag == f"{NAMESPACE}urlset"
    entries = [
        (entry.findtext(f"{NAMESPACE}loc") or "", entry.findtext(f"{NAMESPACE}lastmod") or "")
        for entry in root
    ]
    assert len(dict(entries)) == len(entries), "an address twice"
    return dict(entries)


def test_it_holds_every_kind_of_page_with_its_last_change(one_page_of_each_type, client) -> None:
    found = addresses(client)
    wanted = {
        page.get_full_url() for page in all_pages().visible().specific() if not page.is_example
    }
    assert set(found) == wanted
    assert len(wanted) >= len(one_page_of_each_type)


def test_it_says_when_a_page_was_last_changed(home: HomePage, client: Client) -> None:
    page = factories.ContentPageFactory()
    page.save_revision().publish()
    changed = addresses(client)[page.get_full_url()]
    assert parse_date(changed) == timezone.localdate()


def test_what_search_engines_must_not_keep_is_not_in_it(home: HomePage, client: Client) -> None:
    today = timezone.localdate()
    index = factories.NewsIndexPageFactory()
    hidden = [
        factories.NewsPageFactory(parent=index, title="Un exemple", is_example=True),
        factories.NewsPageFactory(parent=index, title="Un brouillon", live=False),
        factories.JobPageFactory(title="Offre fermée", closes_on=today - timedelta(days=1)),
        factories.make_private(factories.ContentPageFactory(title="Réservée")),
    ]
    expired = factories.ContentPageFactory(title="Expirée")
    expired.unpublish(set_expired=True)
    shown = [
        factories.NewsPageFactory(parent=index, title="Une nouvelle"),
        factories.JobPageFactory(title="Dernier jour", closes_on=today),
    ]
    found = addresses(client)
    for page in [*hidden, expired]:
        assert page.get_full_url() not in found, page.title
    for page in shown:
        assert page.get_full_url() in found, page.title


def test_rows_and_pages_agree_on_what_search_engines_may_keep(one_page_of_each_type) -> None:
    """The rule is written twice: for rows, that lists read, and for the page that is served."""
    factories.JobPageFactory(closes_on=timezone.localdate() - timedelta(days=1))
    factories.ContentPageFactory(is_example=True)
    factories.ReferencePageFactory(is_example=True)
    judged = set()
    for model in page_types():
        unlisted = set(model.objects.unlisted().values_list("pk", flat=True))
        for page in model.objects.all():
            assert (page.pk in unlisted) is not page.is_for_search_engines, page
            judged.add((model, page.is_for_search_engines))
    assert len(judged) >= len(one_page_of_each_type) + 3
