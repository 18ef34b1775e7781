"""What editors put in a page, and what visitors get."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.template import RequestContext, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.models import Page, PageViewRestriction, Site

from pages.blocks import BodyBlock, ContentBlock, table_of_contents
from pages.models import ContentPage, HomePage, OrganisationSettings, SiteDocument, SiteImage, User
from pages.pictures import warm_renditions
from pages.templatetags.body_tags import file_facts, french_number, phone_href

from . import sample_files
from .conftest import sign_in

pytestmark = pytest.mark.django_db

KINDS = {
    "paragraph",
    "steps",
    "callout",
    "quote",
    "questions",
    "image",
    "gallery",
    "video",
    "table",
    "documents",
    "contact",
    "links",
}


@pytest.fixture
def home():
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Accueil", slug="accueil"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
    )
    return home


@pytest.fixture
def pages(home):
    return [
        home.add_child(instance=ContentPage(title=f"Page {n}", slug=f"page-{n}")) for n in range(6)
    ]


@pytest.fixture
def images():
    content = sample_files.image_bytes("PNG", sample_files.picture((64, 48)))
    return [
        SiteImage.objects.create(
            title=f"IMG_{n}.png", file=ContentFile(content, f"i{n}.png"), width=64, height=48
        )
        for n in range(6)
    ]


def make_document(name="statuts.pdf", size=1_234_567):
    document = SiteDocument.objects.create(title=f"Document {name}", file=ContentFile(b"x", name))
    SiteDocument.objects.filter(pk=document.pk).update(file_size=size)
    return document


def body(*children):
    """A body as the database stores it."""
    raw = [
        {"type": kind, "value": value, "id": f"{number:08}-0000-4000-8000-000000000000"}
        for number, (kind, value) in enumerate(children)
    ]
    return BodyBlock().to_python(json.loads(json.dumps(raw)))


def section(title, *children):
    content = [
        {"type": kind, "value": value, "id": f"{kind}{n}"}
        for n, (kind, value) in enumerate(children)
    ]
    return ("section", {"title": title, "content": content})


def render(value, rf):
    template = Template("{% load wagtailcore_tags %}{% include_block body %}")
    return template.render(RequestContext(rf.get("/"), {"body": value}))


def picture(image, alt="Deux jardiniers", **fields):
    return {"image": {"image": image.pk, "alt_text": alt, "decorative": not alt}, **fields}


def errors_of(block, value):
    """The messages that an editor reads when publishing a value."""
    try:
        block.clean(block.normalize(value))
    except ValidationError as error:
        return json.dumps(error.as_json_data(), ensure_ascii=False)
    return ""


def all_blocks(block, seen=None):
    seen = {} if seen is None else seen
    if id(block) not in seen:
        seen[id(block)] = block
        if isinstance(block, ListBlock):
            all_blocks(block.child_block, seen)
        for child in getattr(block, "child_blocks", {}).values():
            all_blocks(child, seen)
    return seen.values()


class TestWhatEditorsSee:
    def test_these_kinds_of_content_and_no_more(self):
        assert set(BodyBlock().child_blocks) == {"section", *KINDS, "kept"}
        assert set(ContentBlock().child_blocks) == {*KINDS, "kept"}
        assert next(iter(BodyBlock().child_blocks)) == "section"

    @pytest.mark.parametrize("kind", ["section", *sorted(KINDS)])
    def test_each_says_what_it_is_for(self, kind):
        block = BodyBlock().child_blocks[kind]
        assert block.meta.label
        assert block.label == block.meta.label
        assert re.fullmatch(r"[A-ZÀÉ][^.]+\.", block.get_description())
        assert block.meta.group
        assert block.meta.icon != "placeholder"
        assert block.is_previewable

    def test_no_jargon_and_no_english(self):
        jargon = re.compile(r"\b(bloc|slug|snippet|block|html|url|css|item|struct)s?\b", re.I)
        for block in all_blocks(BodyBlock()):
            if isinstance(block, StreamBlock):
                continue
            field = getattr(block, "field", None)
            texts = [str(block.label), str(block.get_description())]
            texts += [str(field.help_text)] if field else []
            if block.meta.label is None and not isinstance(block, ListBlock | StructBlock):
                pytest.fail(f"{block!r} has no label")
            for text in texts:
                assert not jargon.search(text), text

    def test_rich_text_offers_no_heading_and_nothing_of_another_site(self):
        allowed = {"bold", "italic", "ol", "ul", "link", "document-link"}
        rich = [block for block in all_blocks(BodyBlock()) if isinstance(block, RichTextBlock)]
        assert rich
        assert all(set(block.features) <= allowed for block in rich)

    @pytest.mark.parametrize("kind", ["section", *sorted(KINDS)])
    def test_each_has_a_preview_in_the_look_of_the_site(self, kind, client, images, home):
        make_document()
        sign_in(client, User.objects.create_superuser("edition@example.org", "x"))
        block = BodyBlock().child_blocks[kind]
        url = reverse("wagtailadmin_block_preview")
        answer = client.get(url, {"id": block.definition_prefix})
        assert answer.status_code == 200
        html = answer.content.decode()
        assert "css/everything" in html
        content = html.partition("<main>")[2].partition("</main>")[0]
        assert re.search(r"<(p|li|img|table|h2|summary|figcaption)\b", content)
        assert not re.search(r"<script|<style| style=| on\w+=", content)


class TestWhatCannotBePublished:
    def test_an_image_without_alternative_text(self, images):
        block = BodyBlock().child_blocks["image"]
        without = {"image": {"image": images[0], "alt_text": "", "decorative": False}}
        assert "texte alternatif" in errors_of(block, without)
        without["image"]["decorative"] = True
        assert not errors_of(block, without)

    def test_a_table_without_title_or_headings(self):
        block = BodyBlock().child_blocks["table"]
        table = {
            "caption": " ",
            "columns": [{"type": "text", "heading": ""}],
            "rows": [{"values": ["a"]}],
        }
        message = errors_of(block, table)
        assert "Donnez un titre au tableau" in message
        assert "Donnez un titre à chaque colonne" in message
        table["caption"] = "Heures"
        table["columns"][0]["heading"] = "Activité"
        assert not errors_of(block, table)

    def test_a_file_that_is_not_a_video(self):
        block = BodyBlock().child_blocks["video"]
        video = {"title": "Film", "file": make_document("a.pdf"), "transcript": "<p>On voit…</p>"}
        assert "MP4 ou WebM" in errors_of(block, video)
        video["file"] = make_document("a.mp4")
        assert not errors_of(block, video)
        assert "transcript" in errors_of(block, {**video, "transcript": ""})

    def test_a_link_without_target_or_with_two(self, pages):
        block = BodyBlock().child_blocks["links"].child_block
        page, url = pages[0], "https://exemple.fr/"
        assert "Choisissez une page" in errors_of(block, {"page": None, "url": "", "label": "x"})
        assert "pas les deux" in errors_of(block, {"page": page, "url": url, "label": "x"})
        assert "Dites où mène" in errors_of(block, {"page": None, "url": url, "label": ""})
        assert not errors_of(block, {"page": page, "url": "", "label": ""})
        assert errors_of(block, {"page": None, "url": "javascript:alert(1)", "label": "x"})

    @pytest.mark.parametrize(
        "number", ["03 21 00 00 00", "+33 3 21 00 00 00", "0321000000", "3949"]
    )
    def test_telephone_numbers_as_people_write_them(self, number):
        assert not errors_of(BodyBlock().child_blocks["contact"], {"phone": number})

    @pytest.mark.parametrize("number", ["03 21", "appelez-nous", "03 21 00 00 00 00"])
    def test_numbers_that_nobody_can_call(self, number):
        assert "par exemple" in errors_of(BodyBlock().child_blocks["contact"], {"phone": number})

    def test_drafts_may_be_unfinished(self):
        block = BodyBlock()
        value = block.normalize(
            [("table", None), ("links", [{"page": None, "url": "", "label": ""}])]
        )
        assert block.clean_deferred(value)


class TestWhatVisitorsGet:
    def test_headings_never_jump(self, rf):
        value = body(
            ("paragraph", "<p>Avant</p>"),
            section(
                "Venir",
                ("callout", {"title": "Important", "text": "<p>x</p>"}),
                ("steps", [{"title": "Sonner", "text": ""}]),
                ("questions", [{"question": "Quand ?", "answer": "<p>x</p>"}]),
            ),
        )
        html = render(value, rf)
        assert re.findall(r"<h(\d)", html) == ["2"]
        assert "<ol" in html
        assert "<details" in html
        assert "<summary>Quand ?</summary>" in html

    def test_the_table_of_contents_leads_to_each_section(self, rf):
        value = body(section("Un"), ("paragraph", "<p>x</p>"), section("Deux"), section("Deux"))
        entries = table_of_contents(value)
        assert [title for _anchor, title in entries] == ["Un", "Deux", "Deux"]
        html = render(value, rf)
        assert re.findall(r'<h2 id="([^"]+)"', html) == [anchor for anchor, _title in entries]
        assert len({anchor for anchor, _title in entries}) == 3

    def test_anchors_survive_a_new_title_and_a_new_order(self):
        value = body(section("Un"), section("Deux"))
        before = {title: anchor for anchor, title in table_of_contents(value)}
        raw = list(value.raw_data)
        raw.reverse()
        raw[0]["value"]["title"] = "Deux bis"
        after = {title: anchor for anchor, title in table_of_contents(BodyBlock().to_python(raw))}
        assert after == {"Deux bis": before["Deux"], "Un": before["Un"]}

    def test_a_short_page_has_no_table_of_contents(self, rf):
        template = Template("{% load body_tags %}{% table_of_contents body %}")
        short, long = body(section("Un"), section("Deux")), body(*[section("Un")] * 3)
        assert "<nav" not in template.render(RequestContext(rf.get("/"), {"body": short}))
        assert template.render(RequestContext(rf.get("/"), {"body": long})).count("<li>") == 3

    def test_an_image_carries_the_text_of_its_place(self, rf, images):
        value = body(
            ("image", picture(images[0], "Un massif en fleurs", caption="Au printemps")),
            ("image", picture(images[0], "Le même massif en été")),
            ("gallery", [picture(images[0], "Le même massif en hiver"), picture(images[1], "")]),
        )
        html = render(value, rf)
        alts = re.findall(r'alt="([^"]*)"', html)
        assert alts == [
            "Un massif en fleurs",
            "Le même massif en été",
            "Le même massif en hiver",
            "",
        ]
        assert "<figcaption>Au printemps</figcaption>" in html
        assert "IMG_" not in html

    def test_a_table_is_a_real_table(self, rf):
        value = body(
            (
                "table",
                {
                    "caption": "Heures travaillées",
                    "columns": [
                        {"type": "text", "heading": "Activité"},
                        {"type": "number", "heading": "Heures"},
                        {"type": "rich_text", "heading": "Détail"},
                    ],
                    "rows": [{"values": ["Tri & tonte", "12345.5", "<p><b>x</b></p>"]}],
                },
            )
        )
        html = render(value, rf)
        assert "<caption>Heures travaillées</caption>" in html
        assert html.count('<th scope="col"') == 3
        assert "Tri &amp; tonte" in html
        assert "12\u202f345,5" in html
        assert "<b>x</b>" in html

    def test_a_column_whose_kind_is_gone_keeps_its_words(self, rf):
        value = body(
            (
                "table",
                {
                    "caption": "Dates",
                    "columns": [{"type": "date", "heading": "Quand"}],
                    "rows": [{"values": ["12 mai"]}],
                },
            )
        )
        assert "12 mai" in render(value, rf)

    def test_files_show_their_format_and_weight(self, rf):
        html = render(body(("documents", [make_document().pk])), rf)
        assert "(PDF, 1,2\u00a0Mo)" in html
        assert "Document statuts.pdf" in html

    def test_a_video_waits_for_the_click(self, rf, images):
        video = {"title": "Film", "file": make_document("film.mp4").pk, "transcript": "<p>Mots</p>"}
        html = render(body(("video", {**video, "poster": images[0].pk})), rf)
        assert 'preload="none"' in html
        assert 'type="video/mp4"' in html
        assert 'poster="/media/' in html
        assert "Mots" in html
        assert "autoplay" not in html
        assert "<iframe" not in html
        assert "<script" not in html

    def test_a_lost_video_leaves_its_transcript(self, rf):
        html = render(body(("video", {"title": "Film", "file": 999, "transcript": "<p>M</p>"})), rf)
        assert "<video" not in html
        assert "<p>M</p>" in html

    def test_an_empty_contact_is_the_association(self, rf):
        organisation = OrganisationSettings.load()
        organisation.phone, organisation.email = "03 21 00 00 00", "contact@example.org"
        organisation.save()
        empty = {"name": "", "function": "", "phone": "", "email": "", "hours": ""}
        html = render(body(("contact", empty)), rf)
        assert 'href="tel:+33321000000"' in html
        assert 'href="mailto:contact@example.org"' in html
        own = {**empty, "name": "Accueil", "phone": "3949", "email": "a@example.org"}
        html = render(body(("contact", own)), rf)
        assert "03 21" not in html
        assert "contact@" not in html
        assert "tel:3949" in html

    def test_editors_text_is_escaped(self, rf):
        evil = "<script>alert(1)</script>"
        value = body(
            ("quote", {"text": evil, "author": evil, "role": evil}),
            ("steps", [{"title": evil, "text": ""}]),
            section(evil, ("callout", {"title": evil, "text": ""})),
            ("links", [{"page": None, "url": "https://a.fr", "label": evil}]),
            (
                "table",
                {
                    "caption": evil,
                    "columns": [{"type": "text", "heading": evil}],
                    "rows": [{"values": [evil]}],
                },
            ),
            ("contact", {"name": evil, "function": evil, "hours": evil}),
            ("video", {"title": evil, "file": None, "transcript": ""}),
            ("questions", [{"question": evil, "answer": ""}]),
        )
        html = render(value, rf)
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 14

    def test_links_open_in_the_same_window(self, rf, pages):
        links = [
            {"page": pages[0].pk, "url": "", "label": ""},
            {"page": None, "url": "https://exemple.fr/", "label": "Un autre site"},
        ]
        html = render(body(("links", links)), rf)
        assert '<a href="/page-0/">Page 0</a>' in html
        assert '<a href="https://exemple.fr/">Un autre site</a>' in html
        assert "target=" not in html

    def test_pages_that_the_public_may_not_read_are_not_named(self, rf, pages):
        draft, private = pages[0], pages[1]
        draft.unpublish()
        PageViewRestriction.objects.create(page=private, restriction_type="login")
        links = [{"page": page.pk, "url": "", "label": ""} for page in pages[:3]]
        text = f'<p><a linktype="page" id="{private.pk}">lien</a></p>'
        html = render(body(("links", links), ("paragraph", text)), rf)
        assert "Page 2" in html
        for page in (draft, private):
            assert page.title not in html
            assert page.slug not in html
        assert "lien" in html


class TestQueries:
    def full(self, count, images, documents, pages):
        def content(n):
            link = (
                f'<p><a linktype="page" id="{pages[n].pk}">a</a> '
                f'<a linktype="document" id="{documents[n].pk}">b</a></p>'
            )
            return [
                ("image", picture(images[n], caption="x")),
                ("gallery", [picture(images[n]), picture(images[0])]),
                ("documents", [documents[n].pk, documents[0].pk]),
                ("links", [{"page": pages[n].pk, "url": "", "label": ""}]),
                ("paragraph", link),
                ("callout", {"title": "", "text": link}),
            ]

        children = []
        for n in range(count):
            children += [*content(n), section("Une partie", *content(n))]
        return body(*children)

    def test_the_number_of_queries_depends_on_nothing(self, rf, images, pages):
        documents = [make_document(f"d{n}.pdf") for n in range(6)]
        for image in images:
            warm_renditions(image)  # what the chore does after a publication
        render(self.full(6, images, documents, pages), rf)  # the site's roots are cached

        def queries(count):
            value = self.full(count, images, documents, pages)
            with CaptureQueriesContext(connection) as captured:
                html = render(value, rf)
            assert html.count("<img") == count * 6
            assert html.count('href="/page-') == count * 6
            return [query["sql"] for query in captured]

        one, six = queries(1), queries(6)
        assert len(one) == len(six) <= 4, six

    def test_a_text_page_needs_none(self, rf, django_assert_num_queries):
        value = body(("paragraph", "<p>x</p>"), section("Un", ("paragraph", "<p>y</p>")))
        with django_assert_num_queries(0):
            render(value, rf)
            table_of_contents(value)

    def test_two_pages_do_not_share_their_objects(self, rf, images):
        shown = body(("image", picture(images[0], "Un massif")))
        assert "Un massif" in render(shown, rf)
        images[0].delete()
        again = BodyBlock().to_python(list(shown.raw_data))
        assert "Un massif" not in render(again, rf)


class TestFacts:
    @pytest.mark.parametrize(
        ("size", "facts"),
        [
            (1_234_567, "PDF, 1,2\u00a0Mo"),
            (850_400, "PDF, 850\u00a0ko"),
            (12, "PDF, 1\u00a0ko"),
            (None, "PDF"),
        ],
    )
    def test_weights_as_visitors_read_them(self, size, facts):
        assert file_facts(SiteDocument(file="a.pdf", file_size=size)) == facts

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (None, ""),
            (0, "0"),
            (999, "999"),
            (1234567, "1\u202f234\u202f567"),
            (-1234.5, "-1\u202f234,5"),
        ],
    )
    def test_numbers(self, number, text):
        from decimal import Decimal

        value = None if number is None else Decimal(str(number))
        assert french_number(value) == text

    def test_telephone_addresses(self):
        assert phone_href("03\u00a021 00.00 00") == "tel:+33321000000"
        assert phone_href("+33 3 21 00 00 00") == "tel:+33321000000"
        assert phone_href("115") == "tel:115"
