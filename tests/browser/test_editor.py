"""An editor's day in a real browser: sign in, change, preview, publish, send bad files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import sample_files

from .conftest import RunningSite, enter_admin

pytestmark = pytest.mark.browser

ACCOUNT = "edition@example.org"
PASSWORD = "un mot de passe assez long"
MAKE_ACCOUNT = f"""
from django.contrib.auth.models import Group
from pages.models import User
user = User.objects.create_user({ACCOUNT!r}, {PASSWORD!r}, first_name="Camille")
user.groups.add(Group.objects.get(name="Administration"))
print(0)
"""
# Words of Wagtail's own English screens that are no French words.
ENGLISH = re.compile(
    r"\b(save|saved|publish|published|unpublish|search|upload|delete|edit|add|settings|help|"
    r"reports|users|user|draft|live|status|history|preview|comments|toggle|close|cancel|choose|"
    r"password|sign in|log out|log in|welcome|choice|required|more|actions? for|last updated|"
    r"title|parent|never|ago|child|children|usage|privacy|show|hide|expand|collapse|move|copy)\b",
    re.I,
)
# French too; « Status actuel de la page » is Wagtail’s own French translation.
ALSO_FRENCH = {"usage", "parent", "status"}
SCREENS = {
    "home": "/admin/",
    "explorer": "/admin/pages/",
    "edit": "/admin/pages/{page}/edit/",
    "history": "/admin/pages/{page}/history/",
    "images": "/admin/images/",
    "add an image": "/admin/images/add/",
    "documents": "/admin/documents/",
    "settings": "/admin/settings/pages/organisationsettings/",
    "notice": "/admin/settings/pages/sitenotice/",
    "users": "/admin/users/",
    "add a user": "/admin/users/new/",
    "groups": "/admin/groups/",
    "redirects": "/admin/redirects/",
    "partners": "/admin/snippets/partners/partner/",
    "chores": "/admin/taches-de-fond/",
    "mails": "/admin/courriels/",
    "account": "/admin/account/",
    "site history": "/admin/reports/site-history/",
}


@dataclass
class Desk:
    """A browser in which the editor is signed in, and what it complained of."""

    site: RunningSite
    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        response = self.page.goto(f"{self.site.url}{address}")
        assert response is not None
        assert response.status == 200, address
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="session")
def desk(editors_site: RunningSite, chromium: Browser) -> Iterator[Desk]:
    editors_site.python(MAKE_ACCOUNT)
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, locale="fr-FR")
    context.set_default_timeout(15_000)
    desk = Desk(editors_site, context.new_page())
    desk.page.on("console", lambda message: note(desk, message.type, message.text))
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    desk.page.on("request", lambda request: note_host(desk, request.url))
    enter_admin(editors_site, desk.page, ACCOUNT)
    yield desk
    context.close()


def note(desk: Desk, kind: str, text: str) -> None:
    # Chromium's advice about password fields is no fault that a visitor can see.
    if kind in ("error", "warning") or "Content Security Policy" in text:
        desk.complaints.append(f"{desk.page.url}: {text}")


def note_host(desk: Desk, url: str) -> None:
    if not url.startswith((f"{desk.site.url}/", "data:", "blob:")):
        desk.elsewhere.append(url)


@pytest.fixture(scope="session")
def page_to_edit(editors_site: RunningSite) -> tuple[int, str]:
    """The number and the address of an ordinary page of the content."""
    number, address = editors_site.python(
        "import json; from pages.models import ContentPage; "
        "page = ContentPage.objects.visible().filter(slug='insertion').get(); "
        "print(json.dumps([page.pk, page.url]))"
    )
    return number, address


def text_of(site: RunningSite, address: str) -> str:
    return site.get(address, **{"Accept-Encoding": "identity"}).body.decode()


def test_the_phone_changed_once_is_changed_everywhere(desk: Desk) -> None:
    desk.open("/admin/settings/pages/organisationsettings/")
    desk.page.fill("#id_phone", "03 99 99 12 34")
    desk.page.get_by_role("button", name="Enregistrer").last.click()
    expect(desk.page.locator(".messages")).to_contain_text("enregistré")
    addresses = desk.site.python(
        "import json; from pages.querysets import all_pages; "
        "print(json.dumps([page.url for page in all_pages().visible()]))"
    )
    without = [a for a in addresses if "tel:+33399991234" not in text_of(desk.site, a)]
    assert len(addresses) > 20
    assert without == ["/espace-partenaires/"], "which leads strangers to the door"
    assert '"telephone": "+33399991234"' in text_of(desk.site, "/")


def test_edit_add_an_image_preview_and_publish(desk: Desk, page_to_edit) -> None:
    number, address = page_to_edit
    page = desk.page
    desk.open(f"/admin/pages/{number}/edit/")
    page.fill("#id_summary", "Un résumé tout neuf.")
    add_image(page)

    page.get_by_label("Afficher/masquer la prévisualisation").click()
    preview = page.frame_locator("iframe[title='Prévisualisation']").first
    # It really shows in its frame: frame-ancestors and X-Frame-Options allow the admin.
    expect(preview.locator("h1")).to_be_visible(timeout=20_000)
    expect(preview.get_by_text("Un résumé tout neuf.")).to_be_visible(timeout=20_000)
    expect(preview.get_by_alt_text("Deux personnes taillent une haie")).to_have_count(1)
    assert "Un résumé tout neuf." not in text_of(desk.site, address)

    page.get_by_label("Afficher/masquer la prévisualisation").click()
    page.get_by_role("button", name="Plus d’actions").last.click()
    page.get_by_role("button", name="Publier", exact=False).last.click()
    expect(page.locator(".messages")).to_contain_text("publiée")
    text = text_of(desk.site, address)
    assert "Un résumé tout neuf." in text
    assert 'alt="Deux personnes taillent une haie"' in text
    picture = re.search(r'<img src="(/media/images/[^"]+)"', text)
    assert picture
    assert desk.site.get(picture[1]).status == 200


def add_image(page: Page) -> None:
    """Add an image block at the end of the body, with a file from the editor's computer."""
    page.get_by_title("Insérer un élément").last.click()
    page.get_by_role("option", name="Image", exact=True).click()
    page.get_by_role("button", name="Choisir une image").last.click()
    modal = page.locator(".modal")
    modal.get_by_role("tab", name="Transférer").click()
    modal.locator("input[type=file]").set_input_files(
        {
            "name": "IMG_2034.jpg",
            "mimeType": "image/jpeg",
            "buffer": sample_files.image_bytes("JPEG"),
        }
    )
    modal.locator("[name$=title]").fill("Haie du parc")
    modal.locator("[name$=description]").fill("Deux personnes taillent une haie")
    modal.get_by_role("button", name="Transférer").last.click()
    expect(page.locator("[name$=image-alt_text]").last).to_have_value(
        "Deux personnes taillent une haie"
    )
    # « Décorative » until somebody describes it: the description is there, so it is not.
    decorative = page.locator("[name$=image-decorative]").last
    if decorative.is_checked():
        decorative.uncheck()


BAD_FILES = {
    "tronquee.jpg": (sample_files.truncated_jpeg, "incomplète ou abîmée"),
    "immense.png": (sample_files.bomb_png, "dimensions de cette image sont trop grandes"),
    "texte.jpg": (lambda: b"Ceci est un texte.\n", "n’est pas une image lisible"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gives_a_french_sentence_and_breaks_nothing(desk: Desk, name: str) -> None:
    make, sentence = BAD_FILES[name]
    count = "from pages.models import SiteImage; print(SiteImage.objects.count())"
    before = desk.site.python(count)
    page = desk.page
    desk.open("/admin/images/")
    page.get_by_role("link", name="Ajouter une image").first.click()
    page.wait_for_load_state("networkidle")
    page.set_input_files(
        "input[type=file]",
        {"name": name, "mimeType": "image/jpeg", "buffer": make()},
    )
    expect(page.get_by_text(sentence).first).to_be_visible(timeout=30_000)
    assert desk.site.python(count) == before
    for address in ("/admin/images/", "/admin/"):
        desk.open(address)
    assert desk.site.get("/").status == 200


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_speaks_french(desk: Desk, page_to_edit, screen: str) -> None:
    desk.open(SCREENS[screen].format(page=page_to_edit[0]))
    texts = desk.page.evaluate(
        """() => [document.title, document.body.innerText,
          ...[...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap(
            e => [e.getAttribute('aria-label'), e.title, e.placeholder])]
          .filter(Boolean)"""
    )
    found = {
        f"{match[0]}: …{text[max(0, match.start() - 30) : match.end() + 30]}…"
        for text in texts
        for match in ENGLISH.finditer(text)
        if match[0].lower() not in ALSO_FRENCH
    }
    assert not found, "\n".join(sorted(found))


def test_no_screen_meets_the_content_security_policy(desk: Desk, page_to_edit) -> None:
    """After all the screens above: nothing refused, no script error, nothing asked elsewhere."""
    for screen in SCREENS.values():
        desk.open(screen.format(page=page_to_edit[0]))
    assert not desk.elsewhere
    assert not desk.complaints, "\n".join(desk.complaints)
