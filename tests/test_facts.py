"""The initial content says every fact of the association's sheet, and no other.

The sheet is ``tests/data/fiche-impulsion.txt``; what is said beyond it is in
``tests/data/sources-publiques.toml``, phrase by phrase, with its public source.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from impulsion_site.content import deliver
from impulsion_site.content.initial import PAGES
from pages.models import Commune, ContentPage, OrganisationSettings, SitePage, Trade
from pages.querysets import all_pages
from pages.templatetags.french_dates import long_date
from partners.models import Partner, partners_by_family

from .site_text import blocks_of, text_of

DATA = Path(__file__).parent / "data"
SHEET = (DATA / "fiche-impulsion.txt").read_text()
SOURCES = tomllib.loads((DATA / "sources-publiques.toml").read_text())

QUOTE = (
    "Nous avons cherché à employer des personnes qui habitent ces quartiers, qui ont participé à "
    "l’amélioration du cadre de vie par des services de proximité, tout en bénéficiant d’un "
    "accompagnement pour ensuite entrer en formation, ou trouver un emploi."
)

# Every fact of contenu-initial.md → the page that must carry it → the words to be found there.
FACTS = [
    ("name", "/mentions-legales/", "Régie de quartier Impulsion de Hénin-Carvin"),
    ("association", "/la-regie/", "Impulsion est une association"),
    ("place", "/la-regie/territoire/", "Impulsion est implantée à Carvin, ZA du Château."),
    ("place", "/contact/", "ZA du Château, Carvin"),
    ("area", "/la-regie/territoire/", "Elle intervient sur l’agglomération d’Hénin-Carvin (62)."),
    ("area", "/contact/", "Agglomération d’Hénin-Carvin (62)"),
    ("director", "/contact/", "Directrice Séverine Defer"),
    ("director", "/la-regie/equipe/", "Séverine Defer directrice"),
    ("e-mail", "/contact/", "regie.impulsion@gmail.com"),
    ("e-mail", "/", "regie.impulsion@gmail.com"),
    (
        "2003",
        "/la-regie/histoire/",
        "2003 La création Impulsion est créée à l’initiative des communes de Carvin, Oignies et "
        "Libercourt. C’est la première régie de quartier intercommunale de France.",
    ),
    ("2003", "/la-regie/", "C’est la première régie de quartier intercommunale de France."),
    (
        "beginnings",
        "/la-regie/histoire/",
        "L’association commence par les espaces verts. Elle travaille avec les collectivités "
        "locales, des bailleurs sociaux et des habitants.",
    ),
    (
        "then",
        "/la-regie/histoire/",
        "Le second œuvre du bâtiment vient d’abord, puis l’entretien de locaux.",
    ),
    (
        "insertion",
        "/la-regie/histoire/",
        "Un Atelier et Chantier d’Insertion (ACI) et une entreprise d’insertion (EI) sont créés. "
        "Ils accompagnent des personnes plus ou moins éloignées de l’emploi.",
    ),
    (
        "insertion",
        "/la-regie/insertion/",
        "Un Atelier et Chantier d’Insertion (ACI) et une entreprise d’insertion (EI) ont été créés",
    ),
    ("insertion", "/la-regie/insertion/", "des personnes plus ou moins éloignées de l’emploi"),
    (
        "2008",
        "/la-regie/histoire/",
        "À partir de 2008 La médiation La régie a atteint une assise économique. Elle se lance "
        "alors dans la médiation. Elle écoute les besoins. Elle expérimente des formes "
        "d’intervention dans les quartiers.",
    ),
    (
        "expertise",
        "/la-regie/histoire/",
        "Elle développe une expertise de terrain. Cette expertise est reconnue au-delà du "
        "territoire des trois communes.",
    ),
    ("quote", "/", f"« {QUOTE} » Séverine Defer, directrice"),
    ("quote", "/la-regie/histoire/", QUOTE),
    ("quote", "/la-regie/insertion/", QUOTE),
    ("gardens", "/activites/espaces-verts/", "La régie a commencé par les espaces verts"),
    ("building", "/activites/second-oeuvre/", "Second œuvre du bâtiment"),
    ("premises", "/activites/entretien-de-locaux/", "Entretien de locaux"),
    ("mediation", "/activites/mediation/", "Depuis 2008"),
    ("mediation", "/activites/mediation/", "Accompagner des initiatives d’habitants."),
    ("mediation", "/activites/mediation/", "Les responsabiliser."),
    ("mediation", "/activites/mediation/", "Participer au bien-vivre ensemble."),
    ("supports", "/activites/mediation/", "Tous les supports sont bienvenus"),
    (
        "supports",
        "/activites/mediation/",
        "le jardin en pied d’immeuble, investi par les locataires",
    ),
    ("supports", "/activites/mediation/", "le toit apporté à des jeunes en difficulté"),
    (
        "requests",
        "/activites/mediation/",
        "Une demande peut venir de bailleurs ou de collectivités",
    ),
    ("open list", "/partenaires/", "La liste des fondations reste ouverte."),
    ("partnership", "/partenaires/", "La régie s’appuie sur un partenariat actif."),
    ("not conform", "/accessibilite/", "Ce site est non conforme"),
    ("not conform", "/", "Accessibilité : non conforme"),
]

PARTNERS = [
    (
        "Habitants et collectivités locales",
        [
            ("Les habitants", ""),
            ("Les communes", "Carvin, Oignies, Libercourt"),
            ("La communauté d’agglomération", "Hénin-Carvin"),
        ],
    ),
    (
        "Bailleurs sociaux",
        ["LTO Habitat", "SIA Habitat", "SOGINORPA", "Maisons et Cités", "Pas-de-Calais Habitat"],
    ),
    (
        "Institutions",
        [
            "L’Union européenne",
            "La DIRECCTE (62)",
            "La Région",
            "Le Département du Pas-de-Calais",
        ],
    ),
    ("Fondations", ["Fondation de France", "Caisse d’Épargne", "Crédit Mutuel"]),
]

MILESTONES = [
    ("2003", "La création"),
    ("", "Les débuts : les espaces verts"),
    ("", "Ensuite : le bâtiment, puis les locaux"),
    ("", "Un chantier et une entreprise d’insertion"),
    ("À partir de 2008", "La médiation"),
    ("", "Une expertise reconnue"),
]

ACTIVITIES = ["Espaces verts", "Second œuvre", "Entretien de locaux", "Médiation"]


@pytest.fixture
def delivered(db: None) -> None:
    """The initial content."""
    deliver()


SPACE = "/espace-partenaires/"


@dataclass
class Snapshot:
    """What the initial content says, read once: the tests of this module only read it."""

    pages: dict[str, str]
    said: list[str]


_snapshots: list[Snapshot] = []


@pytest.fixture
def snapshot(request: pytest.FixtureRequest, db: None) -> Snapshot:
    """The HTML of every page of the initial content, by address, and everything it says."""
    if not _snapshots:
        request.getfixturevalue("delivered")
        # The space of the partners leads strangers to the door.
        public = [spec.address for spec in PAGES if spec.published and spec.address != SPACE]
        answers = {address: Client().get(address) for address in public}
        assert {a: answer.status_code for a, answer in answers.items()} == dict.fromkeys(
            answers, 200
        )
        pages = {address: answer.content.decode() for address, answer in answers.items()}
        pages |= {draft.get_url(): preview_of(draft) for draft in drafts()}
        _snapshots.append(Snapshot(pages, everything_said(pages)))
    return _snapshots[0]


def drafts() -> list[SitePage]:
    """What waits for staff to read it: it must be as true as the rest."""
    pages = Page.objects.filter(live=False, depth__gt=1)
    return [page.get_latest_revision_as_object() for page in pages]


def preview_of(draft: SitePage) -> str:
    """The page of a draft, as an editor sees it before publishing."""
    return draft.make_preview_request().render().content.decode()


@pytest.fixture
def site_pages(snapshot: Snapshot) -> dict[str, str]:
    """The HTML of every page of the initial content, by address."""
    return snapshot.pages


# --- Every fact is there ----------------------------------------------------------------------


@pytest.mark.parametrize(("fact", "address", "words"), FACTS)
def test_the_page_carries_the_fact(
    site_pages: dict[str, str], fact: str, address: str, words: str
) -> None:
    assert words in text_of(site_pages[address])


def test_the_quote_is_word_for_word_that_of_the_sheet() -> None:
    assert plain(QUOTE) in plain(SHEET)


def test_the_four_activities_come_in_their_order(site_pages: dict[str, str]) -> None:
    for address in ("/", "/activites/"):
        blocks = blocks_of(site_pages[address])
        assert [block for block in blocks if block in ACTIVITIES] == ACTIVITIES


def test_the_partners_are_in_their_families(delivered: None, site_pages: dict[str, str]) -> None:
    families = [
        (label, [(p.name, p.detail) if isinstance(names[0], tuple) else p.name for p in members])
        for (label, members), (_, names) in zip(partners_by_family(), PARTNERS, strict=True)
    ]
    assert [(label, spaced(names)) for label, names in families] == PARTNERS
    text = text_of(site_pages["/partenaires/"])
    flat = [
        part
        for _, names in PARTNERS
        for n in names
        for part in (n if isinstance(n, tuple) else [n])
    ]
    positions = [
        text.find(name, text.index("Habitants et collectivités locales")) for name in flat if name
    ]
    assert -1 not in positions
    assert positions == sorted(positions)


def test_the_milestones_are_dated_only_when_the_sheet_dates_them(delivered: None) -> None:
    page = Page.objects.get(slug="histoire").specific
    found = [(m.date_label, m.title.replace("\u00a0", " ")) for m in page.milestones.all()]
    assert found == MILESTONES


def test_what_the_sheet_does_not_know_stays_empty(delivered: None) -> None:
    organisation = OrganisationSettings.load()
    known = {
        "id", "name", "short_name", "baseline", "founded_year", "area_served", "director_name",
        "director_title", "street_address", "city", "email", "legal_form", "security_expires",
    }  # fmt: skip
    filled = {
        f.name for f in organisation._meta.concrete_fields if getattr(organisation, f.attname)
    }
    assert filled == known
    assert organisation.week() == []


# --- And no other -----------------------------------------------------------------------------

WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)[’'](?=\w)", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«(A-ZÀ-Ý])")
# A year of the sheet says when: « en 2003 », « depuis 2008 », or alone. Never how many.
YEAR = re.compile(
    r"(?:^|(?<=\ben )|(?<=\bde )|(?<=\bdepuis ))(?:2003|2008)(?=$|[.,])", re.IGNORECASE
)
AREA_CODE = re.compile(r"(?<=[^\d] )\(62\)")
SPELLED_NUMBERS = frozenset(
    "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt "
    "trente quarante cinquante soixante cent cents mille million millions dizaine vingtaine "
    "trentaine quarantaine cinquantaine soixantaine centaine millier janvier février avril juin "
    "juillet août septembre octobre novembre décembre".split()
)
ADDRESSES = re.compile(r"https?://\S+|\S+@\S+\w|\b(?:[\w-]+\.)+(?:fr|com|org)\b")


def plain(text: str) -> str:
    """Text to compare: ordinary spaces and apostrophes, small letters."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).casefold()


def spaced(names: list) -> list:
    """Names with ordinary spaces."""
    return [
        tuple(spaced(list(n))) if isinstance(n, tuple) else n.replace("\u00a0", " ") for n in names
    ]


def words_of(text: str) -> Iterator[str]:
    """The words, without what is elided before them; compound names in their parts."""
    for match in WORD.finditer(text):
        word = ELISION.sub("", match[0])
        yield from (part for part in word.split("-") if part)


SHEET_WORDS = {word.casefold() for word in words_of(SHEET)}
PHRASES = sorted((p for s in SOURCES["source"] for p in s["phrases"]), key=len, reverse=True)
ALLOWED = re.compile(
    "|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in PHRASES), re.IGNORECASE
)


def unsupported(blocks: list[str], small_words: set[str]) -> set[str]:
    """The numbers, dates and proper names that neither the sheet nor a public source supports.

    A word with a capital is a proper name unless it opens a sentence and is known without its
    capital: in the sheet, elsewhere in the site (``small_words``), or among ordinary words.
    """
    ordinary = small_words | SHEET_WORDS | set(SOURCES["ordinary"]["words"])
    found: set[str] = set()
    for block in blocks:
        for sentence in SENTENCE.split(block):
            rest = ADDRESSES.sub(
                " ", ALLOWED.sub(" \u2022 ", AREA_CODE.sub("", YEAR.sub("", sentence)))
            )
            found.update(NUMBER.findall(rest))
            for rank, word in enumerate(words_of(rest)):
                small = word.casefold()
                if small in SPELLED_NUMBERS:
                    found.add(word)
                elif word[0].isupper():
                    opens = rank == 0 and "\u2022" not in rest[: rest.index(word)]
                    if small not in (ordinary if opens else SHEET_NAMES):
                        found.add(word)
    return found


# Proper names of the sheet: those it writes with a capital.
SHEET_NAMES = {word.casefold() for word in words_of(SHEET) if word[0].isupper()}


def small_words_of(blocks: list[str]) -> set[str]:
    """The words that the site writes without a capital somewhere."""
    return {word for block in blocks for word in words_of(block) if word[0].islower()}


def everything_said(pages: dict[str, str]) -> list[str]:
    """Every text of the initial content: rendered pages, and rows as they are stored."""
    today = f"Page mise à jour le {long_date(timezone.localdate())}"
    rendered = [b for html in pages.values() for b in blocks_of(html) if b != today]
    rows = [OrganisationSettings.load(), *Trade.objects.all(), *Commune.objects.all()]
    rows += [*Partner.objects.all(), *all_pages().visible().specific(), *drafts()]
    return rendered + [text for row in rows for text in stored_texts(row)]


BOOKKEEPING = {
    "id", "page_ptr", "sort_order", "path", "depth", "numchild", "latest_revision", "colour_key",
    "translation_key", "locale", "content_type", "first_published_at", "last_published_at",
    "latest_revision_created_at", "live_revision", "url_path", "slug", "trade", "body", "logo",
    # How long security.txt holds: a promise of the software, shown on no page.
    "security_expires",
    # The thresholds of a draft: read in the sentences of its page.
    "level_1_needed", "level_2_needed",
    # How small a logo may be shown, in pixels.
    "logo_min_width",
    # Read where they are shown, as bodies are.
    "emergencies", "problems",
}  # fmt: skip


def stored_texts(row: object) -> Iterator[str]:
    """What the fields of a row say; bodies are read where they are shown."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name not in BOOKKEEPING and value and not isinstance(value, bool):
            yield re.sub(r"\s+", " ", str(value))


def test_nothing_is_said_beyond_the_sheet_and_public_sources(snapshot: Snapshot) -> None:
    assert unsupported(snapshot.said, small_words_of(snapshot.said)) == set()


@pytest.mark.parametrize(
    ("added", "caught"),
    [
        ("La régie compte 24 salariés.", {"24"}),
        ("La régie compte vingt salariés.", {"vingt"}),
        ("Elle est présidée par Jean Dupont.", {"Jean", "Dupont"}),
        ("Dupont préside l’association.", {"Dupont"}),
        ("Elle a 2003 adhérents.", {"2003"}),
        ("Elle a 62 adhérents.", {"62"}),
        ("Elle a ouvert une antenne à Lens.", {"Lens"}),
        ("Elle ouvre de 9 h à 12 h.", {"9", "12"}),
        ("Elle fête cela en juin 2019.", {"juin", "2019"}),
        ("Elle répond au 03 21 00 00 00.", {"03", "21", "00"}),
        ("Le parcours y dure 24 semaines.", {"24"}),
    ],
)
def test_an_invented_fact_is_seen(snapshot: Snapshot, added: str, caught: set[str]) -> None:
    assert unsupported([added], small_words_of(snapshot.said)) == caught


def test_an_invented_fact_on_a_page_is_seen(snapshot: Snapshot, delivered: None) -> None:
    page = ContentPage.objects.get(slug="participer")
    page.summary = "La régie compte 24 salariés, et Jean Dupont la préside."
    page.save()
    said = everything_said({"/participer/": Client().get("/participer/").content.decode()})
    assert unsupported(said, small_words_of(snapshot.said)) == {"24", "Jean", "Dupont"}


def test_every_allowed_phrase_is_used(snapshot: Snapshot) -> None:
    """A phrase that the site says no more has no reason to stay allowed."""
    said = "\n".join(snapshot.said)
    assert [phrase for phrase in PHRASES if phrase.casefold() not in said.casefold()] == []
    assert set(SOURCES["ordinary"]["words"]) <= {word.casefold() for word in words_of(said)}
