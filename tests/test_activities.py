"""Activity pages: what is filled in is shown, what is not leaves no trace."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from activities.models import ActivityPage
from pages.models import HomePage

from . import factories
from .conftest import signed_in
from .site_text import blocks_of, text_of

pytestmark = pytest.mark.django_db


def page_of(activity: ActivityPage) -> str:
    answer = Client().get(activity.get_url())
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture
def activity(home: HomePage) -> ActivityPage:
    """An activity of which nothing is known but its name."""
    factories.ContactPageFactory(show_in_menus=True)
    return factories.ActivityPageFactory(
        title="Espaces verts", trade=factories.TradeFactory(slug="espaces-verts"), body=""
    )


def test_what_is_not_filled_in_leaves_no_trace(activity) -> None:
    html = page_of(activity)
    blocks = blocks_of(html)
    for title in ("Pour qui", "Ce que nous faisons", "Où", "Ce que nous avons fait"):
        assert title not in blocks
    assert 'class="band wrap service"' not in html
    main = html.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"<(section|nav|ul|dl|p|h2|div)[^>]*>\s*</\1>", main)


def test_what_is_filled_in_is_shown_the_residents_first(activity) -> None:
    activity.tasks = "Tondre.\n\n  Tailler les haies.  \n"
    activity.for_companies = "Devant vos bureaux."
    activity.for_residents = "Au pied de chez vous."
    activity.communes = [factories.CommuneFactory(name="Ville-d’essai")]
    activity.save_revision().publish()
    text = text_of(page_of(activity))
    assert "Ce que nous faisons Tondre. Tailler les haies." in text
    assert "Habitants Au pied de chez vous. Entreprises Devant vos bureaux." in text
    assert "Bailleurs" not in text
    assert "Où Ville-d’essai" in text
    assert activity.task_list == ["Tondre.", "Tailler les haies."]


def test_without_communes_it_is_the_whole_territory(activity) -> None:
    factories.OrganisationFactory(area_served="Toute l’agglomération d’essai")
    assert "Où Toute l’agglomération d’essai" in text_of(page_of(activity))


@pytest.mark.parametrize(
    ("reason", "label"), [("devis", "Demander un devis"), ("mediation", "Écrire à la médiation")]
)
def test_the_button_opens_the_contact_with_its_reason(activity, reason: str, label: str) -> None:
    activity.request_reason = reason
    activity.save_revision().publish()
    address = f"/contact/?motif={reason}&activite=espaces-verts"
    assert f'href="{address}">{label}</a>' in page_of(activity)
    assert Client().get(address).status_code == 200


def test_the_person_in_charge_is_shown_only_when_known(activity, organisation) -> None:
    html = page_of(activity)
    assert "ask__who" not in html
    activity.contact_name, activity.contact_function = "Camille Essai", "cheffe d’équipe"
    activity.phone, activity.email = "03 21 00 00 09", "camille@example.org"
    activity.save_revision().publish()
    html = page_of(activity)
    band = html.partition('class="ask"')[2].partition("</section>")[0]
    assert "Camille Essai, cheffe d’équipe" in band
    assert 'href="tel:+33321000009"' in band
    assert 'href="mailto:camille@example.org"' in band
    assert organisation.email not in band
    # Whoever has no number of their own has that of the association.
    activity.phone = activity.email = ""
    activity.save_revision().publish()
    assert 'href="tel:+33321000000"' in page_of(activity)


def test_the_newest_references_of_the_activity_and_of_no_other(activity) -> None:
    index = factories.ReferenceIndexPageFactory(show_in_menus=True)
    for number in range(1, 5):
        factories.ReferencePageFactory(
            title=f"Haie {number}", trade=activity.trade, starts_on=date(2025, 1, number)
        )
    factories.ReferencePageFactory(title="Peinture")
    factories.ReferencePageFactory(title="Secret", trade=activity.trade, live=False)
    html = page_of(activity)
    shown = re.findall(r'<h3><a href="/realisations/[^"]+">([^<]+)</a>', html)
    assert shown == ["Haie 4", "Haie 3", "Haie 2"]
    assert f'href="{index.get_url()}?activite=espaces-verts"' in html


def test_search_finds_an_activity_by_its_tasks(activity) -> None:
    activity.tasks = "Désherber sans produit."
    activity.for_residents = "Pour vos potagers."
    activity.save_revision().publish()
    for word in ("désherber", "potager"):
        assert Client().get(f"/recherche/?q={word}").context["results"].total == 1, word


def test_editors_fill_it_in(activity, publisher) -> None:
    factories.CommuneFactory()
    html = signed_in(publisher).get(f"/admin/pages/{activity.pk}/edit/").content.decode()
    for name in ("tasks", "for_residents", "communes", "request_reason", "contact_name", "phone"):
        assert f'name="{name}"' in html, name
