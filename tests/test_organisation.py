"""The association's settings: typed once, right everywhere, never more than what is known."""

import json
import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from wagtail.blocks import StreamBlockValidationError

from pages.models import OrganisationSettings
from pages.setting_blocks import OpeningExceptionsBlock, OpeningHoursBlock

from . import factories
from .factories import paris

pytestmark = pytest.mark.django_db

END = paris(2026, 6, 15, 18, 0)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [(paris(2026, 6, 15, 17, 59), True), (END, False), (paris(2026, 6, 16), False)],
)
def test_the_notice_disappears_by_itself(home, client: Client, moment, shown) -> None:
    factories.OrganisationFactory(notice_text="Fermé lundi", notice_ends_at=END)
    with time_machine.travel(moment, tick=False):
        for address in ("/", "/recherche/", "/inconnue/"):
            assert ("Fermé lundi" in client.get(address).content.decode()) is shown, address


def test_a_notice_without_an_end_stays(home, client) -> None:
    factories.OrganisationFactory(notice_text="Nous déménageons")
    with time_machine.travel(timezone.now() + timedelta(days=4000)):
        assert "Nous déménageons" in client.get("/").content.decode()


def test_a_notice_leads_to_a_page_that_anybody_may_read_and_to_no_other(home, client) -> None:
    page = factories.ContentPageFactory(title="Travaux")
    factories.OrganisationFactory(notice_text="Fermé", notice_page=page)
    assert 'href="/travaux/"' in client.get("/").content.decode()
    page.unpublish()
    text = client.get("/").content.decode()
    assert "Fermé" in text
    assert "Travaux" not in text


def test_the_coordinates_are_on_every_page(one_page_of_each_type, organisation, client) -> None:
    for name, page in one_page_of_each_type.items():
        # The space of the partners leads strangers to the door, which has them too.
        text = client.get(page.get_url(), follow=True).content.decode()
        assert 'href="tel:+33321000000"' in text, name
        assert "03 21 00 00 00" in text.replace("\u00a0", " "), name
        assert "bonjour@example.org" in text, name
        assert "1 rue d’essai" in text, name


# A place where a script will say something is empty until then.
EMPTY_LABEL = re.compile(r"<(dd|dt|h2|address|p)(?![^>]* role=.status)[^>]*>\s*</\1>")


def test_what_is_not_known_is_not_shown(one_page_of_each_type, client) -> None:
    """An empty settings row leaves no empty label, « None » or broken link behind."""
    for name, page in one_page_of_each_type.items():
        text = client.get(page.get_url()).content.decode()
        assert "None" not in re.sub(r"<[^>]+>", "", text), name
        assert 'href="tel:"' not in text, name
        assert 'href="mailto:"' not in text, name
        assert not re.search(EMPTY_LABEL, text), (
            name,
            re.findall(r"<(?:dd|dt|h2|address|p)[^>]*>\s*</", text),
        )


@pytest.mark.parametrize(
    "phone",
    ["03 21 00 00 00", "06 12 34 56 78", "+33 3 21 00 00 00", "0 800 123 456", "3939", "115", "15"],
)
def test_a_well_written_phone_number_is_accepted(phone) -> None:
    OrganisationSettings(phone=phone).full_clean()


@pytest.mark.parametrize("phone", ["0321000000", "03.21.00.00.00", "03-21-00-00-00"])
def test_a_phone_number_is_written_by_groups_of_two(phone) -> None:
    organisation = OrganisationSettings(phone=phone)
    organisation.full_clean()
    assert organisation.phone == "03 21 00 00 00"


@pytest.mark.parametrize("phone", ["032100000", "03.21.00.00.0", "3 21 00 00 00", "téléphone", "1"])
def test_another_way_of_writing_is_refused_with_an_example(phone) -> None:
    with pytest.raises(ValidationError) as refused:
        OrganisationSettings(phone=phone).full_clean()
    assert "par exemple" in refused.value.message_dict["phone"][0]


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("03 21 00 00 00", "tel:+33321000000"),
        ("+33 3 21 00 00 00", "tel:+33321000000"),
        ("0 800 123 456", "tel:0800123456"),
        ("3939", "tel:3939"),
    ],
)
def test_the_link_of_a_phone_number(phone, link) -> None:
    assert OrganisationSettings(phone=phone).phone_link == link


# --- Opening hours ------------------------------------------------------------------------


def slot(weekday: int, opens: str, closes: str) -> dict[str, str]:
    return {"weekday": str(weekday), "opens": opens, "closes": closes}


def test_the_week_is_in_order_and_says_the_closed_days() -> None:
    organisation = factories.OrganisationFactory(
        opening_hours=[
            slot(4, "08:30", "12:00"),
            slot(0, "13:30", "17:00"),
            slot(0, "08:30", "12:00"),
        ]
    )
    week = organisation.week()
    assert [day["day"] for day in week] == ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]
    assert [s["opens"] for s in week[0]["slots"]] == [time(8, 30), time(13, 30)]
    assert [len(day["slots"]) for day in week] == [2, 0, 0, 0, 1]


def test_a_saturday_is_told_when_open() -> None:
    organisation = factories.OrganisationFactory(opening_hours=[slot(5, "09:00", "12:00")])
    assert organisation.week()[-1]["day"] == "samedi"


def test_unknown_hours_are_no_closed_week(home, client) -> None:
    assert factories.OrganisationFactory().week() == []
    text = client.get("/").content.decode().casefold()
    assert "horaires" not in text
    assert "fermé" not in text


def test_the_hours_are_on_the_pages_and_in_the_structured_data(home, client) -> None:
    factories.OrganisationFactory(opening_hours=[slot(0, "08:30", "12:00")])
    text = client.get("/").content.decode()
    assert "Lundi" in text
    assert "8 h 30" in text.replace("\u00a0", " ").replace("\u202f", " ")
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', text, re.DOTALL)[1])
    hours = data[0]["openingHoursSpecification"][0]
    assert (hours["dayOfWeek"], hours["opens"], hours["closes"]) == ("Monday", "08:30", "12:00")


@pytest.mark.parametrize(("opens", "closes"), [("12:00", "08:30"), ("12:00", "12:00")])
def test_a_slot_that_closes_before_it_opens_is_refused(opens, closes) -> None:
    block = OpeningHoursBlock()
    value = block.to_python([{"type": "slot", "value": slot(0, opens, closes)}])
    with pytest.raises(StreamBlockValidationError):
        block.clean(value)


@pytest.mark.parametrize(
    "row",
    [
        {"starts_on": "2026-12-26", "ends_on": "2026-12-24"},
        {"starts_on": "2026-12-24", "opens": "09:00"},
        {"starts_on": "2026-12-24", "opens": "12:00", "closes": "09:00"},
        {"ends_on": "2026-12-24"},
    ],
)
def test_an_exception_that_cannot_be_true_is_refused(row) -> None:
    block = OpeningExceptionsBlock()
    with pytest.raises(StreamBlockValidationError):
        block.clean(block.to_python([{"type": "days", "value": row}]))


@pytest.mark.parametrize(
    ("today", "count"),
    [
        (date(2026, 12, 1), 2),
        (date(2026, 12, 26), 2),
        (date(2026, 12, 27), 1),
        (date(2027, 1, 2), 0),
    ],
)
def test_an_exception_is_told_until_its_last_day(today, count) -> None:
    organisation = factories.OrganisationFactory(
        opening_exceptions=[
            {"starts_on": "2027-01-01", "note": "Jour de l’an"},
            {"starts_on": "2026-12-24", "ends_on": "2026-12-26", "note": "Noël"},
        ]
    )
    coming = organisation.coming_exceptions(today)
    assert [e["note"] for e in coming] == ["Noël", "Jour de l’an"][2 - count :]


def test_a_coming_exception_is_shown_to_the_public(home, client) -> None:
    in_a_week = timezone.localdate() + timedelta(days=7)
    factories.OrganisationFactory(
        opening_hours=[slot(0, "08:30", "12:00")],
        opening_exceptions=[{"starts_on": in_a_week.isoformat(), "note": "Pont de l’Ascension"}],
    )
    factories.ContactPageFactory()
    assert "Pont de l’Ascension" in client.get("/contact/").content.decode()


# --- Accessibility: a state that nobody can type -------------------------------------------


def audited(**fields) -> OrganisationSettings:
    known = {
        "accessibility_audit_date": timezone.localdate(),
        "accessibility_auditor": "Cabinet d’essai",
        "accessibility_rate": 100,
    }
    return OrganisationSettings(**known | fields)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "totalement conforme"),
        ({"accessibility_rate": 99}, "partiellement conforme"),
        ({"accessibility_rate": 50}, "partiellement conforme"),
        ({"accessibility_rate": 49}, "non conforme"),
        ({"accessibility_rate": 0}, "non conforme"),
        ({"accessibility_rate": None}, "non conforme"),
        ({"accessibility_auditor": ""}, "non conforme"),
        ({"accessibility_audit_date": None}, "non conforme"),
        ({"accessibility_audit_date": date(2020, 1, 1)}, "non conforme"),
        ({"accessibility_audit_date": timezone.localdate() + timedelta(days=2)}, "non conforme"),
    ],
)
def test_the_accessibility_state_comes_from_an_audit(fields, state) -> None:
    assert audited(**fields).accessibility_state == state


def test_without_an_audit_the_site_says_not_conform_everywhere(home, client) -> None:
    factories.LegalPageFactory(title="Accessibilité", subject="accessibilite", show_in_menus=True)
    factories.OrganisationFactory(accessibility_not_conform="Rien n’a été mesuré.")
    for address in ("/", "/accessibilite/"):
        text = client.get(address).content.decode().replace("\u00a0", " ")
        assert "non conforme" in text, address
        assert not re.search(r"(totalement|partiellement) conforme", text), address


def test_an_audit_of_the_future_is_refused() -> None:
    with pytest.raises(ValidationError, match="demain"):
        audited(accessibility_audit_date=timezone.localdate() + timedelta(days=1)).full_clean()


def test_the_notice_screen_and_the_settings_screen_share_one_row() -> None:
    from pages.models import SiteNotice

    factories.OrganisationFactory(name="Avant")
    notice = SiteNotice.load()
    notice.notice_text = "Fermé"
    notice.save()
    organisation = OrganisationSettings.load()
    assert (organisation.name, organisation.notice) == ("Avant", "Fermé")
    assert OrganisationSettings.objects.count() == 1
