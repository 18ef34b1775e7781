"""The delivered content: once, never over an editor's work; the examples come and go."""

import re
import statistics
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Collection, Page, Site

from impulsion_site.content import deliver, drawings, withdraw
from impulsion_site.content.initial import COMMUNES, ORGANISATION, PAGES, PARTNERS, QUOTE
from impulsion_site.content.withdrawal import WITHDRAWN
from pages.demonstration import example_pages
from pages.models import (
    AgendaPage,
    Commune,
    ContentPage,
    EventPage,
    LoadedItem,
    NewsIndexPage,
    NewsPage,
    OrganisationSettings,
    SiteDocument,
    SiteImage,
)
from pages.querysets import all_pages
from pages.typography import french, french_html
from partners.models import Partner

from .site_text import blocks_of

ADDRESSES = """
    / /la-regie/ /la-regie/histoire/ /la-regie/insertion/ /la-regie/equipe/ /la-regie/territoire/
    /la-regie/documents/ /activites/ /activites/espaces-verts/ /activites/second-oeuvre/
    /activites/entretien-de-locaux/ /activites/mediation/ /realisations/ /travailler/
    /travailler/parcours/ /travailler/offres/
    /travailler/prescripteurs/ /participer/ /partenaires/ /rapports/ /actualites/ /agenda/
    /qui-appeler/ /contact/
    /mentions-legales/ /confidentialite/ /accessibilite/ /ecoconception/ /glossaire/ /plan-du-site/
    /espace-partenaires/
""".split()
CACHED_DRAWINGS = {key: cache(draw) for key, draw in drawings.DRAWINGS.items()}
MAIN_MENU = [
    "La régie", "Activités", "Réalisations", "Travailler", "Partenaires", "Rapports",
    "Actualités", "Agenda", "Qui appeler", "Contact",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _draw_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same drawing gives the same bytes: draw each once for all the tests."""
    monkeypatch.setattr(drawings, "DRAWINGS", CACHED_DRAWINGS)


@pytest.fixture
def initial(db: None) -> None:
    """The initial content."""
    deliver()


@pytest.fixture
def demonstration(db: None) -> None:
    """The initial content and the examples."""
    deliver(demonstration=True)


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the project and of its libraries, as the database has it."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            # How long a title is beside all those of the moment it was indexed: no content.
            kept = [i for i, column in enumerate(cursor.description) if column[0] != "title_norm"]
            rows[table] = sorted((tuple(r[i] for i in kept) for r in cursor.fetchall()), key=repr)
    return rows


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The tables that are not the same, with the rows that were lost and those that were added."""
    return {
        table: (
            [r for r in rows if r not in after[table]],
            [r for r in after[table] if r not in rows],
        )
        for table, rows in before.items()
        if rows != after[table]
    }


def page_at(address: str) -> Page:
    """The page delivered at this address."""
    return Page.objects.get(url_path=f"/accueil{address}").specific


# --- The initial content ----------------------------------------------------------------------


def test_every_address_answers_and_only_they(initial: None) -> None:
    addresses = [page.get_url() for page in all_pages().visible()]
    assert sorted(addresses) == sorted(ADDRESSES)
    statuses = {address: Client().get(address).status_code for address in ADDRESSES}
    # One signs in before the partners’ page.
    assert statuses.pop("/espace-partenaires/") == 302
    assert set(statuses.values()) == {200}


def test_the_tree_is_sound(demonstration: None) -> None:
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_menus_come_from_the_tree(initial: None) -> None:
    context = Client().get("/").context
    assert [entry.title for entry in context["navigation"].main] == MAIN_MENU
    assert [entry.url for entry in context["navigation"].footer] == ADDRESSES[-7:]


def test_the_site_has_the_address_of_the_configuration(initial: None, settings: Any) -> None:
    site = Site.objects.get()
    assert (f"http://{site.hostname}:{site.port}", site.is_default_site) == (
        settings.SITE_URL,
        True,
    )
    settings.SITE_URL = "https://exemple.test"
    deliver()
    site.refresh_from_db()
    assert (site.hostname, site.port) == ("exemple.test", 443)


def test_security_txt_is_valid_from_the_first_day_and_for_less_than_a_year(
    initial: None, client: Client
) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.status_code == 200
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["Contact"] == "mailto:regie.impulsion@gmail.com"
    left = datetime.fromisoformat(lines["Expires"]) - timezone.now()
    assert timedelta(days=300) < left < timedelta(days=365)


def test_the_fourteen_communes(initial: None) -> None:
    assert Commune.objects.count() == 14
    founders = Commune.objects.filter(is_founder=True).values_list("name", flat=True)
    assert set(founders) == {"Carvin", "Oignies", "Libercourt"}


def test_no_example_without_being_asked(initial: None) -> None:
    assert not example_pages(Page.objects.all()).exists()
    assert not Partner.objects.filter(is_example=True).exists()
    assert not SiteImage.objects.exists()


def test_a_page_without_content_says_so(initial: None) -> None:
    for address in ("/la-regie/documents/", "/rapports/", "/actualites/", "/agenda/"):
        assert "Aucun" in " ".join(blocks_of(Client().get(address).content.decode())), address


def test_editors_can_publish_every_page_as_it_is(demonstration: None) -> None:
    for page in all_pages().visible().specific():
        page.full_clean()
        if hasattr(page, "body"):
            page.body.stream_block.clean(page.body)


# --- Plain language and typography ------------------------------------------------------------


def said_by(value: Any) -> list[str]:
    """The texts of a specification, whatever it is made of."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, item in value.items() if name != "type" for text in said_by(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in said_by(item)]
    return []


def initial_texts() -> list[str]:
    """Every text of the initial content, as it is written in the source."""
    pages = [[p.title, p.fields, p.body, dict(p.inlines)] for p in PAGES]
    rows = [ORGANISATION, PARTNERS, [name for name, *_ in COMMUNES]]
    return [text for text in said_by([pages, rows]) if "@" not in text]


def test_the_source_has_french_typography() -> None:
    for text in initial_texts():
        set_text = french_html(text) if "<" in text else french(text)
        assert set_text == text
        assert "'" not in text


def test_saving_again_changes_no_word(initial: None) -> None:
    before = {page.pk: page.search_text() for page in all_pages().visible().specific()}
    for page in all_pages().visible().specific():
        page.save()
    assert {p.pk: p.search_text() for p in all_pages().visible().specific()} == before


def test_sentences_are_short() -> None:
    """Half of them have fifteen words at most, none more than twenty-five; quotes are exempt."""
    texts = [block for text in initial_texts() if text != QUOTE for block in blocks_of(text)]
    sentences = [
        s for text in texts for s in re.split(r"(?<=[.!?…])\s+", text) if s.endswith((".", "?"))
    ]
    lengths = {s: len(re.findall(r"[\w’-]+", s)) for s in sentences}
    assert len(lengths) > 80
    assert [s for s, length in lengths.items() if length > 25] == []
    assert statistics.median(lengths.values()) <= 15


def test_acronyms_are_expanded_where_they_appear(initial: None) -> None:
    for address in ADDRESSES:
        text = " ".join(blocks_of(Client().get(address).content.decode()))
        for acronym in ("ACI", "EI", "CDDI", "IAE"):
            if re.search(rf"{acronym}", text):
                assert re.search(rf"\({acronym}\)|{acronym} veut dire", text), (address, acronym)


# --- Once, and never over an editor's work ----------------------------------------------------


@pytest.mark.parametrize("examples", [False, True])
def test_loading_twice_changes_nothing(db: None, examples: bool) -> None:
    deliver(demonstration=examples)
    before = dump()
    files = stored_files()
    deliver(demonstration=examples)
    assert differences(before, dump()) == {}
    assert stored_files() == files


def test_loading_on_another_day_does_not_move_the_dates(
    demonstration: None, time_machine: Any
) -> None:
    before = dump()
    time_machine.move_to("2031-02-03")
    deliver(demonstration=True)
    assert differences(before, dump()) == {}


def test_what_an_editor_changed_survives(demonstration: None) -> None:
    page = page_at("/la-regie/insertion/")
    page.title, page.summary, page.slug = "Nos parcours", "Un autre résumé.", "parcours"
    page.body = []
    page.save_revision().publish()
    moved = page_at("/participer/")
    moved.move(page_at("/la-regie/"), "last-child")
    organisation = OrganisationSettings.load()
    organisation.email, organisation.city, organisation.founded_year = "a@exemple.fr", "", None
    organisation.save()
    Partner.objects.filter(name="SOGINORPA").update(name="Un nouveau nom")
    Commune.objects.filter(name="Rouvroy").update(postcode="62000", sort_order=40)
    example = NewsPage.objects.first()
    example.title = "Une actualité changée"
    example.save_revision().publish()
    before = dump()
    deliver(demonstration=True)
    assert differences(before, dump()) == {}


def test_what_an_editor_deleted_stays_deleted(demonstration: None) -> None:
    page_at("/activites/").delete()
    page_at("/la-regie/equipe/").delete()
    NewsPage.objects.first().delete()
    Partner.objects.filter(name="LTO Habitat").delete()
    Commune.objects.filter(name="Rouvroy").delete()
    SiteImage.objects.first().delete()
    before = dump()
    deliver(demonstration=True)
    assert differences(before, dump()) == {}


def test_what_was_there_before_the_first_loading_is_left_alone(db: None) -> None:
    deliver()
    LoadedItem.objects.all().delete()
    page = page_at("/la-regie/histoire/")
    page.title = "Notre passé"
    page.save_revision().publish()
    before = dump()
    deliver()
    assert list(differences(before, dump())) == [LoadedItem._meta.db_table]


def test_settings_typed_before_the_first_loading_are_kept(db: None) -> None:
    organisation = OrganisationSettings.load()
    organisation.city = "Une autre ville"
    organisation.save()
    deliver()
    organisation.refresh_from_db()
    assert (organisation.city, organisation.short_name) == ("Une autre ville", "Impulsion")


def test_examples_come_back_to_a_renamed_list(initial: None) -> None:
    news = NewsIndexPage.objects.get()
    news.slug = "nouvelles"
    news.save_revision().publish()
    AgendaPage.objects.get().delete()
    deliver(demonstration=True)
    assert NewsPage.objects.child_of(news).count() >= 14
    assert not EventPage.objects.exists()


# --- The examples -----------------------------------------------------------------------------


def stored_files() -> list[str]:
    """Every file of the library, originals and renditions."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_examples_are_marked_and_kept_from_machines(demonstration: None) -> None:
    client = Client()
    sitemap = client.get("/sitemap.xml").content.decode()
    examples = [page.specific for page in example_pages(Page.objects.all())]
    assert len(examples) > 20
    assert "/la-regie/histoire/" in sitemap
    for page in examples:
        answer = client.get(page.get_url())
        html = answer.content.decode()
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in html
        assert "application/ld+json" not in html
        assert page.get_url() not in sitemap
        assert any(block.startswith("Exemple") for block in blocks_of(html))
        assert page.get_admin_display_title().startswith("Exemple – ")


def test_example_files_are_marked_and_kept_apart(demonstration: None) -> None:
    for model in (SiteImage, SiteDocument):
        assert model.objects.exists()
        for item in model.objects.all():
            assert item.title.startswith("Exemple – ")
            assert item.collection.name == "Exemples"
    assert all(image.description for image in SiteImage.objects.all())


def test_examples_name_nobody_real(demonstration: None) -> None:
    """No commune of the territory, no partner, not the director."""
    real = {name for name, *_ in COMMUNES} | {"Defer", "Séverine"}
    real |= {name for name, _, family in PARTNERS if family != Partner.Family.LOCAL}
    for page in example_pages(Page.objects.all()):
        text = f"{page.title}\n{page.specific.search_text()}"
        assert [name for name in real if re.search(rf"\b{re.escape(name)}\b", text)] == []


def test_examples_show_every_kind_of_list(demonstration: None) -> None:
    assert NewsPage.objects.count() > 12  # a second page
    assert EventPage.objects.past().exists()
    assert EventPage.objects.upcoming().count() >= 4
    assert set(EventPage.objects.values_list("status", flat=True)) == set(EventPage.Status.values)


def test_one_example_page_shows_every_block_but_videos(demonstration: None) -> None:
    page = ContentPage.objects.get(is_example=True)
    kinds = {child["type"] for child in page.body.raw_data}
    for child in page.body:
        if child.block_type == "section":
            kinds |= {inner.block_type for inner in child.value["content"]}
    assert kinds == set(page.body.stream_block.child_blocks) - {"video", "kept"}


def test_removing_the_examples_leaves_exactly_the_initial_content(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    deliver()
    before, files = dump(), stored_files()
    with django_capture_on_commit_callbacks(execute=True):
        deliver(demonstration=True)
        for page in example_pages(Page.objects.all()):
            Client().get(page.get_url())  # makes renditions
        renamed = NewsPage.objects.first()
        renamed.slug = "un-autre-nom"  # leaves a redirection behind
        renamed.save_revision().publish()
    assert len(stored_files()) > len(files) + 5
    with django_capture_on_commit_callbacks(execute=True):
        withdraw()
    ((forgotten, added),) = [differences(before, dump()).pop(LoadedItem._meta.db_table)]
    assert forgotten == []
    assert [row[0] for row in added] == [WITHDRAWN]
    assert list(differences(before, dump())) == [LoadedItem._meta.db_table]
    assert stored_files() == files


def test_removed_examples_do_not_come_back_by_themselves(
    demonstration: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("remove_demonstration")
    assert "Exemples retirés" in capsys.readouterr().out
    call_command("load_content", "--demonstration")
    assert "ne reviennent pas" in capsys.readouterr().out
    assert not example_pages(Page.objects.all()).exists()
    call_command("load_content", "--demonstration", "--again")
    assert example_pages(Page.objects.all()).count() > 20


def test_what_editors_built_upon_an_example_is_kept(demonstration: None) -> None:
    example = ContentPage.objects.get(is_example=True)
    own = ContentPage(title="Une vraie page", slug="vraie")
    example.add_child(instance=own)
    used = SiteImage.objects.get(title="Exemple – Le jardin")
    news = NewsIndexPage.objects.get().add_child(
        instance=NewsPage(title="Une vraie nouvelle", slug="vraie-nouvelle", image=used)
    )
    done = withdraw()
    assert ContentPage.objects.filter(pk=own.pk).exists()
    assert NewsPage.objects.get() == news
    assert SiteImage.objects.filter(pk=used.pk).exists()
    assert Collection.objects.filter(name="Exemples").exists()
    assert len(done.kept) >= 2


def test_nothing_is_loaded_by_halves(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(loader: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("impulsion_site.content.load_demonstration", fail)
    before = dump()
    with pytest.raises(RuntimeError):
        deliver(demonstration=True)
    assert differences(before, dump()) == {}
