"""The sheet of the prescribers: what is open today, the next meeting, whom to call."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from activities.models.prescribers import MOST_OFFERS

from . import factories
from .site_text import text_of

pytestmark = pytest.mark.django_db


def sheet(client: Client, **fields) -> str:
    page = factories.PrescriberPageFactory(**fields)
    return client.get(page.get_url()).content.decode().partition("<main")[2].partition("</main>")[0]


def test_open_posts_are_a_table_and_closed_ones_are_not_in_it(home, client: Client) -> None:
    today = timezone.localdate()
    factories.JobPageFactory(title="Ouvert", hours="17.5", closes_on=today)
    factories.JobPageFactory(title="Fermé", closes_on=today - timedelta(days=1))
    html = sheet(client)
    assert "Ouvert" in html
    assert "17\u00a0h\u00a030" in html
    assert "Fermé" not in html


def test_one_sheet_holds_so_many_posts(home, client: Client) -> None:
    for number in range(MOST_OFFERS + 2):
        factories.JobPageFactory(title=f"Poste {number}")
    assert sheet(client).count('<th scope="row">') == MOST_OFFERS


def test_without_a_post_it_says_so(home, client: Client) -> None:
    assert "Aucun poste n’est ouvert aujourd’hui." in sheet(client)


def test_the_meeting_leaves_by_itself_once_it_is_over(home, client: Client) -> None:
    meeting = factories.EventPageFactory(title="Réunion d’information")
    page = factories.PrescriberPageFactory(meeting=meeting)
    assert "Réunion d’information" in client.get(page.get_url()).content.decode()
    with time_machine.travel(meeting.over_at, tick=False):
        assert "Réunion d’information" not in client.get(page.get_url()).content.decode()


@pytest.mark.parametrize("hide", ["draft", "reserved"])
def test_a_meeting_that_nobody_may_read_of_is_not_told(home, client: Client, hide: str) -> None:
    meeting = factories.EventPageFactory(title="Réunion secrète", live=hide != "draft")
    if hide == "reserved":
        factories.make_private(meeting)
    assert "Réunion secrète" not in sheet(client, meeting=meeting)


def test_a_named_contact_goes_before_the_association(home, organisation, client: Client) -> None:
    html = sheet(
        client,
        contact_name="Camille Essai",
        contact_function="accompagnement",
        phone="03 21 11 11 11",
        email="camille@example.org",
        platform_url="https://plateforme.exemple.fr/",
    )
    text = text_of(html)
    assert "Camille Essai, accompagnement" in text
    assert 'href="tel:+33321111111"' in html
    assert 'href="https://plateforme.exemple.fr/"' in html
    assert organisation.email not in html


def test_without_a_name_the_association_answers(home, organisation, client: Client) -> None:
    html = sheet(client)
    assert organisation.phone in html
    assert organisation.email in html
    assert "Les emplois de l’inclusion" not in html


def test_when_nobody_is_known_it_asks_nobody(home, client: Client) -> None:
    assert "Qui joindre" not in sheet(client)
