"""Partners: dated names, successors, supports, what is shown and what never is."""

import itertools
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Page

from activities.models import ClientShown, ReferencePage
from pages.models import Trade
from partners.models import (
    FormerAddress,
    FormerName,
    OperationPage,
    Partner,
    Support,
    listed_by_family,
    names,
    partners_by_family,
)
from partners.reports import supporters_of
from partners.templatetags.partner_tags import period

from . import factories
from .conftest import sign_in

YEARS = range(2000, 2026)
DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
TODAY = date(2030, 12, 31)
WORDS = st.sampled_from(["Aube", "Brise", "Cime", "Dune", "Étang"])


# --- Names cover every day (pure) --------------------------------------------------------------


@st.composite
def successions(draw: st.DrawFn) -> tuple[str, list[SimpleNamespace]]:
    """A current name, and former ones that each end on a day of their own, in any order."""
    days = draw(st.lists(DAYS, unique=True, max_size=6))
    formers = [SimpleNamespace(name=f"{draw(WORDS)} {n}", until=day) for n, day in enumerate(days)]
    return "Nom d’aujourd’hui", draw(st.permutations(formers))


@given(successions(), DAYS)
def test_every_day_has_one_name_and_only_one(succession, day: date) -> None:
    current, formers = succession
    found = names.periods(current, formers)
    covering = [
        p.name for p in found if (not p.since or p.since <= day) and (not p.until or day <= p.until)
    ]
    assert covering == [names.name_on(day, current, formers)]


@given(successions())
def test_names_leave_no_gap_and_one_is_current(succession) -> None:
    current, formers = succession
    found = names.periods(current, formers)
    assert [p.name for p in found if p.until is None] == [current]
    assert found[0].since is None
    for before, after in itertools.pairwise(found):
        assert after.since == before.until + timedelta(days=1)
    assert names.name_on(date.max, current, formers) == current


@given(successions())
def test_a_name_is_used_until_its_last_day_included(succession) -> None:
    current, formers = succession
    for former in formers:
        assert names.name_on(former.until, current, formers) == former.name
        assert names.name_on(former.until + timedelta(days=1), current, formers) != former.name


@given(successions(), st.sampled_from(YEARS))
def test_the_name_of_a_year_is_that_of_its_last_day(succession, year: int) -> None:
    current, formers = succession
    assert names.name_in(year, current, formers) == names.name_on(
        date(year, 12, 31), current, formers
    )


@given(successions())
def test_what_the_rules_accept_is_accepted(succession) -> None:
    current, formers = succession
    assert not names.name_errors(current, formers, TODAY)


@given(successions(), st.data())
def test_two_names_that_end_the_same_day_are_refused(succession, data) -> None:
    current, formers = succession
    if not formers:
        return
    twin = SimpleNamespace(name="Un jumeau", until=data.draw(st.sampled_from(formers)).until)
    errors = names.name_errors(current, [*formers, twin], TODAY)
    assert {field for field, _ in errors.values()} == {"until"}


def test_a_name_may_come_back_later_but_not_follow_itself() -> None:
    once = SimpleNamespace(name="A", until=date(2010, 1, 1))
    between = SimpleNamespace(name="B", until=date(2015, 1, 1))
    assert not names.name_errors("A", [once, between], TODAY)
    assert list(names.name_errors("b ", [once, between], TODAY)) == [1]


# --- Partners ----------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def index(home) -> Page:
    return factories.PartnerIndexPageFactory(slug="partenaires")


def renamed(name: str = "Nouveau nom", before: str = "Vieux nom", year: int = 2020) -> Partner:
    partner = factories.PartnerFactory(name=name)
    factories.FormerNameFactory(partner=partner, name=before, until=date(year, 12, 31))
    return partner


def merged(into: Partner, name: str = "Absorbé", year: int = 2018, **fields) -> Partner:
    return factories.PartnerFactory(
        name=name, successor=into, ended_on=date(year, 12, 31), **fields
    )


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_partner_knows_its_name_of_a_day_and_of_a_year() -> None:
    partner = renamed(year=2020)
    assert partner.name_on(date(2020, 12, 31)) == "Vieux nom"
    assert partner.name_on(date(2021, 1, 1)) == "Nouveau nom"
    assert partner.name_in(2020) == "Vieux nom"
    assert partner.name_in(2021) == "Nouveau nom"


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_a_chain_of_successors_always_ends(links: list[int]) -> None:
    """Even if a chain was made into a circle by two people at once, nothing turns for ever."""
    ended = date(2000, 1, 1)
    chain = [Partner(pk=n + 1, name=f"P{n}", ended_on=ended) for n in range(6)]
    for partner, link in zip(chain, links, strict=True):
        partner.successor = chain[link]
    for partner in chain:
        assert partner.today in chain
        assert partner.titled(partner.name)


def test_a_circle_of_successors_is_refused_with_a_sentence() -> None:
    last = factories.PartnerFactory(name="Dernier")
    middle = merged(last, "Milieu")
    first = merged(middle, "Premier")
    assert first.today == last
    assert first.titled(first.name) == "Premier, aujourd’hui Dernier"
    last.successor, last.ended_on = first, date(2020, 1, 1)
    with pytest.raises(ValidationError, match="n’aurait pas de fin"):
        last.full_clean()
    last.successor = last
    with pytest.raises(ValidationError, match="se reprendre lui-même"):
        last.full_clean()


def test_a_successor_needs_a_last_day() -> None:
    partner = factories.PartnerFactory(successor=factories.PartnerFactory())
    with pytest.raises(ValidationError) as refused:
        partner.full_clean()
    assert set(refused.value.message_dict) == {"ended_on"}


def test_an_ended_partner_leaves_the_list_and_its_successor_says_so(index, client) -> None:
    living = factories.PartnerFactory(name="Vivant")
    merged(living, "Absorbé")
    factories.PartnerFactory(name="Bientôt fini", ended_on=timezone.localdate())
    known = {p.name for _label, some in partners_by_family() for p in some}
    assert known == {"Vivant", "Bientôt fini"}
    page = text(client, "/partenaires/")
    assert "anciennement Absorbé" in page
    assert [
        entry.formerly for _k, _l, some in listed_by_family() for entry in some if entry.formerly
    ] == [["Absorbé"]]


def test_the_page_of_an_ended_partner_stays_and_says_where_it_went(index, client) -> None:
    merged(factories.PartnerFactory(name="Vivant"), "Absorbé")
    page = text(client, "/partenaires/absorbe/")
    assert "31 décembre 2018" in page
    assert 'href="/partenaires/vivant/"' in page
    assert "a repris" in text(client, "/partenaires/vivant/")


def test_the_address_follows_the_name_and_the_former_one_leads_to_it(index, client) -> None:
    partner = factories.PartnerFactory(name="Nom de départ")
    partner.name = "Nom d’arrivée"
    partner.save()
    assert partner.slug == "nom-d-arrivee"
    answer = client.get("/partenaires/nom-de-depart/")
    assert (answer.status_code, answer["Location"]) == (301, "/partenaires/nom-d-arrivee/")
    # The address of one is never given to another.
    assert factories.PartnerFactory(name="Nom de depart").slug == "nom-de-depart-2"
    partner.name = "Nom de départ"
    partner.save()
    assert partner.slug == "nom-de-depart"
    assert client.get("/partenaires/nom-de-depart/").status_code == 200
    assert client.get("/partenaires/nom-d-arrivee/")["Location"] == "/partenaires/nom-de-depart/"


def test_saving_only_the_name_writes_the_address_too() -> None:
    partner = factories.PartnerFactory(name="Avant")
    partner.name = "Après"
    partner.save(update_fields=["name"])
    partner.refresh_from_db()
    assert (partner.name, partner.slug) == ("Après", "apres")


@pytest.mark.parametrize("name", ["!!!", "日本", "«»"])
def test_a_name_without_letters_has_an_address_all_the_same(name: str) -> None:
    assert factories.PartnerFactory(name=name).slug.startswith("partenaire")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Caisse d’Épargne", "caisse-d-epargne"),
        ("L'Union européenne", "l-union-europeenne"),
        ("Communauté d’agglomération (CAHC)", "communaute-d-agglomeration-cahc"),
        ("’’", "partenaire"),
    ],
)
def test_an_elision_is_a_word_of_the_address(name: str, slug: str) -> None:
    assert factories.PartnerFactory(name=name).slug == slug


def test_an_address_made_when_elisions_were_swallowed_still_leads_there(client, index) -> None:
    partner = factories.PartnerFactory(name="Caisse d’Épargne")
    Partner.objects.filter(pk=partner.pk).update(slug="caisse-depargne")
    partner.refresh_from_db()

    partner.save()

    assert partner.slug == "caisse-d-epargne"
    answer = client.get("/partenaires/caisse-depargne/")
    assert (answer.status_code, answer["Location"]) == (301, "/partenaires/caisse-d-epargne/")


def test_the_database_refuses_two_names_of_the_same_day() -> None:
    partner = renamed()
    with pytest.raises(IntegrityError), transaction.atomic():
        FormerName.objects.create(partner=partner, name="Autre", until=date(2020, 12, 31))


def test_an_address_is_never_that_of_an_operation(index) -> None:
    factories.PartnerFactory(name="Une adresse")
    with pytest.raises(ValidationError) as refused:
        factories.OperationPageFactory(title="Une adresse", parent=index)
    assert "slug" in refused.value.message_dict
    factories.OperationPageFactory(title="Une autre", parent=index)
    assert factories.PartnerFactory(name="Une autre").slug == "une-autre-2"


# --- Supports ----------------------------------------------------------------------------------


def test_the_agreement_ends_with_its_last_support() -> None:
    partner = factories.PartnerFactory()
    assert partner.agreement_ends_on is None
    factories.SupportFactory(partner=partner, ends_on=date(2025, 6, 30))
    factories.SupportFactory(partner=partner, ends_on=date(2026, 6, 30))
    assert partner.agreement_ends_on == date(2026, 6, 30)
    factories.SupportFactory(partner=partner)
    assert partner.agreement_ends_on is None


def test_a_support_does_not_end_before_it_begins() -> None:
    support = factories.SupportFactory(ends_on=date(2023, 12, 31))
    with pytest.raises(ValidationError):
        support.full_clean()


def test_the_partners_of_a_year_have_its_name_and_examples_stay_apart() -> None:
    partner = renamed(year=2024)
    factories.SupportFactory(partner=partner, starts_on=date(2024, 6, 1), ends_on=date(2025, 2, 1))
    factories.SupportFactory(partner=factories.PartnerFactory(is_example=True))
    assert [known.name for known in supporters_of(2024)] == ["Vieux nom"]
    assert [known.name for known in supporters_of(2025)] == ["Nouveau nom"]
    assert supporters_of(2023) == supporters_of(2026) == []
    assert len(supporters_of(2024, examples=True)) == 1


# --- What is shown -----------------------------------------------------------------------------

AMOUNT, PRIVATE, MAIL = Decimal("43210.55"), "Personne Discrète", "discrete@example.org"
SECRETS = ("43", "43 210", "43210", PRIVATE, MAIL, "CONV-SECRET", "RÈGLE-SECRÈTE")


@pytest.fixture
def discreet(index) -> Partner:
    """A partner of which everything that can be kept is."""
    partner = factories.PartnerFactory(
        name="Discret",
        contact_name=PRIVATE,
        contact_email=MAIL,
        contact_phone="03 21 99 99 99",
        logo_rules="RÈGLE-SECRÈTE",
        required_mention="aide la régie.",
    )
    factories.SupportFactory(partner=partner, amount=AMOUNT, agreement_number="CONV-SECRET")
    return partner


@pytest.mark.parametrize(
    "address",
    ["/partenaires/", "/partenaires/discret/", "/recherche/?q=discret", "/", "/sitemap.xml"],
)
def test_what_is_not_public_is_nowhere(discreet, client, address: str) -> None:
    page = text(client, address)
    assert not [secret for secret in SECRETS[1:] if secret in page]
    assert "99 99 99" not in page


def test_what_is_public_is_shown(index, client) -> None:
    partner = factories.PartnerFactory(
        name="Ouvert", contact_name="Personne Connue", contact_is_public=True
    )
    factories.SupportFactory(partner=partner, amount=AMOUNT, amount_is_public=True)
    page = text(client, "/partenaires/ouvert/")
    assert "43\u202f210,55\u00a0€" in page
    assert "Personne Connue" in page


def test_a_partner_that_has_nothing_but_a_name_reads_well(index, client) -> None:
    factories.PartnerFactory(name="Tout seul", family=Partner.Family.FOUNDATION)
    page = text(client, "/partenaires/tout-seul/")
    assert "<h1>Tout seul</h1>" in page
    assert "dans la famille «\u00a0Fondations\u00a0»" in page
    for title in ("Ses noms", "Ses soutiens", "Sa mention", "À qui parler", "les autres"):
        assert title not in page
    assert '"@type": "Organization"' in page


def test_a_very_full_partner_shows_everything(index, client) -> None:
    factories.ReferenceIndexPageFactory()
    trade = factories.TradeFactory(slug="espaces-verts")
    partner = renamed("Très plein")
    for number in range(4):
        factories.FormerNameFactory(
            partner=partner, name=f"Nom {number}", until=date(2000 + number, 1, 1)
        )
        support = factories.SupportFactory(
            partner=partner, purpose=f"Soutien {number}", starts_on=date(2010 + number, 3, 1)
        )
        support.trades = [trade]
        support.save()
    factories.ReferencePageFactory(
        title="Un chantier", client=partner, client_shown=ClientShown.NAME
    )
    factories.ReferencePageFactory(
        title="Chantier caché", client=partner, client_shown=ClientShown.KIND
    )
    factories.OperationPageFactory(title="Une opération", funder=partner, parent=index)
    page = text(client, "/partenaires/tres-plein/")
    for words in ("Nom 0", "Vieux nom", "Soutien 3", "Un chantier", "Une opération", trade.name):
        assert words in page
    assert "Chantier caché" not in page


HOSTILE = "<script>alert(1)</script> & \"o'\u202e"


def test_hostile_texts_stay_texts(index, client) -> None:
    partner = factories.PartnerFactory(
        name=HOSTILE,
        detail=HOSTILE,
        presentation=HOSTILE,
        required_mention=HOSTILE,
        contact_name=HOSTILE,
        contact_is_public=True,
    )
    factories.FormerNameFactory(partner=partner, name=HOSTILE)
    factories.SupportFactory(partner=partner, purpose=HOSTILE)
    for address in ("/partenaires/", f"/partenaires/{partner.slug}/", "/"):
        assert "<script>alert" not in text(client, address)


def test_an_example_is_marked_and_kept_from_machines(index, client) -> None:
    factories.PartnerFactory(name="Un exemple", is_example=True)
    answer = client.get("/partenaires/un-exemple/")
    page = answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'name="robots" content="noindex"' in page
    assert "application/ld+json" not in page
    assert "tout y est inventé" in page
    assert "un-exemple" not in text(client, "/sitemap.xml")
    assert not index.search_text().count("Un exemple")


def test_search_finds_a_partner_by_the_name_it_had(index, client) -> None:
    renamed("Nouvelle maison", "Ancienne demeure")
    assert "/partenaires/" in text(client, "/recherche/?q=demeure")


def test_a_reserved_list_hides_its_partners(index, client) -> None:
    factories.PartnerFactory(name="Caché")
    factories.make_private(index)
    assert client.get("/partenaires/cache/").status_code in {302, 404}
    assert "/partenaires/cache/" not in text(client, "/sitemap.xml")


def test_only_reading_is_allowed_below_the_list(index, client) -> None:
    factories.PartnerFactory(name="Lu")
    assert client.post("/partenaires/lu/").status_code == 405
    assert client.head("/partenaires/lu/").status_code == 200


# --- References --------------------------------------------------------------------------------


def test_a_reference_names_its_client_as_it_was_then(home, client) -> None:
    partner = renamed("Nouveau", "Vieux", 2020)
    factories.ReferenceIndexPageFactory(slug="realisations")
    factories.ReferencePageFactory(
        title="Ancien chantier",
        slug="ancien",
        client=partner,
        client_shown=ClientShown.NAME,
        starts_on=date(2015, 1, 1),
        ends_on=date(2015, 2, 1),
    )
    assert "Vieux, aujourd’hui Nouveau" in text(client, "/realisations/")
    assert "Vieux, aujourd’hui Nouveau" in text(client, "/realisations/ancien/")
    for reference in ReferencePage.objects.all().for_list():
        assert reference.client_label == ReferencePage.objects.get(pk=reference.pk).client_label


def test_a_work_that_goes_on_has_the_name_of_today(home) -> None:
    reference = factories.ReferencePageFactory(
        client=renamed(), client_shown=ClientShown.NAME, starts_on=date(2015, 1, 1), ends_on=None
    )
    assert reference.client_label == "Nouveau nom"


# --- The admin ---------------------------------------------------------------------------------


def form_data(formers: list[tuple[str, str]], **fields: str) -> dict[str, str]:
    """What the form of a partner sends."""
    data = {
        "name": "Mon partenaire",
        "family": "local",
        "sort_order": "0",
        "logo_min_width": "120",
        "mention_placement": "rapports",
        "former_names-TOTAL_FORMS": str(len(formers)),
        "former_names-INITIAL_FORMS": "0",
        "former_names-MIN_NUM_FORMS": "0",
        "former_names-MAX_NUM_FORMS": "1000",
        "supports-TOTAL_FORMS": "1",
        "supports-INITIAL_FORMS": "0",
        "supports-MIN_NUM_FORMS": "0",
        "supports-MAX_NUM_FORMS": "1000",
        "supports-0-purpose": "Un soutien",
        "supports-0-starts_on": "2024-01-01",
        "supports-0-id": "",
        **fields,
    }
    for rank, (name, until) in enumerate(formers):
        data |= {
            f"former_names-{rank}-name": name,
            f"former_names-{rank}-until": until,
            f"former_names-{rank}-id": "",
        }
    return data


ADD = "wagtailsnippets_partners_partner:add"


@pytest.fixture
def staff(client):
    sign_in(client, factories.AdministratorFactory())
    return client


def test_a_partner_is_made_in_one_form(staff) -> None:
    trade = factories.TradeFactory()
    data = form_data([("Ancien", "2015-12-31"), ("Entre deux", "2020-06-30")])
    data["supports-0-trades"] = str(trade.pk)
    answer = staff.post(reverse(ADD), data)
    assert answer.status_code == 302, answer.context["form"].errors
    partner = Partner.objects.get()
    assert [p.name for p in partner.name_periods()] == ["Ancien", "Entre deux", "Mon partenaire"]
    assert list(partner.supports.get().trades.all()) == [trade]


@pytest.mark.parametrize(
    ("formers", "fields", "sentence"),
    [
        ([("Ancien", "2999-01-01")], {}, "n’est pas encore passée"),
        ([("A", "2015-01-01"), ("B", "2015-01-01")], {}, "le même jour"),
        ([("Mon partenaire", "2015-01-01")], {}, "pas un changement"),
        ([("A", "2015-01-01")], {"ended_on": "2014-01-01"}, "n’existait déjà plus"),
        ([], {"supports-0-ends_on": "2023-01-01"}, "La fin est avant le début"),
    ],
)
def test_the_form_says_what_is_wrong(staff, formers, fields, sentence: str) -> None:
    answer = staff.post(reverse(ADD), form_data(formers, **fields))
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&#x27;", "’")
    assert not Partner.objects.exists()


# --- Operations --------------------------------------------------------------------------------


def test_an_operation_shows_its_aims_its_results_and_its_money(index, client) -> None:
    trade = factories.TradeFactory(name="Médiation")
    operation = factories.OperationPageFactory(
        title="Une opération",
        parent=index,
        aims="Aller vers l’emploi.",
        results="Douze emplois.",
        total_cost=Decimal(70000),
        eu_amount=Decimal(40000),
        operation_number="OP-1",
    )
    operation.trades = [trade]
    operation.save()
    page = text(client, operation.url)
    for words in ("Aller vers", "Douze emplois", "70\u202f000\u00a0€", "57,1\u00a0%", "OP-1"):
        assert words in page
    assert "Médiation" in page


@pytest.mark.parametrize(
    ("total", "part", "rate"),
    [(100, 40, "40"), (3, 1, "33.3"), (100, 100, "100"), (None, 5, None), (5, None, None)],
)
def test_the_rate_is_computed(total, part, rate) -> None:
    operation = OperationPage(total_cost=total and Decimal(total), eu_amount=part and Decimal(part))
    assert operation.eu_rate == (rate and Decimal(rate))


def test_an_operation_that_makes_no_sense_is_refused(index) -> None:
    operation = factories.OperationPageFactory(parent=index)
    operation.ends_on = operation.starts_on - timedelta(days=1)
    operation.total_cost, operation.eu_amount = Decimal(10), Decimal(11)
    with pytest.raises(ValidationError) as refused:
        operation.clean()
    assert set(refused.value.message_dict) == {"ends_on", "eu_amount"}


def test_editors_see_what_remains_to_be_published(index) -> None:
    operation = factories.OperationPageFactory(parent=index)
    assert [duty.is_met for duty in operation.publicity] == [True, False, False, False, False, True]
    operation.aims = operation.results = "Écrits."
    operation.eu_amount = Decimal(1)
    operation.trades = [factories.TradeFactory()]
    operation.save()
    assert all(duty.is_met for duty in operation.publicity)


def test_the_admin_shows_the_duties(index, staff) -> None:
    operation = factories.OperationPageFactory(parent=index)
    page = text(staff, reverse("wagtailadmin_pages:edit", args=[operation.pk]))
    assert "Les objectifs sont décrits." in page
    assert "À faire" in page


def test_former_addresses_are_kept_with_their_partner() -> None:
    partner = factories.PartnerFactory(name="Un")
    partner.name = "Deux"
    partner.save()
    assert FormerAddress.objects.get().partner == partner
    partner.delete()
    assert not FormerAddress.objects.exists()
    assert not Trade.objects.exists()


@pytest.mark.parametrize(
    ("starts_on", "words"),
    [
        (date(2024, 1, 1), "depuis 2024"),
        (date(2024, 3, 4), "depuis le 4 mars 2024"),
        (date(2030, 1, 1), "à partir de 2030"),
        (date(2030, 3, 4), "à partir du 4 mars 2030"),
    ],
)
@time_machine.travel("2026-06-01")
def test_a_support_to_come_has_not_begun(starts_on: date, words: str) -> None:
    assert period(Support(starts_on=starts_on)).replace("\u00a0", " ") == words


def test_the_form_of_a_partner_leads_to_what_is_about_it(index, staff) -> None:
    partner = factories.PartnerFactory(name="Fonds d’essai")
    page = text(staff, reverse("wagtailsnippets_partners_partner:edit", args=[partner.pk]))
    for address in (
        f"{index.url}{partner.slug}/",
        f"{reverse('partner_people')}?partenaire={partner.pk}",
        f"{reverse('consultations')}?partner={partner.pk}",
        f"{reverse('funder_packs')}?financeur={partner.pk}",
    ):
        assert f'href="{address}"' in page
    chosen = text(staff, f"{reverse('funder_packs')}?financeur={partner.pk}")
    assert f'<option value="{partner.pk}" selected>' in chosen


def test_a_logo_for_dark_grounds_does_not_come_alone() -> None:
    partner = factories.PartnerFactory(logo_dark=factories.SiteImageFactory())
    with pytest.raises(ValidationError, match="fond clair"):
        partner.full_clean()
