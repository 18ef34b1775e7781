"""The glossary: its page, and the first use of its words in the texts of the others."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from impulsion_site.content import deliver
from pages.models import GlossaryPage, Term, User
from pages.vocabulary import Vocabulary

from . import factories
from .conftest import signed_in
from .site_text import text_of

IAE = "insertion par l’activité économique"


def term(name: str, expansion: str = "", **fields: str) -> Term:
    fields.setdefault("slug", name.lower())
    return Term(name=name, expansion=expansion, **fields)


TERMS = [
    term("IAE", IAE),
    term("EI", "entreprise d’insertion"),
    term("ACI", "atelier et chantier d’insertion"),
    term("PASS IAE", slug="pass-iae"),
    term("FSE", slug="fse"),
    term("FSE+", "Fonds social européen plus", slug="fse-2"),
    term("prescripteur", other_forms="prescriptrice"),
    term("sortie dynamique", slug="sortie-dynamique"),
    term("R&D", "recherche & développement", slug="rd"),
]
WORDS = Vocabulary(TERMS)


def linked(run: str, said: set[str] | None = None) -> str:
    return WORDS.link_first_uses(run, "/g/", set() if said is None else said)


def a(slug: str, text: str) -> str:
    return f'<a class="term" href="/g/#{slug}">{text}</a>'


# --- Words in a text ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("L’IAE aide.", f"L’{a('iae', 'IAE')} ({IAE}) aide."),
        # Once; the next one is left as it is.
        ("IAE, IAE", f"{a('iae', 'IAE')} ({IAE}), IAE"),
        # Whole words, as they are written.
        ("SIAE, iae, IAEs, Aie, x-EI, EI-x, PLEIN", None),
        ("l&#x27;EI", f"l&#x27;{a('ei', 'EI')} (entreprise d’insertion)"),
        ("ACI/EI", f"{a('aci', 'ACI')} (atelier et chantier d’insertion)/"
                   f"{a('ei', 'EI')} (entreprise d’insertion)"),
        # The longest first; what it holds is another word.
        ("Un PASS IAE.", f"Un {a('pass-iae', 'PASS IAE')}."),
        ("Un PASS\u00a0IAE.", "Un " + a("pass-iae", "PASS\u00a0IAE") + "."),
        ("FSE+ et FSE", f"{a('fse-2', 'FSE+')} (Fonds social européen plus) et {a('fse', 'FSE')}"),
        # Words: capitals and plurals.
        ("Les Prescripteurs", f"Les {a('prescripteur', 'Prescripteurs')}"),
        ("Une prescriptrice", f"Une {a('prescripteur', 'prescriptrice')}"),
        ("des sorties dynamiques", f"des {a('sortie-dynamique', 'sorties dynamiques')}"),
        ("des Ateliers et Chantiers d’Insertion",
         f"des {a('aci', 'Ateliers et Chantiers d’Insertion')}"),
        # Explained already by the text: linked, not said twice.
        ("une entreprise d’insertion (EI)", f"une {a('ei', 'entreprise d’insertion')} (EI)"),
        ("un atelier (ACI)", f"un atelier ({a('aci', 'ACI')})"),
        ("EI (c’est une entreprise)", f"{a('ei', 'EI')} (c’est une entreprise)"),
        (f"IAE veut dire {IAE}.", f"{a('iae', 'IAE')} veut dire {IAE}."),
        # Escaped text stays escaped.
        ("R&amp;D", f"{a('rd', 'R&amp;D')} (recherche &amp; développement)"),
        # What a machine reads is left alone.
        ("https://exemple.fr/IAE iae@exemple.fr IAE.pdf www.IAE.fr &EI; prescripteur.fr", None),
        ("rien à dire", None),
        ("", None),
    ],
)  # fmt: skip
def test_first_uses_in_a_text(run: str, expected: str | None) -> None:
    assert linked(run) == (run if expected is None else expected)


def test_what_the_page_has_said_is_not_said_again() -> None:
    said: set[str] = set()
    assert "term" in linked("IAE", said)
    assert linked("IAE", said) == "IAE"
    assert said == {"iae"}


PIECES = st.sampled_from(["IAE", "EI", " ", "(", ")", "prescripteurs", "&amp;", ".", "’", "-", "é"])


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(deadline=None)
def test_no_letter_of_the_text_is_lost(run: str) -> None:
    written = linked(run)
    for known in TERMS:
        written = written.replace(f'<a class="term" href="/g/#{known.slug}">', "")
    for meaning in (IAE, "entreprise d’insertion"):
        written = written.replace(f"</a> ({meaning})", "")
    assert written.replace("</a>", "") == run


def test_a_word_of_an_editor_cannot_write_markup() -> None:
    hostile = Vocabulary([term("x<b>", '"><script>', slug="x"), term("a'b", slug="ab")])
    written = hostile.link_first_uses("x&lt;b&gt; et a&#x27;b", '/g"/', set())
    assert "<script>" not in written
    assert 'href="/g&quot;/#x"' in written
    assert '<a class="term" href="/g&quot;/#ab">a&#x27;b</a>' in written


# --- Words in the pages ---------------------------------------------------------------------


@pytest.fixture
def glossary(home) -> GlossaryPage:
    """A glossary in the menus, with one acronym."""
    factories.TermFactory(name="IAE", expansion=IAE, definition="Un contrat, un soutien.")
    factories.OrganisationFactory()
    return factories.GlossaryPageFactory()


def page_with(*texts: str, **fields) -> str:
    """The address of a page that says this."""
    blocks = [factories.paragraph(text) for text in texts]
    return factories.ContentPageFactory(body=factories.body(*blocks), **fields).get_url()


def read(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


LINK = '<a class="term" href="/glossaire/#iae">IAE</a>'


@pytest.mark.django_db
def test_the_first_use_of_a_page_is_linked_and_spelled_out(glossary) -> None:
    html = read(page_with("Une SIAE.", "L’IAE, oui.", "Encore l’IAE."))
    assert html.count(LINK) == 1
    assert f"<p>L’{LINK} ({IAE}), oui.</p>" in html
    assert "<p>Encore l’IAE.</p>" in html


@pytest.mark.django_db
def test_the_summary_comes_before_the_body(glossary) -> None:
    html = read(page_with("L’IAE.", summary="L’IAE ici."))
    assert f'page-head__summary">L’{LINK} ({IAE}) ici.' in html
    assert html.count(LINK) == 1
    assert '<meta name="description" content="L’IAE ici.">' in html


@pytest.mark.django_db
def test_titles_links_and_quotations_are_left_alone(glossary, home) -> None:
    quote = {"type": "quote", "value": {"text": "L’IAE m’a aidée.", "author": "", "role": ""}}
    link = f'<a linktype="page" id="{home.pk}">L’IAE</a>'
    section = factories.section("L’IAE", factories.paragraph(link), quote)
    page = factories.ContentPageFactory(title="IAE", body=factories.body(section))
    assert LINK not in read(page.get_url())


@pytest.mark.django_db
def test_every_kind_of_page_with_a_body_explains_its_words(glossary, one_page_of_each_type) -> None:
    text = factories.body(factories.section("Partie", factories.paragraph("L’IAE.")))
    seen = 0
    for page in one_page_of_each_type.values():
        if hasattr(page, "body"):
            page.body = text
            page.save()
            assert LINK in read(page.get_url()), page
            seen += 1
    assert seen >= 10


@pytest.mark.django_db
def test_the_steps_of_the_history_too(glossary) -> None:
    step = factories.MilestoneFactory(text="L’IAE commence.")
    assert LINK in read(step.page.get_url())


@pytest.mark.django_db
def test_the_glossary_does_not_link_to_itself(glossary) -> None:
    glossary.summary = "L’IAE et le reste."
    glossary.save()
    html = read("/glossaire/")
    assert LINK not in html
    assert 'id="iae"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["unpublish", "restrict", "out of the menus", "delete the term"])
def test_a_glossary_that_nobody_can_read_is_linked_nowhere(glossary, how: str) -> None:
    address = page_with("L’IAE.")
    assert LINK in read(address)
    if how == "unpublish":
        glossary.unpublish()
    elif how == "restrict":
        factories.make_private(glossary)
    elif how == "out of the menus":
        glossary.show_in_menus = False
        glossary.save()
    else:
        Term.objects.all().delete()
    assert 'class="term"' not in read(address)


@pytest.mark.django_db
def test_a_change_is_seen_at_once_and_costs_no_query_afterwards(glossary) -> None:
    """The terms are kept in the process, never out of date: even one changed by another server."""
    plain = page_with("Rien.")
    address = page_with("L’IAE et le mot nouveau.")
    read(plain)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            read(address)
        return len(queries)

    read(address)
    assert cost(address) == cost(plain)
    added = factories.TermFactory(name="mot nouveau")
    assert cost(address) == cost(plain) + 1  # the terms are read again, once
    assert cost(address) == cost(plain)
    assert "#mot-nouveau" in read(address)
    added.name = "autre mot"
    added.save(update_fields=["name"])
    assert "#mot-nouveau" not in read(address)
    added.delete()
    assert LINK in read(address)


@pytest.mark.django_db
def test_words_are_found_in_the_site_s_own_pages() -> None:
    deliver()
    insertion = read("/la-regie/insertion/")
    assert 'href="/glossaire/#aci">Atelier et Chantier d’Insertion</a> (ACI)' in insertion
    path = read("/travailler/parcours/")
    assert 'href="/glossaire/#france-travail">France Travail</a>' in path
    # Said in full by the next words: not twice.
    assert f"IAE veut dire : {IAE}" in text_of(path).replace("\u00a0", " ")


# --- The page -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_terms_stand_under_their_letters(home) -> None:
    for name in ("zone", "Éco", "éa", "ACI", "4 mois", "œuvre"):
        factories.TermFactory(name=name)
    letters = factories.GlossaryPageFactory().letters()
    assert [(letter, [t.name for t in terms]) for letter, terms in letters] == [
        ("0-9", ["4 mois"]), ("A", ["ACI"]), ("E", ["éa", "Éco"]), ("Œ", ["œuvre"]),
        ("Z", ["zone"]),
    ]  # fmt: skip
    html = read("/glossaire/")
    assert '<a href="#lettre-E">E</a>' in html
    assert 'id="lettre-E"' in html
    assert html.index("éa") < html.index("Éco") < html.index("zone")


@pytest.mark.django_db
def test_an_empty_glossary_leads_somewhere(home) -> None:
    factories.GlossaryPageFactory()
    factories.ContactPageFactory(slug="contact", show_in_menus=True)
    html = read("/glossaire/")
    assert "Aucun mot n’est encore expliqué ici" in html
    assert 'href="/contact/"' in html


@pytest.mark.django_db
def test_the_page_says_each_term_escaped(home) -> None:
    factories.TermFactory(name="<i>", definition="<script>", link="https://example.org/?a&b")
    factories.GlossaryPageFactory()
    html = read("/glossaire/")
    assert "<script>" not in html.split("<main")[1]
    assert 'href="https://example.org/?a&amp;b"' in html
    assert 'id="i"' in html


@pytest.mark.django_db
def test_two_hundred_terms_are_a_page_of_data(home, django_assert_max_num_queries) -> None:
    factories.GlossaryPageFactory()
    Term.objects.bulk_create(
        Term(name=f"mot {n}", slug=f"mot-{n}", definition="Ce que veut dire ce mot. " * 8)
        for n in range(200)
    )
    with django_assert_max_num_queries(11):
        assert len(read("/glossaire/").encode()) <= 120_000


@pytest.mark.django_db
def test_each_term_has_an_address_of_its_own_that_stays() -> None:
    first = factories.TermFactory(name="FSE")
    second = factories.TermFactory(name="FSE+")
    third = factories.TermFactory(name="!!!")
    assert (first.slug, second.slug, third.slug) == ("fse", "fse-2", "mot")
    first.name = "Fonds"
    first.save()
    assert first.slug == "fse"


@pytest.mark.django_db
def test_a_word_has_one_definition() -> None:
    factories.TermFactory(name="EI", expansion="entreprise d’insertion")
    for fields in (
        {"name": "ei"},
        {"name": "Société", "other_forms": "SI, Entreprise d’insertion"},
    ):
        with pytest.raises(ValidationError, match="déjà expliqué à « EI »"):
            Term(definition="…", **fields).full_clean()
    Term.objects.get().full_clean()


@pytest.mark.django_db
def test_a_new_term_is_found_by_search_at_once(home) -> None:
    factories.GlossaryPageFactory()
    assert "/glossaire/" not in read("/recherche/?q=marmotte").split("<main")[1].split("</main")[0]
    found = factories.TermFactory(name="marmotte")
    results = read("/recherche/?q=marmotte").split("<main")[1].split("</main")[0]
    assert 'href="/glossaire/"' in results
    found.delete()
    assert (
        'href="/glossaire/"'
        not in read("/recherche/?q=marmotte").split("<main")[1].split("</main")[0]
    )


@pytest.mark.django_db
def test_publication_adds_a_term_in_the_admin(publisher: User, writer: User) -> None:
    address = "/admin/snippets/pages/term/add/"
    data = {"name": "QPV", "expansion": "", "definition": "Un quartier.", "other_forms": ""}
    signed_in(writer).post(address, data)
    assert not Term.objects.exists()
    signed_in(publisher).post(address, {**data, "link": ""})
    assert Term.objects.get().slug == "qpv"
