"""A picture or words that people no longer agree to show are nowhere, at once."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from pages.models import (
    HomePage,
    OrganisationSettings,
    SiteImage,
    SiteRendition,
    Testimony,
    User,
)
from pages.models.agreements import not_usable, to_check
from pages.pictures import make_pending_pictures

from . import factories
from .conftest import signed_in
from .factories import paris

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 15)
NOON = paris(2026, 6, 15, 12)
LAST_DAY = {"rights_until": TODAY}

STATES = [
    ({}, "valable", True),
    ({"agreement": "aucun"}, "valable", True),
    ({"agreement": "ecrit", "signed_on": TODAY}, "valable", True),
    ({"agreement": "licence"}, "valable", True),
    ({"agreement": "attendu"}, "attendu", False),
    ({"rights_until": TODAY - timedelta(days=1)}, "fini", False),
    ({"rights_until": TODAY}, "bientot", True),
    ({"rights_until": TODAY + timedelta(days=30)}, "bientot", True),
    ({"rights_until": TODAY + timedelta(days=31)}, "valable", True),
    ({"revoked_on": TODAY}, "retire", False),
    # A date typed wrong never shows a face again.
    ({"revoked_on": TODAY + timedelta(days=400)}, "retire", False),
    ({"revoked_on": TODAY, "rights_until": TODAY + timedelta(days=90)}, "retire", False),
]


# --- One place decides ------------------------------------------------------------------------


@pytest.mark.parametrize(("fields", "state", "usable"), STATES)
@pytest.mark.parametrize("make", [factories.SiteImageFactory, factories.TestimonyFactory])
def test_the_row_and_the_database_say_the_same(make, fields, state, usable) -> None:
    fields = {"agreement": "", "signed_on": None, **fields}
    with time_machine.travel(NOON, tick=False):
        row = make(**fields)
        assert (row.agreement_state, row.is_usable) == (state, usable)
        model = type(row)
        assert model.objects.filter(not_usable()).exists() is not usable
        assert model.objects.filter(to_check()).exists() is (state != "valable")


@pytest.mark.parametrize(
    ("moment", "usable"),
    [
        (paris(2026, 6, 15, 23, 59), True),
        (paris(2026, 6, 16, 0, 0), False),
        (paris(2026, 6, 16, 1, 30), False),  # still the 15th in London
    ],
)
def test_an_agreement_ends_at_midnight_in_paris(moment, usable: bool) -> None:
    image = factories.SiteImageFactory(**LAST_DAY)
    with time_machine.travel(moment, tick=False):
        assert image.is_usable is usable
        assert SiteImage.objects.exclude(not_usable()).exists() is usable


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"agreement": "ecrit"}, "signed_on"),
        ({"agreement": "parents"}, "signed_on"),
        ({"signed_on": TODAY + timedelta(days=1)}, "signed_on"),
        ({"signed_on": TODAY, "rights_until": TODAY - timedelta(days=1)}, "rights_until"),
        ({"revoked_on": TODAY + timedelta(days=1)}, "revoked_on"),
    ],
)
def test_what_cannot_be_true_is_refused_in_french(fields, field: str) -> None:
    with time_machine.travel(NOON, tick=False), pytest.raises(ValidationError) as refusal:
        Testimony(name="Camille", **fields).full_clean()
    (sentence,) = refusal.value.message_dict[field]
    assert len(sentence) > 20


# --- A picture leaves every page --------------------------------------------------------------


@pytest.fixture
def image() -> SiteImage:
    """A picture whose words are recognised."""
    return factories.SiteImageFactory(title="Zibeline", description="Deux zibelines au travail")


@pytest.fixture
def everywhere(home: HomePage, image: SiteImage) -> list[str]:
    """A site that shows the picture in every way there is; the addresses that do."""
    figure = {
        "image": {"image": image.pk, "alt_text": "Deux zibelines", "decorative": False},
        "caption": "La légende zibeline",
    }
    items = [{"type": "item", "id": str(n), "value": figure} for n in range(2)]
    file = factories.SiteDocumentFactory()
    film = {"title": "Un film", "file": file.pk, "poster": image.pk, "transcript": "<p>Rien.</p>"}
    blocks = factories.body(
        {"type": "image", "value": figure},
        {"type": "gallery", "value": items},
        {"type": "video", "value": film},
        factories.section("Partie", {"type": "image", "value": figure}),
    )
    factories.ContentPageFactory(title="Images", slug="images", body=blocks)
    factories.ContentPageFactory(title="Partage", slug="partage", share_image=image)
    for n in range(2):
        factories.NewsPageFactory(title=f"Nouvelle {n}", image=image)
    factories.ActivityPageFactory(title="Métier", slug="metier", image=image)
    factories.PartnerIndexPageFactory(slug="partenaires")
    factories.PartnerFactory(logo=image)
    factories.TeamMemberFactory(
        page=factories.TeamPageFactory(slug="equipe"), photo=image, photo_consent=True
    )
    factories.OrganisationFactory(logo=image)
    return ["/", "/images/", "/partage/", "/actualites/", "/actualites/nouvelle-0/",
            "/activites/metier/", "/partenaires/", "/equipe/"]  # fmt: skip


def read(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def shown(html: str) -> list[str]:
    """The addresses of pictures in a page."""
    return re.findall(r"/media/images/[^\s\"]+", html)


WAYS_OUT = {
    "expired": {"rights_until": TODAY - timedelta(days=1)},
    "revoked": {"revoked_on": TODAY},
    "not received yet": {"agreement": "attendu"},
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_picture_leaves_every_page_at_once(everywhere, image: SiteImage, way: str) -> None:
    with time_machine.travel(NOON, tick=False):
        for address in everywhere:
            assert shown(read(address)), address
        renditions = [rendition.url for rendition in image.renditions.all()]
        assert len(renditions) >= 5
        for url in renditions:
            assert Client().get(url).status_code == 200
        SiteImage.objects.filter(pk=image.pk).update(**WAYS_OUT[way])
        for address in everywhere:
            html = read(address)
            assert not shown(html), address
            assert "zibeline" not in html.casefold(), address
        for url in renditions:
            answer = Client().get(url)
            assert answer.status_code == 404
            assert "max-age" not in answer.get("Cache-Control", "")


def test_no_hole_is_left_where_the_picture_was(everywhere, image: SiteImage) -> None:
    assert 'class="gallery"' in read("/images/")
    SiteImage.objects.update(revoked_on=TODAY)
    html = read("/images/").split("<main")[1].split("</main")[0]
    for trace in (
        'class="gallery"',
        "<figcaption>La",
        "picture-missing",
        " poster=",
        "<li><figure",
    ):
        assert trace not in html, trace
    # The film itself stays.
    assert "<video" in html
    assert "has-picture" not in read("/actualites/")
    assert '<div class="wrap band"><' not in read("/activites/metier/")
    # The drawn name is back in the place of the logo, the site's image in that of the share.
    assert "wordmark__name" in read("/")
    assert "img/partage.png" in read("/partage/")


def test_a_gallery_keeps_the_pictures_that_may_be_shown(home: HomePage) -> None:
    kept, gone = factories.SiteImageFactory(), factories.SiteImageFactory(revoked_on=TODAY)
    items = [
        {
            "type": "item",
            "id": str(image.pk),
            "value": {
                "image": {"image": image.pk, "alt_text": "Une haie", "decorative": False},
                "caption": f"Légende {image.pk}",
            },
        }
        for image in (kept, gone)
    ]
    page = factories.ContentPageFactory(body=factories.body({"type": "gallery", "value": items}))
    html = read(page.get_url())
    assert f"Légende {kept.pk}" in html
    assert f"Légende {gone.pk}" not in html


def test_asking_costs_no_query(everywhere, image: SiteImage) -> None:
    make_pending_pictures()

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            read(address)
        return len(queries)

    for address in everywhere:
        read(address)
    before = {address: cost(address) for address in everywhere}
    SiteImage.objects.update(revoked_on=TODAY)
    assert all(cost(address) <= before[address] for address in everywhere)


def test_a_template_that_shows_a_picture_asks_whether_it_may() -> None:
    """`picture_for` asks by itself; Wagtail's `image` tag does not."""
    templates = Path(settings.BASE_DIR) / "templates"
    public = [p for p in templates.rglob("*.html") if "admin" not in str(p.relative_to(templates))]
    showing = [p for p in public if re.search(r"\{% image ", p.read_text())]
    assert showing
    for path in showing:
        for name in re.findall(r"\{% image (\S+) ", path.read_text()):
            assert f"{name}.is_usable" in path.read_text(), (path, name)


# --- The files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "public, max-age=31536000, s-maxage=60, immutable"),
        ({"agreement": "aucun"}, "public, max-age=31536000, s-maxage=60, immutable"),
        ({"agreement": "ecrit", "signed_on": TODAY}, "no-cache"),
        ({"agreement": "parents", "signed_on": TODAY}, "no-cache"),
        ({"rights_until": TODAY + timedelta(days=9)}, "no-cache"),
    ],
)
def test_no_cache_keeps_on_its_own_what_may_be_withdrawn(fields, expected: str) -> None:
    with time_machine.travel(NOON, tick=False):
        url = factories.SiteImageFactory(**fields).get_rendition("width-40").url
        assert Client().get(url)["Cache-Control"] == expected


def test_a_file_is_closed_at_midnight(image: SiteImage) -> None:
    SiteImage.objects.update(**LAST_DAY)
    url = image.get_rendition("width-40").url
    with time_machine.travel(paris(2026, 6, 15, 23, 59), tick=False):
        assert Client().get(url).status_code == 200
    with time_machine.travel(paris(2026, 6, 16), tick=False):
        assert Client().get(url).status_code == 404
        assert Client().get(url, headers={"if-modified-since": "Mon, 15 Jun 2037 00:00:00 GMT"}
                            ).status_code == 404  # fmt: skip


def test_the_library_still_shows_it_to_those_who_work_here(image: SiteImage, writer: User) -> None:
    SiteImage.objects.update(revoked_on=TODAY)
    url = image.get_rendition("width-40").url
    answer = signed_in(writer).get(url)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert signed_in(factories.UserFactory()).get(url).status_code == 404


def test_a_file_costs_one_query_and_one_that_is_of_no_image_is_not_served(image) -> None:
    url = image.get_rendition("width-40").url
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(url).status_code == 200
    assert len(queries) == 1
    SiteRendition.objects.all()._raw_delete("default")
    assert Client().get(url).status_code == 404


# --- Words ------------------------------------------------------------------------------------


WORDS = "On apprend ici un métier de zibeline."


def quoting(testimony: Testimony | None) -> Page:
    value = {
        "text": WORDS,
        "author": "Camille",
        "role": "",
        "testimony": testimony and testimony.pk,
    }
    return factories.ContentPageFactory(
        title="Paroles",
        slug="paroles",
        body=factories.body({"type": "quote", "value": value}, factories.paragraph("Le reste.")),
    )


@pytest.mark.parametrize("way", [*WAYS_OUT, "deleted"])
def test_a_quotation_leaves_with_its_agreement(home: HomePage, way: str) -> None:
    testimony = factories.TestimonyFactory()
    quoting(testimony)
    assert WORDS in read("/paroles/")
    if way == "deleted":
        testimony.delete()
    else:
        Testimony.objects.update(**WAYS_OUT[way])
    html = read("/paroles/")
    assert "zibeline" not in html
    assert "Camille" not in html
    assert 'class="quote"' not in html
    assert "Le reste." in html


def test_a_quotation_without_a_register_stays(home: HomePage) -> None:
    quoting(None)
    assert WORDS in read("/paroles/")
    assert "paroles" in read("/recherche/?q=zibeline").split("<main")[1]


def test_search_never_keeps_words_that_may_be_withdrawn(home: HomePage) -> None:
    quoting(factories.TestimonyFactory())
    home.quote, home.quote_testimony = WORDS, Testimony.objects.get()
    home.save_revision().publish()
    assert "Aucune page ne répond" in read("/recherche/?q=zibeline")


def test_the_agreements_of_a_page_are_read_at_once(home: HomePage) -> None:
    def page(count: int) -> Page:
        quotes = [
            {
                "type": "quote",
                "value": {
                    "text": "Bien.",
                    "author": "",
                    "role": "",
                    "testimony": factories.TestimonyFactory().pk,
                },
            }
            for _ in range(count)
        ]
        return factories.ContentPageFactory(body=factories.body(*quotes))

    def cost(page: Page) -> int:
        read(page.get_url())
        with CaptureQueriesContext(connection) as queries:
            read(page.get_url())
        return len(queries)

    factories.OrganisationFactory()
    assert cost(page(1)) == cost(page(9))


def test_the_quote_of_the_home_page_leaves_too(home: HomePage) -> None:
    testimony = factories.TestimonyFactory()
    home.quote, home.quote_author, home.quote_testimony = WORDS, "Camille", testimony
    home.save()
    assert WORDS in read("/")
    Testimony.objects.update(revoked_on=TODAY)
    assert "zibeline" not in read("/")
    assert "Camille" not in read("/")


def test_a_page_whose_testimony_is_gone_can_still_be_edited(home: HomePage, publisher) -> None:
    testimony = factories.TestimonyFactory()
    page = quoting(testimony)
    testimony.delete()
    answer = signed_in(publisher).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert answer.status_code == 200
    assert r"T\u00e9moignage supprim\u00e9" in answer.content.decode()


# --- In the admin -----------------------------------------------------------------------------


@pytest.fixture
def register(everywhere, image: SiteImage) -> Testimony:
    """Something of each state."""
    today = date.today()
    SiteImage.objects.filter(pk=image.pk).update(
        rights_until=today - timedelta(days=1), people="Nour D.", paper="classeur bleu"
    )
    factories.SiteImageFactory(title="Bientôt", rights_until=today + timedelta(days=9))
    factories.SiteImageFactory(title="Tranquille")
    testimony = factories.TestimonyFactory(name="Dominique", revoked_on=today)
    quoting(testimony)
    return testimony


def test_the_report_says_what_is_out_and_where_it_was(register, publisher: User) -> None:
    html = signed_in(publisher).get("/admin/autorisations/").content.decode()
    for words in ("Zibeline", "accord fini", "Nour D.", "classeur bleu", "Bientôt",
                  "finit bientôt", "Dominique", "accord retiré"):  # fmt: skip
        assert words in html, words
    assert "Tranquille" not in html
    for place in ("Images", "Partage", "Nouvelle 0", "Métier", "Paroles"):
        assert f">{place}</a>" in html, place
    # What is out comes before what will be.
    assert html.index("Zibeline") < html.index("Bientôt")
    assert html.index("Dominique") < html.index("Bientôt")


def test_the_report_is_in_pages_and_costs_the_same(register, publisher: User) -> None:
    client = signed_in(publisher)

    def cost() -> int:
        client.get("/admin/autorisations/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/autorisations/").status_code == 200
        return len(queries)

    few = cost()
    factories.TestimonyFactory.create_batch(40, revoked_on=date.today())
    assert cost() <= few
    html = client.get("/admin/autorisations/").content.decode()
    assert "Page 1 sur 2" in html
    for strange in ("2", "zzz", "-1", "9" * 50, "%00"):
        assert client.get(f"/admin/autorisations/?page={strange}").status_code == 200


def test_the_home_of_the_admin_counts_them(register, publisher: User, writer: User) -> None:
    html = signed_in(publisher).get("/admin/").content.decode()
    assert "2 images ou témoignages ne sont plus montrés" in html
    assert "Un accord finit" in html
    assert "Des accords à vérifier" not in signed_in(writer).get("/admin/").content.decode()
    SiteImage.objects.update(rights_until=None)
    Testimony.objects.update(revoked_on=None)
    assert "Des accords à vérifier" not in signed_in(publisher).get("/admin/").content.decode()


def test_who_may_not_change_the_agreements_sees_no_register(home, writer: User) -> None:
    assert signed_in(writer).get("/admin/autorisations/").status_code in (302, 403)


def test_the_form_of_an_image_keeps_the_agreement_together(publisher: User) -> None:
    image = factories.SiteImageFactory()
    client, url = signed_in(publisher), reverse("wagtailimages:edit", args=[image.pk])
    html = client.get(url).content.decode()
    (panel,) = re.findall(r'<details class="agreement">.*?</details>', html, re.DOTALL)
    for name in ("agreement", "people", "signed_on", "rights_until", "revoked_on", "paper"):
        assert panel.count(f'name="{name}"') == html.count(f'name="{name}"') == 1, name
    details = {"title": "Photo", "description": "Une haie", "collection": image.collection_id}
    refused = client.post(url, {**details, "agreement": "ecrit"}).content.decode()
    assert '<details class="agreement" open>' in refused
    assert "Donnez la date de la signature" in refused
    client.post(url, {**details, "agreement": "ecrit", "signed_on": "15/01/2026"})
    image.refresh_from_db()
    assert (image.agreement, image.signed_on) == ("ecrit", date(2026, 1, 15))
    client.post(url, {**details, "revoked_on": f"{date.today():%d/%m/%Y}"})
    assert "Cette image n’est montrée nulle part" in client.get(url).content.decode()


def test_a_testimony_that_the_home_page_quotes_is_not_deleted(home, publisher: User) -> None:
    testimony = factories.TestimonyFactory()
    home.quote_testimony = testimony
    home.save()
    signed_in(publisher).post(f"/admin/snippets/pages/testimony/delete/{testimony.pk}/")
    assert Testimony.objects.filter(pk=testimony.pk).exists()


def test_the_logo_that_is_withdrawn_is_still_in_the_settings(image: SiteImage) -> None:
    factories.OrganisationFactory(logo=image)
    SiteImage.objects.update(revoked_on=TODAY)
    assert OrganisationSettings.load().logo == image
