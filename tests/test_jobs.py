"""Offers: open to the last minute of their last day, then gone from everywhere but their page."""

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from activities.models import JobIndexPage, JobPage
from activities.models.jobs import JOBS_PER_PAGE
from pages.models import HomePage, Trade

from . import factories
from .conftest import signed_in
from .factories import paris
from .site_text import text_of
from .test_budgets import add_in_bulk

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 6, 15)


def main_of(answer: Any) -> str:
    """What a page says, its head and its foot left out."""
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def offer(**fields: Any) -> JobPage:
    fields.setdefault("title", "Jardinier")
    return factories.JobPageFactory(**fields)


# --- Until when ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last_day",
    [
        LAST_DAY,
        date(2026, 12, 31),
        date(2028, 2, 29),
        # The days of 23 and of 25 hours, and their neighbours.
        date(2027, 3, 27),
        date(2027, 3, 28),
        date(2027, 10, 30),
        date(2027, 10, 31),
    ],
)
def test_an_offer_is_open_until_the_last_second_of_its_last_day(home, client, last_day) -> None:
    job = offer(closes_on=last_day)
    before = paris(last_day.year, last_day.month, last_day.day, 23, 59, 59)
    after = before + timedelta(seconds=1)
    assert timezone.localtime(after).hour == 0
    for moment, is_open in ((before, True), (after, False)):
        with time_machine.travel(moment, tick=False):
            assert job.is_open is is_open
            assert list(JobPage.objects.open()) == ([job] if is_open else [])
            assert list(JobPage.objects.closed()) == ([] if is_open else [job])
            index = JobIndexPage.objects.get()
            assert ("Jardinier" in main_of(client.get(index.get_url()))) is is_open


def test_an_offer_is_in_one_list_and_only_one(home) -> None:
    with time_machine.travel(paris(2027, 3, 28, 12), tick=False):
        today = timezone.localdate()
        for days in range(-3, 4):
            offer(title=f"Jour {days}", slug=f"jour{days}", closes_on=today + timedelta(days=days))
        found = [*JobPage.objects.open(), *JobPage.objects.closed()]
        assert len(found) == len(set(found)) == 7
        assert [job.title for job in JobPage.objects.open()][:2] == ["Jour 0", "Jour 1"]
        assert [job.title for job in JobPage.objects.closed()][:2] == ["Jour -1", "Jour -2"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Dernier jour pour répondre"),
        (1, "Plus qu’un jour pour répondre"),
        (7, "Plus que 7\u00a0jours pour répondre"),
        (8, ""),
        (-1, ""),
    ],
)
def test_the_last_days_are_counted(home, days: int, words: str) -> None:
    assert offer(closes_on=timezone.localdate() + timedelta(days=days)).closes_soon == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (26, "26\u00a0h"),
        ("17.5", "17\u00a0h\u00a030"),
        ("30.25", "30\u00a0h\u00a015"),
        ("35.00", "35\u00a0h"),
    ],
)
def test_hours_are_said_as_a_clock_says_them(home, hours, words: str) -> None:
    assert offer(hours=hours).hours_label == words


# --- Where it is seen ---------------------------------------------------------------------------


@pytest.fixture
def full_site(home: HomePage) -> dict[str, str]:
    """A site with an offer, and where one looks for it."""
    section = factories.SectionPageFactory(title="Travailler", show_in_menus=True)
    factories.SiteMapPageFactory()
    factories.PrescriberPageFactory(slug="prescripteurs")
    factories.HomeDoorFactory(home=home, page=section, label="Je cherche un travail")
    index = factories.JobIndexPageFactory(title="Offres", parent=section)
    offer(parent=index, title="Jardinier", closes_on=LAST_DAY)
    return {
        "home": "/",
        "section": "/travailler/",
        "list": "/travailler/offres/",
        "prescribers": "/travailler/prescripteurs/",
        "sitemap": "/sitemap.xml",
    }


def test_an_open_offer_is_seen_wherever_one_looks_for_work(full_site, client: Client) -> None:
    with time_machine.travel(paris(2026, 6, 15, 23, 59, 59), tick=False):
        for name, address in full_site.items():
            assert "/travailler/offres/jardinier/" in client.get(address).content.decode(), name


def test_where_one_looks_for_work_the_last_word_is_the_form_that_calls_back(
    full_site, organisation, client: Client
) -> None:
    factories.ContactPageFactory(show_in_menus=True)
    elsewhere = factories.SectionPageFactory(title="La régie", show_in_menus=True)
    way = '<a href="/contact/?motif=emploi">Laisser votre numéro</a>'
    assert way in client.get(full_site["section"]).content.decode()
    assert way not in client.get(elsewhere.url).content.decode()


def test_the_day_after_it_has_left_everything(full_site, client: Client) -> None:
    with time_machine.travel(paris(2026, 6, 16), tick=False):
        for name, address in full_site.items():
            assert "jardinier" not in client.get(address).content.decode().casefold(), name


def test_no_offer_is_in_the_site_map(full_site, client: Client) -> None:
    with time_machine.travel(paris(2026, 6, 1), tick=False):
        assert "Jardinier" not in client.get("/plan-du-site/").content.decode()


def test_the_offers_stand_under_the_door_that_leads_to_them(full_site, home, client) -> None:
    elsewhere = factories.ContentPageFactory(title="Ailleurs")
    factories.HomeDoorFactory(home=home, page=elsewhere, label="J’habite ici")
    with time_machine.travel(paris(2026, 6, 1), tick=False):
        doors = main_of(client.get("/")).split("<strong>")
    assert "Jardinier" in next(door for door in doors if door.startswith("Je cherche"))
    assert "Jardinier" not in next(door for door in doors if door.startswith("J’habite"))


def test_an_empty_list_says_how_to_write_all_the_same(home, client: Client) -> None:
    factories.ContactPageFactory(show_in_menus=True)
    factories.OrganisationFactory(phone="03 21 00 00 00")
    index = factories.JobIndexPageFactory()
    html = main_of(client.get(index.get_url()))
    assert "Écrivez-nous quand même" in html
    assert 'href="/contact/?motif=emploi"' in html
    assert 'href="tel:+33321000000"' in html


def test_reserved_and_draft_offers_are_nowhere(home) -> None:
    offer(title="Brouillon", live=False)
    factories.make_private(offer(title="Réservée"))
    shown = Template("{% load job_tags %}{% open_offers 9 as jobs %}{{ jobs }}").render(Context())
    assert shown == "[]"


# --- Its page -----------------------------------------------------------------------------------


def test_the_page_says_the_big_facts_then_one_button(home, client: Client) -> None:
    factories.ContactPageFactory(show_in_menus=True)
    commune = factories.CommuneFactory(name="Essai-sur-Terril")
    job = offer(
        commune=commune, place="Rue d’essai", posts=3, pay="le SMIC", start="lundi", hours="17.5"
    )
    html = main_of(client.get(job.get_url()))
    text = text_of(html)
    for words in ("17 h 30 par semaine", "Rue d’essai, Essai-sur-Terril", "le SMIC", "lundi"):
        assert words in text
    assert html.count('class="button"') == 1
    assert 'href="/contact/?motif=emploi&amp;offre=jardinier"' in html


def test_its_own_contact_goes_before_that_of_the_association(home, organisation, client) -> None:
    job = offer(contact_name="Camille", phone="03 21 11 11 11", email="camille@example.org")
    html = main_of(client.get(job.get_url()))
    assert "Camille" in html
    assert 'href="tel:+33321111111"' in html
    assert 'href="mailto:camille@example.org"' in html
    assert organisation.email not in html


def test_a_closed_page_stays_polite_and_leads_on(home, client: Client) -> None:
    factories.ContactPageFactory(show_in_menus=True)
    closed = offer(title="Jardinier", closes_on=LAST_DAY)
    offer(title="Peintre", closes_on=LAST_DAY + timedelta(days=30))
    with time_machine.travel(paris(2026, 6, 16), tick=False):
        answer = client.get(closed.get_url())
        html = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert "Cette offre est fermée depuis le 16 juin 2026" in text_of(html)
    assert "Peintre" in main_of(answer)
    assert "JobPosting" not in html
    assert "Postuler" not in html
    assert "motif=emploi" not in html


def test_the_poster_has_its_code_and_the_closed_page_has_none(home, client, settings) -> None:
    settings.SITE_URL = "https://regie.exemple.fr"
    job = offer(closes_on=timezone.localdate())
    html = main_of(client.get(job.get_url()))
    assert re.search(
        r'<main[^>]* class="[^"]*\bposter\b', client.get(job.get_url()).content.decode()
    )
    assert f"<strong>https://regie.exemple.fr{job.url}</strong>" in html
    assert re.search(r'class="poster-foot print-only"', html)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert "poster-foot" not in main_of(client.get(job.get_url()))


# --- For machines -------------------------------------------------------------------------------


def json_ld(html: str) -> dict[str, dict[str, Any]]:
    """The descriptions of a page, by type."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    data = json.loads(found[1]) if found else []
    return {item["@type"]: item for item in (data if isinstance(data, list) else [data])}


def posting(job: JobPage) -> dict[str, Any]:
    return json_ld(Client().get(job.get_url()).content.decode()).get("JobPosting", {})


@pytest.mark.parametrize(
    ("last_day", "expected"),
    [
        (LAST_DAY, "2026-06-15T23:59:59+02:00"),
        (date(2026, 12, 31), "2026-12-31T23:59:59+01:00"),
        (date(2027, 3, 28), "2027-03-28T23:59:59+02:00"),
        (date(2027, 10, 31), "2027-10-31T23:59:59+01:00"),
    ],
)
def test_valid_through_is_the_end_of_the_day_in_paris(home, last_day, expected) -> None:
    factories.OrganisationFactory()
    with time_machine.travel(paris(2026, 6, 1, 9), tick=False):
        job = offer(closes_on=last_day, first_published_at=timezone.now())
        through = posting(job)["validThrough"]
    assert through == expected
    assert timezone.localtime(datetime.fromisoformat(through)).date() == last_day


def test_every_property_that_search_engines_require(home, settings) -> None:
    settings.SITE_URL = "https://regie.exemple.fr"
    factories.OrganisationFactory(name="Régie d’essai")
    commune = factories.CommuneFactory(name="Essai-sur-Terril", postcode="62999")
    with time_machine.travel(paris(2026, 6, 1, 0, 30), tick=False):
        job = offer(
            closes_on=LAST_DAY,
            commune=commune,
            place="Rue d’essai",
            posts=2,
            profile="Être là <b>tôt</b>.",
            first_published_at=timezone.now(),
        )
        found = posting(job)
    description = found.pop("description")
    assert found == {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Jardinier",
        "datePosted": "2026-06-01",
        "validThrough": "2026-06-15T23:59:59+02:00",
        "employmentType": ["PART_TIME", "TEMPORARY"],
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Régie d’essai",
            "sameAs": "https://regie.exemple.fr/",
        },
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Rue d’essai",
                "addressLocality": "Essai-sur-Terril",
                "postalCode": "62999",
                "addressCountry": "FR",
            },
        },
        "totalJobOpenings": 2,
        "workHours": "26\u00a0h par semaine",
        "url": f"https://regie.exemple.fr{job.url}",
    }
    assert "Un résumé d’essai." in description
    assert "Être là &lt;b&gt;tôt&lt;/b&gt;." in description
    assert description.startswith("<p>")


@pytest.mark.parametrize(
    ("support", "hours", "expected"),
    [
        ("permanent", 35, ["FULL_TIME"]),
        ("permanent", "34.5", ["PART_TIME"]),
        ("ei", 35, ["FULL_TIME", "TEMPORARY"]),
        ("aci", 20, ["PART_TIME", "TEMPORARY"]),
    ],
)
def test_the_kind_of_contract_is_told_from_the_hours(home, support, hours, expected) -> None:
    factories.OrganisationFactory()
    job = offer(support=support, hours=hours, first_published_at=timezone.now())
    assert posting(job)["employmentType"] == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"is_example": True},
        {"place": ""},  # no place
        {"first_published_at": None},
    ],
)
def test_what_is_not_complete_or_not_real_is_not_told_to_machines(home, fields) -> None:
    factories.OrganisationFactory()
    job = offer(**{"first_published_at": timezone.now(), **fields})
    assert posting(job) == {}


# --- The form -----------------------------------------------------------------------------------


def form_data(**fields: Any) -> dict[str, Any]:
    """What the form of an offer sends."""
    return {
        "title": "Jardinier",
        "slug": "jardinier",
        "summary": "",
        "closes_on": "",
        "support": "aci",
        "contract": "Six mois",
        "hours": "26",
        "posts": "1",
        "place": "Atelier",
        "profile": "",
        "how_to_apply": "",
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        **fields,
    }


def add(browser: Client, **fields: Any) -> Any:
    index = JobIndexPage.objects.first() or factories.JobIndexPageFactory()
    address = f"/admin/pages/add/activities/jobpage/{index.pk}/"
    return browser.post(address, form_data(**fields))


PUBLISH = {"action-publish": "1"}
PAST = "Cette date est passée. Choisissez aujourd’hui ou un jour à venir."
TOO_LATE = "L’offre paraîtrait après son dernier jour. Changez l’une des deux dates."
NO_PLACE = "Dites où est le travail : une commune, un lieu, ou les deux."


def said(answer: Any) -> str:
    return re.sub(r"\s", " ", text_of(answer.content.decode()))


def test_an_offer_that_closes_today_is_published(home, publisher) -> None:
    today = timezone.localdate().isoformat()
    add(signed_in(publisher), closes_on=today, **PUBLISH)
    assert JobPage.objects.get().live


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"closes_on": "2020-01-01"}, PAST),
        ({"closes_on": "2099-01-01", "go_live_at": "2099-01-02 09:00"}, TOO_LATE),
        ({"closes_on": "2099-01-01", "place": ""}, NO_PLACE),
        ({"closes_on": ""}, "Champ requis."),
        ({"closes_on": "2099-01-01", "hours": "90"}, "48"),
        ({"closes_on": "31/02/2099"}, "Saisissez une date valide."),
    ],
)
def test_a_wrong_offer_is_refused_in_french(home, publisher, fields, sentence) -> None:
    answer = add(signed_in(publisher), **fields, **PUBLISH)
    assert sentence in said(answer)
    assert not JobPage.objects.exists()


def test_yesterday_in_paris_is_past_even_when_it_is_today_elsewhere(home, publisher) -> None:
    with time_machine.travel(paris(2026, 6, 16, 0, 30), tick=False):  # 22:30 the day before, UTC
        answer = add(signed_in(publisher), closes_on="2026-06-15", **PUBLISH)
    assert PAST in said(answer)


def test_a_draft_is_kept_whatever_its_date(home, writer) -> None:
    add(signed_in(writer), closes_on="2020-01-01")
    add(signed_in(writer), slug="sans-date", closes_on="", place="")
    assert [job.live for job in JobPage.objects.all()] == [False, False]


def test_an_offer_that_is_on_line_may_be_closed_early(home, publisher) -> None:
    job = offer()
    yesterday = timezone.localdate() - timedelta(days=1)
    data = form_data(slug=job.slug, closes_on=yesterday.isoformat(), **PUBLISH)
    signed_in(publisher).post(f"/admin/pages/{job.pk}/edit/", data)
    job.refresh_from_db()
    assert (job.closes_on, job.live, job.is_open) == (yesterday, True, False)


def test_writing_proposes_an_offer_and_publication_publishes_it(home, writer, publisher) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    add(signed_in(writer), closes_on=tomorrow, **PUBLISH)
    job = JobPage.objects.get()
    assert not job.live
    data = form_data(closes_on=tomorrow, **PUBLISH)
    signed_in(publisher).post(f"/admin/pages/{job.pk}/edit/", data)
    job.refresh_from_db()
    assert job.live


def test_several_drafts_published_at_once_are_refused_with_the_reason(home, publisher) -> None:
    """Wagtail would stop on an error 500."""
    good = offer(live=False, title="Complète")
    bad = offer(live=False, title="Sans date", closes_on=None)
    browser = signed_in(publisher)
    address = f"/admin/bulk/wagtailcore/page/publish/?id={good.pk}&id={bad.pk}"
    answer = browser.post(f"{address}&next=/admin/pages/", {"include_descendants": ""}, follow=True)
    assert answer.status_code == 200
    assert "« Sans date » ne peut pas être publiée" in said(answer)
    assert not JobPage.objects.live().exists()
    JobPage.objects.filter(pk=bad.pk).delete()
    browser.post(f"/admin/bulk/wagtailcore/page/publish/?id={good.pk}", {})
    assert JobPage.objects.get(pk=good.pk).live


def test_a_trade_in_use_is_not_deleted_with_its_offers(home) -> None:
    job = offer()
    with pytest.raises(Exception, match="protected"):
        Trade.objects.get(pk=job.trade_id).delete()


# --- Whatever is asked, however many there are ----------------------------------------------------

HOSTILE = ["-1", "0", "99999999999999999999", "deux", "1.5", "", "é", "a" * 10_000, "\x00", "1' --"]


@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_a_strange_page_number_gives_a_page(home, client: Client, asked: str) -> None:
    for number in range(JOBS_PER_PAGE + 1):
        offer(title=f"Offre {number}")
    address = JobIndexPage.objects.get().get_url()
    answer = client.get(address, {"page": [asked, asked], "support[]": "x"})
    assert answer.status_code == 200
    assert answer.context["offers"].number in (1, 2)
    assert client.get(JobPage.objects.first().get_url(), {"page": asked}).status_code == 200


def test_three_hundred_offers_cost_what_ten_do(home, client: Client) -> None:
    for number in range(10):
        offer(title=f"Offre {number}", commune=factories.CommuneFactory())
    index = JobIndexPage.objects.get()
    prescribers = factories.PrescriberPageFactory()
    addresses = ["/", index.get_url(), index.get_parent().get_url(), prescribers.get_url()]
    few = [queries_of(client, address) for address in addresses]
    today = timezone.localdate()
    add_in_bulk(
        Page.objects.get(pk=index.pk),
        JobPage,
        300,
        closes_on=lambda n: today + timedelta(days=n),
        support=lambda n: "ei",
        hours=lambda n: 30,
        contract=lambda n: "Six mois",
    )
    assert JobPage.objects.visible().open().count() == 310
    assert [queries_of(client, address) for address in addresses] == few
    assert client.get(index.get_url()).context["offers"].paginator.num_pages == 16


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_search_finds_an_offer_by_its_trade_and_its_place(home, client: Client) -> None:
    offer(title="Un poste", trade=factories.TradeFactory(name="Élagage"), place="Zone du Grand-Pré")
    for word in ("elagage", "grand-pré"):
        assert "Un poste" in client.get("/recherche/", {"q": word}).content.decode()
