"""The contact page says what one comes for, as the address that leads to it told."""

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.models import ReferencePage
from contact.forms import SENTENCES
from contact.reasons import Reason
from pages.models import HomePage

from . import factories
from .site_text import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference(home: HomePage, organisation) -> ReferencePage:
    factories.ContactPageFactory()
    trade = factories.TradeFactory(name="Espaces verts", slug="espaces-verts")
    return factories.ReferencePageFactory(title="Haie & jardin ?", slug="haie", trade=trade)


def asked(query: str) -> tuple[str, str]:
    """What the page says, and the subject of the e-mail it prepares (empty without)."""
    answer = Client().get(f"/contact/?{query}")
    assert answer.status_code == 200
    html = answer.content.decode()
    address = html.partition('<a href="mailto:bonjour@example.org?')[2].partition('"')[0]
    raw = unescape(address)
    assert "+" not in raw
    assert " " not in raw
    subject = parse_qs(urlsplit(f"mailto:x?{raw}").query).get("subject", [""])[0]
    return text_of(html), subject


def test_without_a_reason_the_page_is_the_usual_one(reference) -> None:
    for query in ("", "activite=espaces-verts", "realisation=haie"):
        text, subject = asked(query)
        assert "Vous demandez" not in text
        assert subject == ""


def test_a_quote_for_an_activity_like_a_reference(reference) -> None:
    text, subject = asked("motif=devis&activite=espaces-verts&realisation=haie")
    assert "Vous demandez un devis pour : espaces verts" in text
    assert "Comme cette réalisation : Haie & jardin" in text
    assert subject.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Demande de devis : espaces verts (comme : Haie & jardin ?)"
    )


def test_mediation_does_not_say_itself_twice(reference) -> None:
    factories.TradeFactory(name="Médiation", slug="mediation")
    text, subject = asked("motif=mediation&activite=mediation")
    assert "Vous voulez parler de médiation" in text
    assert "pour : médiation" not in text
    assert subject == "Médiation"


@pytest.mark.parametrize("reason", Reason.values)
def test_each_reason_has_its_sentence_and_its_subject(reference, reason: str) -> None:
    text, subject = asked(f"motif={reason}")
    assert SENTENCES[Reason(reason)] in text
    assert subject


@pytest.mark.parametrize(
    "query",
    [
        "motif=x",
        "motif=%00",
        "motif[]=devis",
        "motif=" + "d" * 10_000,
        "motif=x&activite=espaces-verts&realisation=haie",
    ],
    ids=lambda query: query[:20],
)
def test_an_unknown_reason_is_ignored(reference, query: str) -> None:
    assert asked(query)[1] == ""


@pytest.mark.parametrize(
    "query",
    [
        "activite=x&realisation=y",
        "activite=%00&realisation=%00",
        "activite=%3Cscript%3E&realisation=%22%3E",
        "activite=" + "a" * 10_000,
        "realisation=%0D%0ABcc:%20x@example.org",
    ],
    ids=lambda query: query[:20],
)
def test_what_is_not_known_is_dropped_and_the_reason_stays(reference, query: str) -> None:
    text, subject = asked(f"motif=devis&{query}")
    assert "Vous demandez un devis" in text
    assert subject == "Demande de devis"


def test_a_reference_that_nobody_may_read_is_not_named(reference) -> None:
    factories.make_private(reference)
    text, subject = asked("motif=devis&realisation=haie")
    assert "jardin" not in text
    assert subject == "Demande de devis"


def test_without_an_e_mail_there_is_no_link_to_write(reference) -> None:
    factories.OrganisationFactory(email="")
    html = Client().get("/contact/?motif=devis").content.decode()
    assert "Vous demandez un devis" in html
    assert "mailto:" not in html


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["motif", "activite", "realisation"]),
        st.one_of(st.text(max_size=40), st.sampled_from(["devis", "espaces-verts", "haie"])),
    )
)
def test_no_address_breaks_the_page(reference, parameters: dict[str, str]) -> None:
    parameters = {n: v.encode("utf-8", "ignore").decode() for n, v in parameters.items()}
    assert Client().get("/contact/", parameters).status_code == 200
