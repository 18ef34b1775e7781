"""The contact page: why one writes comes first, and the way there is never lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.models import ReferencePage
from contact import asking
from contact.models import ReasonSettings
from contact.reasons import ASKED, Reason
from pages.models import HomePage

from . import factories
from .site_text import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference(home: HomePage, organisation) -> ReferencePage:
    factories.ContactPageFactory()
    factories.CommuneFactory(name="Carvin", insee_code="62215")
    trade = factories.TradeFactory(name="Espaces verts", slug="espaces-verts")
    return factories.ReferencePageFactory(title="Haie & jardin ?", slug="haie", trade=trade)


def get(query: str = "", status: int = 200) -> str:
    answer = Client().get(f"/contact/{query}")
    assert answer.status_code == status
    return answer.content.decode()


def names_asked(html: str) -> set[str]:
    form = html.partition('<form class="form')[2].partition("</form>")[0]
    return set(re.findall(r'name="(\w+)"', form))


# --- The doors ----------------------------------------------------------------------------


def test_without_a_reason_there_are_seven_doors_and_no_form(reference) -> None:
    answer = Client().get("/contact/")
    html = answer.content.decode()
    for reason in Reason:
        assert f'href="?motif={reason}"' in html
    assert not names_asked(html)
    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "X-Robots-Tag" not in answer.headers
    for words in ("03 21 00 00 00", "bonjour@example.org", "1 rue d’essai"):
        assert words in html


def test_the_words_of_the_doors_are_those_of_the_settings(reference) -> None:
    ReasonSettings.objects.filter(code=Reason.PRESS).update(label="La presse, ici", help="Vite")
    text = text_of(get())
    assert "La presse, ici" in text
    assert "Vite" in text
    assert "La presse, ici" in text_of(get("?motif=presse"))


def test_what_one_came_for_is_kept_through_the_doors(reference) -> None:
    html = get("?activite=espaces-verts&realisation=haie&realisation=haie")
    assert 'href="?motif=devis&amp;activite=espaces-verts&amp;realisation=haie"' in html
    form = get("?motif=devis&activite=espaces-verts&realisation=haie")
    assert '<a href="/contact/">Écrire pour autre chose</a>' in form


def test_a_closed_reason_leads_to_the_others(reference) -> None:
    ReasonSettings.objects.filter(code=Reason.JOB).update(is_open=False)
    html = get("?motif=emploi")
    assert "Ce motif n’est plus proposé" in html
    assert 'href="?motif=emploi"' not in html
    assert 'href="?motif=devis"' in html
    assert not names_asked(html)


@pytest.mark.parametrize("query", ["", "?motif=devis", "?motif=emploi", "merci/"])
def test_a_site_that_knows_nothing_yet_has_a_sound_page(home: HomePage, query: str) -> None:
    factories.ContactPageFactory()
    html = get(query)
    assert "<h1>" in html
    assert "None" not in text_of(html)
    assert not names_asked(html) & {"trade", "commune"}


def test_without_any_reason_open_the_other_ways_stay(reference) -> None:
    ReasonSettings.objects.update(is_open=False)
    html = get()
    assert "Pourquoi nous écrivez-vous" not in html
    assert "Le formulaire est fermé pour le moment" in html
    assert "03 21 00 00 00" in html


# --- The form of a reason -----------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_asks_for_what_it_needs_and_nothing_else(reference, reason: Reason) -> None:
    answer = Client().get(f"/contact/?motif={reason}")
    html = answer.content.decode()
    setup = ReasonSettings.objects.get(code=reason)
    known = {"csrfmiddlewaretoken", "formulaire", "complement_site"}
    assert names_asked(html) - known == set(ASKED[reason].fields)
    assert f"<h1>{setup.label}</h1>" in html
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert set(answer.cookies) == {"csrftoken"}
    # It is never the only way.
    assert html.index('href="tel:+33321000000"') < html.index('<form class="form')
    assert ('enctype="multipart/form-data"' in html) == ("files" in ASKED[reason].fields)


def test_an_application_has_no_room_for_what_must_not_be_told(reference) -> None:
    assert "<textarea" not in get("?motif=emploi")


def test_the_notice_is_that_of_the_settings_or_that_of_the_site(reference) -> None:
    assert "utilise ces informations pour" in text_of(get("?motif=autre"))
    ReasonSettings.objects.filter(code=Reason.OTHER).update(notice="Notre mention <b>à nous</b>")
    html = get("?motif=autre")
    assert "Notre mention &lt;b&gt;à nous" in html
    assert "utilise ces informations pour" not in html


def test_the_notice_is_read_a_paragraph_at_a_time(reference) -> None:
    html = get("?motif=devis")
    notice = html[html.index('class="asking__notice"') :]
    assert notice[: notice.index("</div>")].count("<p>") == 3


def test_a_list_says_nothing_that_was_not_chosen(reference) -> None:
    """« Une autre commune » is an answer, the last one: it is not given for whoever gave none."""
    factories.CommuneFactory(name="Oignies")
    html = get("?motif=devis")
    communes = html[html.index('name="commune"') :]
    options = re.findall(r"<option[^>]*>([^<]+)", communes[: communes.index("</select>")])
    assert options[0] == "Choisissez"
    assert options[-1] == "Une autre commune"


def test_the_links_of_the_site_fill_the_form_in(reference) -> None:
    html = get("?motif=devis&activite=espaces-verts&realisation=haie")
    assert '<option value="espaces-verts" selected>' in html
    assert "À propos de : Haie & jardin ?" in text_of(html).replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    factories.JobPageFactory(title="Jardinier", slug="jardinier")
    assert "Jardinier" in text_of(get("?motif=emploi&offre=jardinier"))


def test_a_page_that_nobody_may_read_is_not_named(reference) -> None:
    factories.make_private(reference)
    html = get("?motif=devis&realisation=haie")
    assert "jardin" not in text_of(html)
    assert "realisation" not in html


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
def test_an_unknown_reason_shows_the_doors(reference, query: str) -> None:
    html = get(f"?{query}")
    assert "Pourquoi nous écrivez-vous" in html
    assert not names_asked(html)


@pytest.mark.parametrize(
    "query",
    [
        "activite=x&realisation=y&offre=z",
        "activite=%00&realisation=%00",
        "activite=%3Cscript%3E&realisation=%22%3E",
        "activite=" + "a" * 10_000,
        "realisation=%0D%0ABcc:%20x@example.org",
    ],
    ids=lambda query: query[:20],
)
def test_what_is_not_known_is_dropped_and_the_reason_stays(reference, query: str) -> None:
    html = get(f"?motif=devis&{query}")
    assert "message" in names_asked(html)
    assert "À propos de" not in html
    assert " selected>" not in html.replace('value="" selected>', "")


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["motif", "activite", "realisation", "offre"]),
        st.one_of(st.text(max_size=40), st.sampled_from(["devis", "espaces-verts", "haie"])),
    )
)
def test_no_address_breaks_the_page(reference, parameters: dict[str, str]) -> None:
    parameters = {n: v.encode("utf-8", "ignore").decode() for n, v in parameters.items()}
    assert Client().get("/contact/", parameters).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/contact/?motif=autre", "/contact/merci/"])
def test_other_methods_are_refused(reference, method: str, address: str) -> None:
    assert getattr(Client(), method)(address).status_code == 405


# --- The thanks ---------------------------------------------------------------------------


def receipt(text: str = "R-2026-0042 mediation") -> str:
    return signing.TimestampSigner(salt=asking.RECEIPT_SALT).sign(text)


def test_the_thanks_give_the_reference_and_what_happens_next(reference) -> None:
    ReasonSettings.objects.filter(code=Reason.MEDIATION).update(next_steps="Nous passons lundi.")
    answer = Client().get("/contact/merci/", {"demande": receipt()})
    text = text_of(answer.content.decode())
    for words in ("Votre message est arrivé", "R-2026-0042", "Nous passons lundi.", "03 21"):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


@pytest.mark.parametrize(
    "value",
    [
        "",
        "R-2026-0042 mediation",
        receipt() + "x",
        receipt("R-2026-0042"),
        receipt("a b c"),
        "\x00",
    ],
    ids=["none", "unsigned", "forged", "short", "long", "nul"],
)
def test_a_receipt_that_is_none_thanks_all_the_same(reference, value: str) -> None:
    answer = Client().get("/contact/merci/", {"demande": value})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "R-2026" not in html
    # Neither the page nor the tab says that something arrived.
    assert "<title>Merci" in html


def test_a_reference_is_shown_for_a_day(reference) -> None:
    address = {"demande": receipt()}
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        html = Client().get("/contact/merci/", address).content.decode()
    assert "R-2026-0042" not in html
    assert "Merci" in html
