"""``sitemap.xml``: what the protocol wants. What must not be in it: tests/test_leaks.py."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from pages.demonstration import page_types
from pages.models import SitePage
from partners.models import Partner

from . import factories
from .site_text import xml_of

pytestmark = pytest.mark.django_db
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def published(one_page_of_each_type: dict[str, SitePage]) -> dict[str, SitePage]:
    """A site that was published as editors do, with words that XML must escape."""
    for page in one_page_of_each_type.values():
        page.title = f"{page.title} <b> & co"
        page.save_revision().publish()
    return one_page_of_each_type


def test_it_is_what_the_protocol_wants_and_holds_every_kind_of_page(published, client) -> None:
    root = xml_of(client, "/sitemap.xml", "application/xml")
    assert root.tag == f"{NAMESPACE}urlset"
    assert {entry.tag for entry in root} == {f"{NAMESPACE}url"}
    assert {part.tag for entry in root for part in entry} <= {
        f"{NAMESPACE}{name}" for name in ("loc", "lastmod", "changefreq", "priority")
    }
    locations = [entry.findtext(f"{NAMESPACE}loc") for entry in root]
    above = published["PartnerIndexPage"].get_full_url()
    partners = {f"{above}{slug}/" for slug in Partner.objects.values_list("slug", flat=True)}
    assert partners
    # All but the page of accounts.
    pages = {page.get_full_url() for page in published.values() if page.is_for_search_engines}
    assert sorted(locations) == sorted({*partners, *pages})
    for entry in root:
        # What is no page of the tree has no date of its own.
        if entry.findtext(f"{NAMESPACE}loc") in partners:
            continue
        assert date.fromisoformat(entry.findtext(f"{NAMESPACE}lastmod")) == timezone.localdate()


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
