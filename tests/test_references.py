"""References: filters that combine and count right, a client who is not named is named nowhere."""

import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.search.backends import get_search_backend

from activities.models import Audience, ClientShown, ReferencePage
from pages.models import Commune, HomePage, Trade
from pages.pictures import make_pending_pictures
from partners.models import Partner

from . import factories
from .conftest import signed_in
from .site_text import blocks_of, text_of
from .test_budgets import add_in_bulk

pytestmark = pytest.mark.django_db

LIST = "/realisations/"
SECRET = "Zibeline Habitat"


def text_at(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return text_of(answer.content.decode())


def titles(address: str) -> list[str]:
    """The titles of the list, in order."""
    html = Client().get(address).content.decode()
    return re.findall(r'<h3><a href="/realisations/[^"]+">([^<]+)</a></h3>', html)


def options(address: str, name: str) -> dict[str, tuple[int, bool, bool]]:
    """The choices of a filter: by value, the count, whether it is chosen, whether it is shut."""
    html = Client().get(address).content.decode()
    found = re.search(rf'<select id="{name}".*?</select>', html, re.DOTALL)
    assert found, name
    rows = re.findall(r'<option value="([^"]*)"([^>]*)>[^<]*\((\d+)\)', found[0])
    return {v: (int(n), "selected" in rest, "disabled" in rest) for v, rest, n in rows}


@pytest.fixture
def work(home: HomePage) -> dict[str, Any]:
    """Six references: two activities, two communes, three kinds of client, one named twice."""
    green = factories.TradeFactory(name="Espaces verts", slug="espaces-verts")
    paint = factories.TradeFactory(name="Second œuvre", slug="second-oeuvre")
    carvin = factories.CommuneFactory(name="Carvin")
    oignies = factories.CommuneFactory(name="Évin-Malmaison")
    landlord = factories.PartnerFactory(name="Bailleur d’essai", family=Partner.Family.LANDLORD)
    named = {"client": landlord, "client_shown": ClientShown.NAME}
    rows: list[tuple[str, Trade, Commune | None, str, dict[str, Any]]] = [
        ("Un", green, carvin, Audience.LANDLORDS, named),
        ("Deux", green, carvin, Audience.AUTHORITIES, {}),
        ("Trois", green, oignies, Audience.LANDLORDS, {}),
        ("Quatre", paint, carvin, Audience.LANDLORDS, named),
        ("Cinq", paint, None, Audience.COMPANIES, {}),
        ("Six", paint, carvin, Audience.LANDLORDS, {"client_shown": ClientShown.NOTHING}),
    ]
    for number, (title, trade, commune, kind, more) in enumerate(rows):
        factories.ReferencePageFactory(
            title=title,
            trade=trade,
            commune=commune,
            client_kind=kind,
            starts_on=date(2025, 1, 20 - number),
            ends_on=None,
            **more,
        )
    return {"trade": green, "commune": carvin, "partner": landlord}


# --- The list and its filters -----------------------------------------------------------------


def test_everything_is_listed_the_newest_first(work) -> None:
    assert titles(LIST) == ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("activite=espaces-verts", ["Un", "Deux", "Trois"]),
        ("commune=carvin", ["Un", "Deux", "Quatre", "Six"]),
        ("commune=evin-malmaison", ["Trois"]),
        # « Six » is for a landlord whom nobody names, not even as a landlord.
        ("client=bailleurs", ["Un", "Trois", "Quatre"]),
        ("partenaire=bailleur-dessai", ["Un", "Quatre"]),
        ("activite=espaces-verts&commune=carvin", ["Un", "Deux"]),
        ("activite=espaces-verts&client=bailleurs", ["Un", "Trois"]),
        ("activite=second-oeuvre&partenaire=bailleur-dessai", ["Quatre"]),
        ("activite=espaces-verts&commune=carvin&client=collectivites", ["Deux"]),
        ("activite=second-oeuvre&client=collectivites", []),
        ("activite=&commune=&client=", ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"]),
    ],
)
def test_filters_combine(work, query: str, expected: list[str]) -> None:
    assert titles(f"{LIST}?{query}") == expected


def test_each_choice_says_what_it_would_leave(work) -> None:
    assert options(LIST, "activite") == {
        "": (6, True, False),
        "espaces-verts": (3, False, False),
        "second-oeuvre": (3, False, False),
    }
    # The count of a filter holds the others, not itself.
    address = f"{LIST}?activite=espaces-verts&commune=carvin"
    assert options(address, "activite") == {
        "": (4, False, False),
        "espaces-verts": (2, True, False),
        "second-oeuvre": (2, False, False),
    }
    assert options(address, "client") == {
        "": (2, True, False),
        "bailleurs": (1, False, False),
        "collectivites": (1, False, False),
        "entreprises": (0, False, True),
    }


@pytest.mark.parametrize("name", ["activite", "commune", "client"])
@pytest.mark.parametrize(
    "query", ["", "activite=second-oeuvre", "commune=carvin", "client=bailleurs&commune=carvin"]
)
def test_a_count_is_what_following_it_shows(work, name: str, query: str) -> None:
    kept = "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))
    for value, (count, _chosen, _shut) in options(f"{LIST}?{query}", name).items():
        assert len(titles(f"{LIST}?{kept}&{name}={value}")) == count, (name, value)


def test_a_filter_in_use_is_said_and_can_be_taken_off(work) -> None:
    html = Client().get(f"{LIST}?activite=espaces-verts&commune=carvin").content.decode()
    assert "Ce que" not in html
    title = unescape(re.search(r"<title>(.*?)</title>", html)[1])
    assert "Réalisations\u00a0: Espaces verts, Carvin" in title
    links = dict(re.findall(r'<li><a href="(/realisations/[^"]*)">([^<]*)</a>', html))
    assert links == {
        "/realisations/?commune=carvin#resultats": "Retirer «\u00a0Espaces verts\u00a0»",
        "/realisations/?activite=espaces-verts#resultats": "Retirer «\u00a0Carvin\u00a0»",
        "/realisations/#resultats": "Tout retirer",
    }


def test_the_partner_stays_while_another_filter_changes(work) -> None:
    html = Client().get(f"{LIST}?partenaire=bailleur-dessai").content.decode()
    assert '<input type="hidden" name="partenaire" value="bailleur-dessai">' in html
    assert "Retirer «\u00a0Bailleur d’essai\u00a0»" in html
    assert 'name="partenaire"' not in Client().get(LIST).content.decode()


def test_nothing_found_says_what_to_do(work) -> None:
    text = text_at(f"{LIST}?activite=second-oeuvre&client=collectivites")
    assert "0 réalisation" in text
    assert "Aucune réalisation ne réunit ces choix. Retirez-en un : il y en a 6 en tout." in text
    assert "Tout retirer" in text


def test_an_empty_list_says_so_and_leads_on(home: HomePage) -> None:
    factories.ReferenceIndexPageFactory()
    html = Client().get(LIST).content.decode()
    assert "Aucune réalisation publiée pour l’instant" in text_of(html)
    assert 'class="filters"' not in html
    assert 'class="button" href="/activites/"' in html


def test_a_filter_without_choices_is_not_shown(home: HomePage) -> None:
    factories.ReferencePageFactory(client_shown=ClientShown.NOTHING)
    html = Client().get(LIST).content.decode()
    assert 'name="activite"' in html
    assert 'name="commune"' not in html
    assert 'name="client"' not in html


def test_pages_keep_the_filters_and_stand_for_the_plain_list(work) -> None:
    for number in range(12):
        factories.ReferencePageFactory(title=f"Haie {number}", trade=work["trade"])
    html = Client().get(f"{LIST}?activite=espaces-verts&page=2").content.decode()
    assert 'href="?activite=espaces-verts&amp;page=1"' in html
    assert "(page 2)" in re.search(r"<title>(.*?)</title>", html)[1]
    assert len(titles(f"{LIST}?activite=espaces-verts&page=2")) == 5
    # Every reference has its own address: robots need no list of lists.
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)[1]
    assert canonical.endswith(LIST)


# --- Hostile addresses ------------------------------------------------------------------------

HOSTILE = [
    "activite=x",
    "activite=x&commune=carvin",
    "activite[]=espaces-verts",
    "activite=espaces-verts&activite=x",
    "commune=%00",
    "client=%00bailleurs",
    "partenaire=" + "a" * 10_000,
    "page=-1",
    "page=9999999999999999999999",
    "page=x",
    "page=%00",
    "client=" + quote("' OR 1=1 --"),
    "activite=" + quote("é\ud7ff<script>"),
    "client=%FF%FE",
    "activite=__class__&commune={}&client=[1]",
    "&&&===",
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:40])
def test_a_strange_address_gives_the_nearest_list(work, query: str) -> None:
    answer = Client().get(f"{LIST}?{query}")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "<script>" not in html
    assert "aria-invalid" not in html
    assert len(titles(f"{LIST}?{query}")) == (4 if "commune=carvin" in query else 6)


# --- The number of queries --------------------------------------------------------------------


def count(address: str) -> int:
    client = Client()
    client.get(address)
    make_pending_pictures()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_ten_or_five_hundred_cost_the_same(home: HomePage) -> None:
    image = factories.SiteImageFactory()
    trades = [factories.TradeFactory() for _ in range(4)]
    communes = [factories.CommuneFactory() for _ in range(14)]
    partners = [factories.PartnerFactory() for _ in range(5)]
    factories.ActivityPageFactory(slug="metier", trade=trades[0])
    factories.PartnerIndexPageFactory()
    factories.TerritoryPageFactory(slug="territoire")
    for number in range(11):
        reference = factories.ReferencePageFactory(
            title=f"Chantier {number}",
            trade=trades[number % 4],
            commune=communes[number],
            client=partners[number % 5],
            client_shown=ClientShown.NAME,
            after=image,
        )
    addresses = [
        LIST,
        f"{LIST}?activite={trades[0].slug}&client=bailleurs",
        f"{LIST}?page=2",
        reference.get_url(),
        "/activites/metier/",
        "/partenaires/",
        "/territoire/",
    ]
    few = [count(address) for address in addresses]
    add_in_bulk(
        reference.get_parent(),
        ReferencePage,
        500,
        trade=lambda n: trades[n % 4],
        commune=lambda n: communes[n % 14],
        client=lambda n: partners[n % 5],
        client_shown=lambda n: ClientShown.NAME,
        client_kind=lambda n: Audience.values[n % 4],
        starts_on=lambda n: date(2024, 1, 1),
        after=lambda n: image,
    )
    assert ReferencePage.objects.visible().count() == 511
    assert [count(address) for address in addresses] == few


# --- The client -------------------------------------------------------------------------------


@pytest.fixture
def withheld(home: HomePage) -> ReferencePage:
    """Work for a client whose name is kept for the editors."""
    factories.PartnerIndexPageFactory()
    client = factories.PartnerFactory(name=SECRET, family=Partner.Family.LANDLORD)
    return factories.ReferencePageFactory(
        title="Un chantier discret",
        client=client,
        client_shown=ClientShown.NOTHING,
        quantity=Decimal("12"),
        unit="logements",
    )


@pytest.mark.parametrize("shown", [ClientShown.NOTHING, ClientShown.KIND])
def test_a_client_who_is_not_named_is_named_nowhere(withheld, shown: str) -> None:
    withheld.client_shown = shown
    withheld.save_revision().publish()
    client = Client()
    for address in (
        withheld.get_url(),
        LIST,
        f"{LIST}?partenaire=zibeline-habitat",
        "/recherche/?q=chantier",
        "/recherche/?q=logements",
    ):
        assert (
            "zibeline"
            not in client.get(address)
            .content.decode()
            .replace(f"{LIST}?partenaire=zibeline-habitat", "")
            .casefold()
        ), address
    # A search by its name finds the list of the partners, and not the work.
    assert [r.url for r in client.get("/recherche/?q=zibeline").context["results"].page] == [
        "/partenaires/"
    ]
    # A filter by its name finds nothing more than the plain list.
    assert len(titles(f"{LIST}?partenaire=zibeline-habitat")) == 1
    # The partner is on the partners' pages, as a partner: without any work beside it.
    for address in ("/partenaires/", "/partenaires/zibeline-habitat/"):
        partners = client.get(address).content.decode()
        assert SECRET in partners
        assert "partenaire=" not in partners
        assert withheld.title not in partners


def test_a_client_who_is_named_is_found_by_its_name(withheld) -> None:
    withheld.client_shown = ClientShown.NAME
    withheld.save_revision().publish()
    assert SECRET in text_at(withheld.get_url())
    assert SECRET in text_at(LIST)
    found = Client().get("/recherche/?q=zibeline").context["results"].page
    assert {result.url for result in found} == {"/partenaires/", withheld.get_url()}
    assert (
        f'href="{LIST}?partenaire=zibeline-habitat"'
        in Client().get("/partenaires/").content.decode()
    )


@pytest.mark.parametrize(
    ("shown", "kind", "label"),
    [
        (ClientShown.NAME, Audience.LANDLORDS, SECRET),
        (ClientShown.KIND, Audience.LANDLORDS, "Un bailleur"),
        (ClientShown.KIND, Audience.RESIDENTS, "Des habitants"),
        (ClientShown.KIND, "", "Client non nommé"),
        (ClientShown.NOTHING, Audience.LANDLORDS, "Client non nommé"),
    ],
)
def test_what_the_public_is_told_of_the_client(shown, kind, label) -> None:
    reference = ReferencePage(client=Partner(name=SECRET), client_shown=shown, client_kind=kind)
    assert reference.client_label == label


def test_a_deleted_partner_leaves_its_kind(withheld) -> None:
    withheld.client_shown = ClientShown.NAME
    withheld.save()
    Partner.objects.all().delete()
    assert "Un bailleur" in text_at(withheld.get_url())


# --- What a form refuses ----------------------------------------------------------------------


def complaints(**fields: Any) -> dict[str, list[str]]:
    reference = ReferencePage(
        **{"starts_on": date(2025, 3, 3), "client_kind": Audience.LANDLORDS, **fields}
    )
    try:
        reference.clean()
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"ends_on": date(2025, 3, 2)}, "ends_on", "La fin est avant le début"),
        ({"client_kind": ""}, "client_kind", "Choisissez la sorte de client"),
        ({"client_shown": ClientShown.NAME}, "client", "Choisissez le partenaire"),
        ({"quantity": Decimal("3")}, "unit", "Dites ce que l’on compte"),
        ({"unit": "heures"}, "quantity", "Écrivez le nombre"),
        ({"quote": "Bravo"}, "quote_agreed", "il faut son accord"),
        ({"quote": "Bravo", "quote_agreed": True}, "quote_agreed", "notez la date"),
        (
            {"quote": "Bravo", "quote_agreed_on": date(2025, 1, 1)},
            "quote_agreed",
            "Cochez la case",
        ),
    ],
)
def test_the_form_says_what_to_do(fields, field: str, words: str) -> None:
    found = complaints(**fields)
    assert list(found) == [field]
    assert words in found[field][0]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ends_on": date(2025, 3, 3)},
        {"client_shown": ClientShown.NOTHING, "client_kind": ""},
        {"quantity": Decimal("3"), "unit": "heures"},
        {"quote": "Bravo", "quote_agreed": True, "quote_agreed_on": date(2025, 1, 1)},
    ],
)
def test_the_form_accepts_the_rest(fields) -> None:
    assert complaints(**fields) == {}


def test_a_landlord_of_the_partners_gives_its_kind() -> None:
    reference = ReferencePage(
        starts_on=date(2025, 1, 1),
        client=Partner(name=SECRET, family=Partner.Family.LANDLORD),
        client_shown=ClientShown.NAME,
    )
    reference.clean()
    assert reference.client_kind == Audience.LANDLORDS


def test_a_quantity_of_nothing_is_refused(home) -> None:
    reference = factories.ReferencePageFactory()
    reference.quantity, reference.unit = Decimal("0"), "m²"
    with pytest.raises(ValidationError, match="plus grand que zéro"):
        reference.full_clean()


def test_an_activity_that_has_references_stays(home) -> None:
    reference = factories.ReferencePageFactory()
    with pytest.raises(ProtectedError):
        reference.trade.delete()


def test_editors_get_the_sentences_in_their_form(home, publisher) -> None:
    index = factories.ReferenceIndexPageFactory()
    browser = signed_in(publisher)
    address = f"/admin/pages/add/activities/referencepage/{index.pk}/"
    form = browser.get(address)
    assert form.status_code == 200
    data = {
        "title": "Un chantier",
        "slug": "un-chantier",
        "summary": "",
        "trade": factories.TradeFactory().pk,
        "starts_on": "2025-03-03",
        "ends_on": "2025-03-01",
        "client_shown": ClientShown.NAME,
        "client_kind": Audience.LANDLORDS,
        "body-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "",
        "action-publish": "1",
    }
    text = text_of(browser.post(address, data).content.decode())
    assert "La fin est avant le début" in text
    assert "Choisissez le partenaire" in text
    assert not ReferencePage.objects.exists()
    browser.post(address, {**data, "ends_on": "", "client_shown": ClientShown.KIND})
    assert ReferencePage.objects.get().live


def test_editors_can_take_a_reference_away(work, publisher) -> None:
    reference = ReferencePage.objects.get(title="Un")
    signed_in(publisher).post(f"/admin/pages/{reference.pk}/delete/")
    assert titles(LIST) == ["Deux", "Trois", "Quatre", "Cinq", "Six"]
    ReferencePage.objects.all().delete()
    assert titles(LIST) == []


# --- The page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "years_only", "words"),
    [
        (date(2025, 3, 3), date(2025, 4, 4), False, "du 3 mars au 4 avril 2025"),
        (date(2025, 3, 1), date(2025, 3, 12), False, "du 1er au 12 mars 2025"),
        (date(2024, 12, 1), date(2025, 1, 1), False, "du 1er décembre 2024 au 1er janvier 2025"),
        (date(2025, 3, 3), date(2025, 3, 3), False, "le 3 mars 2025"),
        (date(2025, 3, 3), None, False, "depuis le 3 mars 2025"),
        (date(2025, 1, 1), date(2025, 12, 31), True, "2025"),
        (date(2024, 1, 1), date(2025, 1, 1), True, "de 2024 à 2025"),
        (date(2024, 1, 1), None, True, "depuis 2024"),
    ],
)
def test_when_it_was_done(start, end, years_only, words) -> None:
    reference = ReferencePage(starts_on=start, ends_on=end, years_only=years_only)
    assert reference.when == words


@pytest.mark.parametrize(
    ("quantity", "written"),
    [("1250.00", "1\u202f250"), ("3.50", "3,5"), ("100.00", "100"), ("0.25", "0,25")],
)
def test_the_figure_is_written_as_in_french(home, quantity: str, written: str) -> None:
    reference = factories.ReferencePageFactory(quantity=Decimal(quantity), unit="m² de pelouse")
    for address in (reference.get_url(), LIST):
        html = Client().get(address).content.decode()
        assert f"<b>{written}</b> m² de pelouse" in html.replace("\u00a0", " "), address


def test_the_page_leads_to_a_quote_for_the_same_work(home) -> None:
    factories.ContactPageFactory(show_in_menus=True)
    reference = factories.ReferencePageFactory(trade=factories.TradeFactory(slug="espaces-verts"))
    html = unescape(Client().get(reference.get_url()).content.decode())
    address = f"/contact/?motif=devis&activite=espaces-verts&realisation={reference.slug}"
    assert f'href="{address}"' in html
    assert reference.title in text_at(address)


def test_pictures_are_compared_and_the_script_comes_with_them_only(home) -> None:
    before, after = factories.SiteImageFactory(), factories.SiteImageFactory()
    both = factories.ReferencePageFactory(before=before, after=after)
    one = factories.ReferencePageFactory(after=after)
    none = factories.ReferencePageFactory()
    html = {page: Client().get(page.get_url()).content.decode() for page in (both, one, none)}
    assert html[both].count("<figure") == 2
    assert "<figcaption>Avant</figcaption>" in html[both]
    assert "<figcaption>Après</figcaption>" in html[both]
    assert re.search(r'<script src="[^"]*js/before-after[^"]*\.js" defer></script>', html[both])
    assert html[one].count("<figure") == 1
    assert html[none].count("<figure") == 0
    assert "before-after" not in html[one] + html[none] + Client().get(LIST).content.decode()


def test_the_script_is_light() -> None:
    path = finders.find("js/before-after.js")
    assert path
    assert Path(path).stat().st_size <= 3_000


def test_a_reserved_picture_is_shown_to_nobody(home) -> None:
    reserved = Collection.objects.get(depth=1).add_child(name="Réservé")
    CollectionViewRestriction.objects.create(
        collection=reserved, restriction_type=CollectionViewRestriction.LOGIN
    )
    hidden = factories.SiteImageFactory(description="Image réservée", collection=reserved)
    reference = factories.ReferencePageFactory(
        before=hidden, after=factories.SiteImageFactory(description="Image publique")
    )
    html = Client().get(reference.get_url()).content.decode()
    assert "Image publique" in html
    assert "Image réservée" not in html
    assert "Avant" not in blocks_of(html)
    reference.before, reference.after = None, hidden
    reference.save_revision().publish()
    for address in (reference.get_url(), LIST):
        assert "<img" not in Client().get(address).content.decode(), address


def test_a_picture_whose_file_is_gone_breaks_nothing(home) -> None:
    image = factories.SiteImageFactory(description="Une haie taillée")
    image.file.storage.delete(image.file.name)
    reference = factories.ReferencePageFactory(before=image, after=image)
    assert "Image indisponible" in text_at(reference.get_url())
    assert Client().get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("agreed", "noted", "public"),
    [
        (True, date(2025, 1, 1), True),
        (True, None, False),
        (False, date(2025, 1, 1), False),
        (False, None, False),
    ],
)
def test_words_without_an_agreement_are_never_public(home, agreed, noted, public) -> None:
    reference = factories.ReferencePageFactory()
    # The form refuses it: as another program, or an older version, may have left it.
    ReferencePage.objects.filter(pk=reference.pk).update(
        quote="Un travail zibelin.",
        quote_author="Une gardienne ocelote",
        quote_agreed=agreed,
        quote_agreed_on=noted,
    )
    get_search_backend().add(ReferencePage.objects.get(pk=reference.pk))
    html = Client().get(reference.get_url()).content.decode()
    assert ("zibelin" in html) is public
    assert ("ocelote" in html) is public
    assert (Client().get("/recherche/?q=zibelin").context["results"].total == 1) is public
    assert "zibelin" not in Client().get(LIST).content.decode()


def test_search_finds_a_reference_by_its_place_and_activity(home) -> None:
    factories.ReferencePageFactory(
        title="Un chantier",
        trade=factories.TradeFactory(name="Peinture"),
        commune=factories.CommuneFactory(name="Ville-d’essai"),
        place="Résidence des Lilas",
    )
    for word in ("lilas", "peinture", "bailleur"):
        assert Client().get(f"/recherche/?q={word}").context["results"].total == 1, word


# --- For machines -----------------------------------------------------------------------------


def json_ld(page: ReferencePage) -> list[dict[str, Any]]:
    html = Client().get(page.get_url()).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1]) if found else []


def test_schema_org_says_the_work_its_place_and_its_maker(home, organisation) -> None:
    reference = factories.ReferencePageFactory(
        commune=factories.CommuneFactory(name="Ville-d’essai"), place="Parc"
    )
    work, trail = json_ld(reference)
    assert work["@type"] == "CreativeWork"
    assert work["name"] == reference.title
    assert work["about"] == reference.trade.name
    assert work["temporalCoverage"] == "2025-03-03/2025-04-04"
    assert work["locationCreated"] == {"@type": "Place", "name": "Parc, Ville-d’essai"}
    assert (work["creator"]["@type"], work["creator"]["name"]) == ("NGO", organisation.name)
    assert trail["@type"] == "BreadcrumbList"
    assert len(trail["itemListElement"]) == 3


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"ends_on": None}, "2025-03-03/.."),
        ({"ends_on": date(2025, 3, 3)}, "2025-03-03"),
        ({"years_only": True}, "2025"),
        ({"years_only": True, "ends_on": date(2026, 1, 1)}, "2025/2026"),
    ],
)
def test_schema_org_says_when(home, fields, written) -> None:
    assert json_ld(factories.ReferencePageFactory(**fields))[0]["temporalCoverage"] == written


def test_an_example_tells_machines_nothing(home) -> None:
    example = factories.ReferencePageFactory(is_example=True)
    assert json_ld(example) == []
    assert "Exemple" in blocks_of(Client().get(LIST).content.decode())
    assert example.get_url() not in Client().get("/sitemap.xml").content.decode()


def test_the_site_map_names_the_list_and_not_each_reference(home) -> None:
    factories.SiteMapPageFactory()
    reference = factories.ReferencePageFactory()
    html = Client().get("/plan-du-site/").content.decode()
    assert f'href="{LIST}"' in html
    assert reference.get_url() not in html


# --- Elsewhere --------------------------------------------------------------------------------


def test_a_commune_and_a_partner_lead_to_their_references(work) -> None:
    factories.PartnerIndexPageFactory()
    factories.TerritoryPageFactory(slug="territoire")
    factories.ReferencePageFactory(live=False, commune=work["commune"], client=work["partner"])
    territory = Client().get("/territoire/").content.decode()
    assert f'<a href="{LIST}?commune=carvin">4 réalisations</a>' in territory
    assert f'<a href="{LIST}?commune=evin-malmaison">1 réalisation</a>' in territory
    partners = Client().get("/partenaires/").content.decode()
    assert f'<a href="{LIST}?partenaire=bailleur-dessai">2 réalisations</a>' in partners
    assert len(titles(f"{LIST}?commune=carvin")) == 4


def test_nothing_is_counted_under_a_list_that_nobody_may_read(work) -> None:
    factories.PartnerIndexPageFactory()
    factories.TerritoryPageFactory(slug="territoire")
    factories.make_private(ReferencePage.objects.first().get_parent())
    for address in ("/territoire/", "/partenaires/"):
        assert "réalisation" not in Client().get(address).content.decode(), address
