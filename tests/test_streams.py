"""Streams: nothing that an editor wrote is lost, and one broken block does not break the page."""

import json
import logging
from copy import deepcopy
from html import unescape

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.template import RequestContext, Template
from django.urls import reverse
from wagtail.blocks import CharBlock, RichTextBlock, StreamBlock
from wagtail.models import Page, Site
from wagtail.test.utils.form_data import nested_form_data

from pages.blocks import BodyBlock, SectionBlock
from pages.models import ContentPage, HomePage, User
from pages.streams import SlimStreamField, map_text, plain_text

from .conftest import sign_in

pytestmark = pytest.mark.django_db

QUOTE = {
    "type": "quote",
    "id": "0d5a8b1e-0000-4000-8000-000000000001",
    "value": {
        "text": "Chaque mot compte",
        "author": "Une habitante",
        "role": "",
        "testimony": None,
    },
}
PARAGRAPH = {
    "type": "paragraph",
    "id": "0d5a8b1e-0000-4000-8000-000000000002",
    "value": "<p>Un paragraphe</p>",
}
CALLOUT = {
    "type": "callout",
    "id": "0d5a8b1e-0000-4000-8000-000000000005",
    "value": {"title": "À savoir", "text": "<p>Une précision</p>"},
}


def inner(raw, number):
    return {**deepcopy(raw), "id": f"0d5a8b1e-0000-4000-8000-0000000001{number:02}"}


STORED = [
    PARAGRAPH,
    QUOTE,
    {
        "type": "section",
        "id": "0d5a8b1e-0000-4000-8000-000000000003",
        "value": {
            "title": "Première partie",
            "content": [inner(QUOTE, 1), inner(PARAGRAPH, 2), inner(CALLOUT, 3)],
        },
    },
    CALLOUT,
]


@pytest.fixture
def page(home):
    page = ContentPage(title="Une page", slug="une-page", body=json.dumps(STORED))
    return home.add_child(instance=page)


@pytest.fixture
def home():
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Accueil", slug="accueil"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
    )
    return home


@pytest.fixture
def editor(client):
    sign_in(client, User.objects.create_superuser("edition@example.org", "mot-de-passe"))
    return client


def blocks_of_body():
    body = ContentPage._meta.get_field("body").stream_block
    return body.child_blocks, body.child_blocks["section"].child_blocks["content"].child_blocks


@pytest.fixture
def without_quotes(monkeypatch):
    """The code of a release that no longer knows quotations."""
    for children in blocks_of_body():
        monkeypatch.delitem(children, "quote")


def stored_body(page):
    """What the database holds, read past every block definition."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM pages_contentpage WHERE page_ptr_id = %s", [page.pk])
        (body,) = cursor.fetchone()
    return json.loads(body) if isinstance(body, str) else body


def revision_body(page):
    return json.loads(page.revisions.order_by("-pk").first().content["body"])


def posted(state):
    """A stream's form state as the editing form posts it."""
    data = {"count": str(len(state))}
    for index, child in enumerate(state):
        value = child["value"]
        if child["type"] == "section":
            value = {**value, "content": posted(value["content"])}
        elif isinstance(value, dict):
            value = {name: "" if field is None else field for name, field in value.items()}
        data[str(index)] = {
            "type": child["type"],
            "id": child["id"] or "",
            "order": str(index),
            "deleted": "",
            "value": value,
        }
    return data


def form_of(client, page):
    """The fields of the real editing form, and its stream as the browser would send it."""
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert answer.status_code == 200
    form = answer.context["form"]
    state = form.fields["body"].block.get_form_state(form.instance.body)
    return state, answer.content.decode()


def save(client, page, state, **extra):
    data = nested_form_data(
        {"title": page.title, "slug": page.slug, "body": posted(state), "comments": NO_COMMENTS}
    )
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(url, {**data, **extra})


NO_COMMENTS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MAX_NUM_FORMS": "", "MIN_NUM_FORMS": "0"}


def render(page, rf, user=None):
    request = rf.get("/")
    if user:
        request.user = user
    template = Template("{% load wagtailcore_tags %}{% include_block page.body %}")
    return template.render(RequestContext(request, {"page": page}))


class TestRemovedType:
    def test_loading_and_saving_changes_nothing_in_the_database(self, page, without_quotes):
        again = ContentPage.objects.get(pk=page.pk)
        list(again.body)  # everything converted, as a page view does
        again.body[2].value["content"][0]
        again.save()
        assert stored_body(page) == STORED

    @pytest.mark.parametrize("action", [{}, {"action-publish": "1"}])
    def test_the_editing_form_saves_it_at_its_place(self, page, editor, without_quotes, action):
        state, _html = form_of(editor, page)
        state[0]["value"] = state[0]["value"].replace("Un paragraphe", "Un texte changé")
        answer = save(editor, page, state, **action)
        assert answer.status_code == 302, answer.context["form"].errors
        expected = deepcopy(STORED)
        saved = stored_body(page) if action else revision_body(page)
        assert "Un texte changé" in saved[0]["value"]
        for version in (saved, revision_body(page)):
            assert [child["type"] for child in version] == [child["type"] for child in expected]
            assert version[1] == QUOTE
            content = version[2]["value"]["content"]
            assert [child["type"] for child in content] == ["quote", "paragraph", "callout"]
            assert content[0] == inner(QUOTE, 1)

    def test_it_can_be_moved_and_deleted_on_purpose(self, page, editor, without_quotes):
        state, _html = form_of(editor, page)
        kept = state.pop(1)
        state[1]["value"]["content"].pop(0)
        save(editor, page, [*state, kept], **{"action-publish": "1"})
        saved = stored_body(page)
        assert [child["type"] for child in saved] == ["paragraph", "section", "callout", "quote"]
        assert saved[3] == QUOTE
        assert "quote" not in [child["type"] for child in saved[1]["value"]["content"]]

    def test_it_is_itself_again_when_its_type_comes_back(self, page, editor, rf, monkeypatch):
        with monkeypatch.context() as release:
            for children in blocks_of_body():
                release.delitem(children, "quote")
            state, _html = form_of(editor, page)
            save(editor, page, state, **{"action-publish": "1"})
        again = ContentPage.objects.get(pk=page.pk)
        assert again.body[1].block_type == "quote"
        assert again.body[2].value["content"][0].value["author"] == "Une habitante"
        assert render(again, rf).count("Chaque mot compte") == 2

    def test_visitors_and_search_do_not_see_it(self, page, rf, without_quotes):
        again = ContentPage.objects.get(pk=page.pk)
        html = render(again, rf)
        assert "Un paragraphe" in html
        assert "Chaque mot compte" not in html
        assert "Chaque mot compte" not in plain_text(again.body)

    def test_the_form_shows_its_text(self, page, editor, without_quotes):
        _state, html = form_of(editor, page)
        form_data = unescape(html)
        for text in ("Ancien contenu conservé", "Chaque mot compte\nUne habitante"):
            assert json.dumps(text)[1:-1] in form_data
        assert "js/admin-kept-content.js" in html

    def test_it_cannot_be_forged(self, page, editor):
        forged = json.dumps({"type": "paragraph", "value": "<script>alert(1)</script>"})
        state = [{"type": "kept", "id": "", "value": {"text": "", "data": forged}}]
        answer = save(editor, page, state, **{"action-publish": "1"})
        assert answer.status_code == 200
        assert "arrivé abîmé" in json.dumps(
            answer.context["form"].errors.as_data()["body"][0].as_json_data(), ensure_ascii=False
        )
        assert stored_body(page) == STORED

    def test_comparing_two_versions_shows_its_text(self, page, editor, without_quotes):
        first = page.save_revision()
        again = ContentPage.objects.get(pk=page.pk)
        del again.body[1]
        second = again.save_revision()
        url = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
        answer = editor.get(url)
        assert answer.status_code == 200
        assert "Chaque mot compte" in answer.content.decode()

    def test_a_copied_stream_value_keeps_it(self, page, without_quotes):
        import pickle

        again = ContentPage.objects.get(pk=page.pk)
        copy = pickle.loads(pickle.dumps(again.body))  # noqa: S301
        assert again.body.stream_block.get_prep_value(copy) == STORED


class TestRemovedField:
    @pytest.fixture
    def without_author(self, monkeypatch):
        children, _children_of_a_section = blocks_of_body()  # the same quotation in both
        monkeypatch.delitem(children["quote"].child_blocks, "author")

    def test_loading_and_saving_keeps_its_text(self, page, without_author):
        again = ContentPage.objects.get(pk=page.pk)
        assert again.body[1].value["text"] == "Chaque mot compte"
        again.body[2].value["content"][0]
        again.save()
        assert stored_body(page) == STORED

    def test_the_editing_form_keeps_its_text(self, page, editor, without_author):
        state, _html = form_of(editor, page)
        state[1]["value"]["text"] = "Un mot changé"
        state[2]["value"]["content"][0]["value"]["text"] = "Un autre mot changé"
        save(editor, page, state, **{"action-publish": "1"})
        saved = stored_body(page)
        assert saved[1]["value"] == {
            "text": "Un mot changé",
            "author": "Une habitante",
            "role": "",
            "testimony": None,
        }
        nested = saved[2]["value"]["content"][0]["value"]
        assert nested["text"] == "Un autre mot changé"
        assert nested["author"] == "Une habitante"


class TestMigrations:
    def test_a_field_holds_no_block_definition(self):
        full = SlimStreamField(BodyBlock(), blank=True)
        other = SlimStreamField([("only", CharBlock())], blank=True)
        assert full.deconstruct() == other.deconstruct()
        _name, path, args, kwargs = full.deconstruct()
        assert (path, args, kwargs) == ("pages.streams.SlimStreamField", [], {"blank": True})

    def test_changing_a_block_asks_for_no_migration(self, monkeypatch):
        def changes_since(before):
            after = ProjectState.from_apps(apps)
            return MigrationAutodetector(before, after).changes(graph=MigrationLoader(None).graph)

        before = ProjectState.from_apps(apps)
        for children in blocks_of_body():
            monkeypatch.delitem(children, "quote")
        assert changes_since(before) == {}
        monkeypatch.setattr(ContentPage._meta.get_field("body"), "_verbose_name", "autre")
        assert "pages" in changes_since(before)  # it does look at this field

    def test_a_migration_that_saves_a_row_loses_nothing(self):
        field = SlimStreamField()
        value = field.to_python(deepcopy(STORED))
        assert field.get_prep_value(value) == STORED


class TestBrokenBlock:
    @pytest.fixture
    def broken_callout(self, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("template cassé")

        for children in blocks_of_body():
            monkeypatch.setattr(children["callout"], "render", fail)

    def test_visitors_read_the_rest_of_the_page(self, page, rf, broken_callout, caplog):
        with caplog.at_level(logging.ERROR):
            html = render(page, rf)
        assert html.count("Un paragraphe") == 2
        assert "Une précision" not in html
        assert "pas pu être affiché" not in html
        assert [record.exc_info[0] for record in caplog.records] == [RuntimeError, RuntimeError]

    def test_staff_see_a_note(self, page, rf, broken_callout, caplog):
        html = render(page, rf, User.objects.create_superuser("edition@example.org", "x"))
        assert html.count("Encadré\u00a0» n’a pas pu être affiché") == 2
        assert caplog.records

    def test_a_broken_value_is_isolated_too(self, page, rf, caplog):
        body = [PARAGRAPH, {"type": "callout", "value": "pas un dictionnaire", "id": "x"}]
        page = ContentPage(title="x", body=json.dumps(body))
        assert "Un paragraphe" in render(page, rf)
        assert caplog.records


class TestWords:
    def test_only_words_are_converted(self):
        raw = [
            {"type": "paragraph", "id": "a", "value": "<p>riche</p>"},
            {
                "type": "section",
                "id": "b",
                "value": {
                    "title": "titre",
                    "content": [
                        {
                            "type": "links",
                            "id": "c",
                            "value": [
                                {
                                    "type": "item",
                                    "id": "d",
                                    "value": {"page": 3, "url": "https://x.fr", "label": "texte"},
                                }
                            ],
                        },
                        {
                            "type": "contact",
                            "id": "e",
                            "value": {"name": "nom", "phone": "0321", "email": "a@b.fr"},
                        },
                    ],
                },
            },
            {
                "type": "table",
                "id": "f",
                "value": {
                    "caption": "légende",
                    "columns": [
                        {"type": "text", "heading": "colonne"},
                        {"type": "number", "heading": "nombre"},
                        {"type": "rich_text", "heading": "riche"},
                    ],
                    "rows": [{"values": ["cellule", "12", "<p>riche</p>"]}],
                },
            },
            {
                "type": "image",
                "id": "g",
                "value": {"image": {"image": 4, "alt_text": "remplacement", "decorative": False}},
            },
            {"type": "inconnu", "id": "h", "value": {"texte": "intact"}},
        ]
        converted = map_text(raw, BodyBlock(), lambda text: f"P({text})", lambda html: f"H({html})")
        expected = json.dumps(raw)
        for word in ("titre", "texte", "nom", "légende", "colonne", "nombre", "riche", "cellule"):
            quoted = json.dumps(word)
            if quoted != '"texte"':
                expected = expected.replace(f": {quoted}", f": {json.dumps(f'P({word})')}")
        expected = expected.replace('["cellule"', '["P(cellule)"').replace(
            '"<p>riche</p>"', '"H(<p>riche</p>)"'
        )
        expected = expected.replace('"label": "texte"', '"label": "P(texte)"')
        expected = expected.replace('"remplacement"', '"P(remplacement)"')
        assert converted == json.loads(expected)

    def test_a_stream_value_gives_a_stream_value(self, page):
        changed = map_text(page.body, page.body.stream_block, str.upper, lambda html: html)
        assert changed[1].value["author"] == "UNE HABITANTE"
        assert changed[1].id == QUOTE["id"]
        same = map_text(page.body, page.body.stream_block, lambda text: text, lambda html: html)
        assert same is page.body

    def test_plain_text_reads_everything_in_order(self, page):
        words = plain_text(page.body)
        assert words.index("Première partie") < words.rindex("Un paragraphe")
        assert "<" not in words


def test_a_stream_that_is_not_json_is_kept_as_text():
    field = SlimStreamField(BodyBlock())
    assert field.to_python("Du texte d’avant").raw_text == "Du texte d’avant"


def test_sections_of_other_rooms_keep_too():
    """A higher room subclasses the body: what it adds is kept the same way."""

    class WiderBody(BodyBlock):
        note = RichTextBlock()

    assert isinstance(WiderBody(), StreamBlock)
    assert isinstance(WiderBody().child_blocks["section"], SectionBlock)
    raw = [{"type": "note", "value": "<p>a</p>", "id": "1"}, QUOTE]
    narrow = BodyBlock().to_python(deepcopy(raw))
    assert BodyBlock().get_prep_value(narrow) == raw
    assert WiderBody().get_prep_value(WiderBody().to_python(deepcopy(raw))) == raw
