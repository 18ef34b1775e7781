"""« Qui appeler »: numbers first, then who answers, in the commune that was chosen."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.blocks import StreamBlockValidationError
from wagtail.test.utils.form_data import nested_form_data, streamfield

from impulsion_site.content import deliver
from pages.call_blocks import EmergencyNumbersBlock, ProblemsBlock
from pages.models import OrganisationSettings, User, WhoToCallPage

from . import factories
from .conftest import signed_in
from .factories import problem
from .site_text import text_of

ADDRESS = "/qui-appeler/"
CARVIN, OIGNIES, EVIN = "62215", "62637", "62321"


@pytest.fixture
def communes(db: None) -> None:
    for name, code in (("Carvin", CARVIN), ("Oignies", OIGNIES), ("Évin-Malmaison", EVIN)):
        factories.CommuneFactory(name=name, insee_code=code)


def answer(kind: str, name: str = "", *communes: str, **fields: str) -> dict:
    return {"kind": kind, "name": name, "communes": list(communes), **fields}


LAMP = problem(
    "Un lampadaire ne marche plus",
    answer("commune", "Mairie exemple un", CARVIN, phone="03 00 00 00 01"),
    answer("commune", "Mairie exemple deux", OIGNIES, EVIN, phone="03 00 00 00 02"),
    answer("autre", "Partout exemple", phone="03 00 00 00 03"),
    explanation="Donnez le numéro du poteau.",
)
GARBAGE = problem(
    "Des encombrants", answer("autre", "Collecte exemple", CARVIN, website="https://example.org/")
)


def make(*problems: dict, **fields) -> WhoToCallPage:
    factories.OrganisationFactory(phone="03 21 00 00 00")
    return factories.WhoToCallPageFactory(problems=json.dumps(problems), **fields)


def read(query: str = "") -> str:
    reply = Client().get(f"{ADDRESS}{query}")
    assert reply.status_code == 200
    return reply.content.decode()


def words(query: str = "") -> str:
    return text_of(read(query).split("<main")[1].split("</main")[0])


# --- Emergency numbers ------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_number_calls_or_writes(home) -> None:
    rows = [
        {"number": "112", "purpose": "Toutes les urgences", "name": "Les secours"},
        {"number": "114", "purpose": "Sans parler", "by_sms": True},
        {"number": "39 19", "purpose": "Une écoute"},
    ]
    stored = json.dumps([{"type": "number", "value": row} for row in rows])
    factories.WhoToCallPageFactory(emergencies=stored)
    html = read()
    assert 'href="tel:112"' in html
    assert 'href="sms:114"' in html
    assert 'href="tel:3919"' in html
    assert "114 Sans parler : envoyez un SMS" in words().replace("\u00a0", " ")
    assert words().index("112") < words().index("114") < words().index("39 19")


@pytest.mark.django_db
def test_the_page_is_delivered_with_the_national_numbers_and_no_other() -> None:
    deliver()
    html = read().split("<main")[1].split("</main")[0]
    numbers = set(re.findall(r'href="(?:tel|sms):([^"]+)"', html))
    assert numbers == {"15", "17", "18", "112", "114", "115", "119"}
    assert 'href="sms:114"' in html
    assert "Ce n’est pas une urgence" not in html
    # What is not known is asked of the régie.
    assert "Demandez à la régie" in html
    assert OrganisationSettings.load().email in html


@pytest.mark.django_db
def test_it_is_a_click_away_from_every_page() -> None:
    deliver()
    for address in ("/", "/contact/", "/participer/"):
        assert f'href="{ADDRESS}"' in Client().get(address).content.decode()


@pytest.mark.django_db
def test_an_empty_page_still_says_how_to_reach_the_regie(home) -> None:
    make(emergencies="")
    text = words()
    assert "Urgence" not in text
    assert "03 21 00 00 00" in text


# --- Problems, by commune ---------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_commune_everything_is_there_grouped(communes, home) -> None:
    make(LAMP, GARBAGE)
    text = words()
    order = [
        "Un lampadaire", "Donnez le numéro du poteau.", "Carvin La commune Mairie exemple un",
        "03 00 00 00 01", "Oignies, Évin-Malmaison La commune Mairie exemple deux",
        "Dans les autres communes", "Partout exemple", "Des encombrants", "Collecte exemple",
    ]  # fmt: skip
    positions = [text.find(part) for part in order]
    assert -1 not in positions, order[positions.index(-1)]
    assert positions == sorted(positions)
    html = read()
    assert 'href="?commune=evin-malmaison#problemes"' in html
    assert 'href="tel:+33300000001"' in html


@pytest.mark.django_db
def test_a_commune_shows_its_own_answers_then_those_of_everywhere(communes, home) -> None:
    make(LAMP, GARBAGE)
    text = words("?commune=carvin")
    assert "À Carvin" in text
    assert "Mairie exemple un" in text
    assert "Mairie exemple deux" not in text
    assert text.index("Mairie exemple un") < text.index("Partout exemple")
    elsewhere = words("?commune=evin-malmaison")
    assert "Mairie exemple deux" in elsewhere
    assert "Nous ne savons pas encore qui répond à Évin-Malmaison." in elsewhere
    html = read("?commune=carvin")
    assert 'href="?commune=carvin#problemes" aria-current="true"' in html
    assert "<title>Qui appeler à Carvin –" in html
    assert re.search(r'rel="canonical" href="[^"?]+/qui-appeler/"', html)


@pytest.mark.django_db
def test_the_regie_answers_with_its_own_coordinates(communes, home) -> None:
    make(problem("Un voisin", answer("regie")))
    text = words()
    assert "La régie de quartier 03 21 00 00 00 bonjour@example.org" in text
    assert "Vous habitez où" not in text  # nothing depends on the commune


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "?commune=", "?commune=paris", "?commune=CARVIN%00", "?commune=%00", "?commune[]=carvin",
        "?commune=" + "x" * 10_000, "?commune=<script>", "?commune=oignies&commune=zzz",
        "?commune=%F0%9F%92%A9", "?commune=..%2F", "?commune=' OR 1=1",
    ],
)  # fmt: skip
def test_any_other_commune_is_no_commune(communes, home, query: str) -> None:
    make(LAMP)
    html = read(query)
    assert "places__chosen" not in html
    assert "Mairie exemple un" in html
    assert "<script>" not in html


@pytest.mark.django_db
@given(st.text(max_size=60))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_typed_is_an_error(communes, home, value: str) -> None:
    if not WhoToCallPage.objects.exists():
        make(LAMP)
    assert Client().get(ADDRESS, {"commune": value}).status_code == 200


@pytest.mark.django_db
def test_the_same_queries_for_one_problem_or_forty(communes, home) -> None:
    page = make(LAMP)

    def cost() -> int:
        read("?commune=carvin")
        with CaptureQueriesContext(connection) as queries:
            read("?commune=carvin")
        return len(queries)

    one = cost()
    page.problems = json.dumps([LAMP] * 40)
    page.save()
    assert cost() == one <= 8


@pytest.mark.django_db
def test_a_commune_that_is_gone_takes_its_answers_and_breaks_nothing(communes, home) -> None:
    make(problem("Un trou", answer("commune", "Mairie exemple", "99999", phone="15")))
    text = words()
    assert "Un trou" in text
    assert "Nous ne savons pas encore qui répond." in text


@pytest.mark.django_db
def test_what_is_typed_is_escaped_and_the_page_is_light(communes, home) -> None:
    make(
        *[problem(f"<b>{n}</b>", answer("autre", "<script>", note="& co")) for n in range(8)], LAMP
    )
    main = read().split("<main")[1].split("</main")[0]
    assert "<script>" not in main
    assert "&lt;b&gt;" in main
    assert len(re.findall(r"<[a-z]", read())) <= 300


@pytest.mark.django_db
def test_search_finds_the_problems(communes, home) -> None:
    make(LAMP)
    results = Client().get("/recherche/?q=lampadaires").content.decode()
    assert f'href="{ADDRESS}"' in results


# --- Editing ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "refused",
    [
        answer("commune", "", phone="03 00 00 00 01"),
        answer("bailleur", "Un bailleur"),
        answer("autre", "Service", phone="douze"),
        answer("mairie", "Service", phone="15"),
        answer("commune", "Service", "00000", phone="15"),
    ],
)
def test_an_answer_that_helps_nobody_is_refused(communes, refused: dict) -> None:
    block = ProblemsBlock()
    with pytest.raises(StreamBlockValidationError):
        block.clean(block.to_python([problem("Un problème", refused)]))
    good = problem("Un problème", answer("regie"), answer("bailleur", "Le gardien", note="En bas."))
    block.clean(block.to_python([good]))


@pytest.mark.django_db
def test_a_problem_without_an_answer_or_a_number_without_digits_is_refused() -> None:
    for block, row in (
        (ProblemsBlock(), problem("Seul")),
        (EmergencyNumbersBlock(), {"type": "number", "value": {"number": "x", "purpose": "y"}}),
    ):
        with pytest.raises(ValidationError):
            block.clean(block.to_python([row]))


@pytest.mark.django_db
def test_an_editor_adds_a_problem(communes, publisher: User, home) -> None:
    page = make()
    row = {
        "problem": "Un banc cassé",
        "explanation": "",
        "answers-count": "1",
        "answers-0-deleted": "",
        "answers-0-order": "0",
        "answers-0-type": "item",
        "answers-0-id": "",
        "answers-0-value-kind": "commune",
        "answers-0-value-name": "Mairie exemple",
        "answers-0-value-phone": "03 00 00 00 09",
        "answers-0-value-hours": "",
        "answers-0-value-website": "",
        "answers-0-value-note": "",
    }
    data = nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "heading": "",
            "summary": page.summary,
            "emergencies": streamfield([]),
            "problems": streamfield([("problem", row)]),
            "comments": {
                "TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": "",
            },
            "action-publish": "1",
        }
    )  # fmt: skip
    data["problems-0-value-answers-0-value-communes"] = [OIGNIES]
    signed_in(publisher).post(f"/admin/pages/{page.pk}/edit/", data)
    assert "Mairie exemple" in words("?commune=oignies")
    assert "Mairie exemple" not in words("?commune=carvin")


@pytest.mark.django_db
def test_the_home_of_the_admin_asks_for_the_problems_until_there_are_some(home, writer) -> None:
    page = make()
    task = f"/admin/pages/{page.pk}/edit/#id_problems"
    assert task in signed_in(writer).get("/admin/").content.decode()
    page.problems = json.dumps([problem("Un banc", answer("regie"))])
    page.save()
    assert task not in signed_in(writer).get("/admin/").content.decode()
