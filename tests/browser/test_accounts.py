"""The door in a real browser: first entrance, second factor, passkey, recovery code."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.one_time_codes import code_of

from .conftest import RunningSite, StartSite

pytestmark = pytest.mark.browser

ACCOUNT = "entree@example.org"
PASSWORD = "quatre chevaux verts dansent"
MAKE_ACCOUNT = f"""
from django.contrib.auth.models import Group
from pages.models import User
user = User.objects.create_user({ACCOUNT!r}, {PASSWORD!r}, first_name="Sacha")
user.groups.add(Group.objects.get(name="Administration"))
print(0)
"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# An authenticator in the telephone itself, which knows its owner.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Visitor:
    """A browser, and what it complained of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    is_heard: bool = True

    def open(self, address: str) -> None:
        self.page.goto(f"{self.url}{address}")
        self.check()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state("networkidle")

    def check(self) -> None:
        """The screen is sound, on a desk and in a hand."""
        for width in (360, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert self.page.evaluate(wide) <= 0, self.page.url
        self.is_heard = False  # axe may complain in the console, the site may not
        results = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        found = [violation["id"] for violation in results.response["violations"]]
        assert not found, (self.page.url, found)
        self.page.wait_for_timeout(100)
        self.is_heard = True


@pytest.fixture(scope="module")
def door_site(start_site: StartSite) -> RunningSite:
    site = start_site("door")
    site.python(MAKE_ACCOUNT)
    return site


@pytest.fixture
def visitor(door_site: RunningSite, chromium: Browser) -> Iterator[Visitor]:
    context = chromium.new_context(locale="fr-FR", accept_downloads=True)
    # Passkeys want a name: localhost is the same machine.
    visitor = Visitor(context.new_page(), door_site.url.replace("127.0.0.1", "localhost"))
    visitor.page.on("console", lambda message: note(visitor, message))
    yield visitor
    context.close()
    assert not visitor.complaints


def note(visitor: Visitor, message: Any) -> None:
    is_fault = message.type in ("error", "warning") and "status of 4" not in message.text
    if visitor.is_heard and is_fault:
        visitor.complaints.append(f"{visitor.page.url}: {message.text}")


def plug_device(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_a_first_entrance_then_a_passkey(visitor: Visitor) -> None:
    page = visitor.page
    plug_device(page)
    visitor.open("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    page.get_by_label("Adresse e-mail").fill(ACCOUNT)
    page.get_by_role("textbox", name="Mot de passe").fill("ce n’est pas lui")
    visitor.press("Se connecter")
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    visitor.check()
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("textbox", name="Mot de passe").press("Enter")

    # The second factor, before anything of the admin.
    expect(page).to_have_url(re.compile("/double-authentification/activer/$"))
    visitor.check()
    secret = page.locator("[data-secret]").get_attribute("data-secret")
    page.get_by_label("Code", exact=True).fill("000000")
    visitor.press("Activer")
    visitor.check()
    page.get_by_role("link", name="Code", exact=True).click()
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    visitor.press("Activer")
    visitor.check()
    codes = page.locator(".account__codes code").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer dans un fichier").click()
    assert codes[9] in download.value.path().read_text()
    page.get_by_role("link", name="C’est fait, continuer").click()
    expect(page).to_have_url(f"{visitor.url}/admin/")
    visitor.complaints.clear()  # the admin's own are another test's business

    # A passkey, and out, and in again with it alone.
    for address in ("", "double-authentification/", "mot-de-passe/", "cles-d-acces/"):
        visitor.open(f"/compte/{address}")
    visitor.open("/compte/cles-d-acces/ajouter/")
    page.get_by_label("Nom de cette clé").fill("Téléphone de Sacha")
    visitor.press("Enregistrer une clé")
    expect(page.get_by_role("status")).to_contain_text("La clé d’accès est enregistrée")
    visitor.open("/compte/cles-d-acces/")
    expect(page.get_by_role("heading", name="Téléphone de Sacha")).to_be_visible()
    visitor.open("/compte/")
    visitor.press("Se déconnecter")
    page.go_back()
    expect(page).to_have_url(re.compile("/compte/connexion/"))
    visitor.press("Utiliser une clé d’accès")
    page.wait_for_url("**/compte/")

    # In again with a password, then a recovery code in place of the telephone.
    visitor.press("Se déconnecter")
    visitor.open("/compte/connexion/?next=/admin/pages/")
    page.get_by_label("Adresse e-mail").fill(ACCOUNT)
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    visitor.press("Se connecter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre code")
    visitor.check()
    page.get_by_label("Code", exact=True).fill(codes[0].lower().replace("-", " "))
    visitor.press("Se connecter")
    page.wait_for_url("**/admin/pages/**")
    visitor.complaints.clear()


def test_a_device_that_refuses_leaves_the_other_ways(visitor: Visitor) -> None:
    visitor.open("/compte/connexion/")
    failed = visitor.page.get_by_text("La clé n’a pas pu être lue")
    expect(failed).to_be_hidden()
    refusal = "navigator.credentials.get = () => Promise.reject(new Error('non')); 0"
    visitor.page.evaluate(refusal)
    visitor.press("Utiliser une clé d’accès")
    expect(failed).to_be_visible()
    visitor.check()


@pytest.mark.parametrize("script", [True, False])
def test_the_door_without_scripts(door_site: RunningSite, chromium: Browser, script: bool) -> None:
    """Without scripts no passkey is offered, and everything else works."""
    context = chromium.new_context(locale="fr-FR", java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{door_site.url}/compte/connexion/")
    assert page.get_by_role("heading", name="Sans mot de passe").is_visible() == script
    page.get_by_role("link", name="Mot de passe oublié").click()
    page.get_by_label("Adresse e-mail").fill(f"inconnu{time.time()}@example.org")
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez vos e-mails")
    context.close()
