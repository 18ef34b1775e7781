"""A request, from the home page to its reference: at 360 px, by keyboard alone."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from contact.reasons import Reason

from .conftest import RunningSite, StartSite
from .test_pages import AXE_TAGS, checker

pytestmark = pytest.mark.browser

# What somebody types, field after field; the fields that a reason does not ask for are left out.
TYPED = {
    "client_kind": "Un bailleur",
    "organisation": "Bailleur d’essai",
    "commune": "Carvin",
    "message": "Tailler la haie devant l’immeuble.",
    "name": "Camille Martin",
    "phone": "06 12 34 56 78",
}
MOST_TABS = 120
# Nobody fills in a form in three seconds; a test would.
TOO_QUICK = 3_100


@pytest.fixture(scope="module")
def contact_site(start_site: StartSite) -> RunningSite:
    """A site on which people write, and whose phone is known."""
    site = start_site("contact")
    site.python(
        "from pages.models import OrganisationSettings\n"
        "settings = OrganisationSettings.load()\n"
        "settings.phone = '03 21 00 00 00'\n"
        "settings.save()\n"
        "print(0)"
    )
    return site


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(
    request: pytest.FixtureRequest, chromium: Browser, contact_site: RunningSite
) -> Iterator[Page]:
    """A small telephone, from which nothing was sent yet: an eleventh message is set aside."""
    contact_site.python(
        "from django.core.cache import caches\ncaches['throttles'].clear()\nprint(0)"
    )
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="fr-FR", java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{MOST_TABS} tabs do not lead to {selector}")


def fill_in(page: Page, **others: str) -> None:
    for name, text in (TYPED | others).items():
        control = page.locator(f"[name={name}]")
        if not control.count():
            continue
        tab_to(page, f"[name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            page.keyboard.type(text)
        else:
            page.keyboard.press("Control+a")
            page.keyboard.type(text)


def send(page: Page) -> None:
    tab_to(page, "form button.asking__send")
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def from_home_to_reference(page: Page, site: RunningSite, reason: Reason, message: str) -> str:
    """Ask for something, as the menu of a phone and the doors lead to it; the reference."""
    page.goto(f"{site.url}/")
    tab_to(page, "button[popovertarget]")
    page.keyboard.press("Enter")
    tab_to(page, 'nav a[href="/contact/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/")
    tab_to(page, f'a[href="?motif={reason}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/contact/?motif={reason}")
    expect(page.get_by_role("main").get_by_role("link", name="03 21 00 00 00")).to_be_visible()
    fill_in(page, message=message)
    page.wait_for_timeout(TOO_QUICK)
    send(page)
    page.wait_for_url("**/contact/merci/?demande=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre message est arrivé")
    expect(page.get_by_role("status")).to_contain_text("C’est le numéro de votre demande")
    reference = page.locator(".receipt").inner_text()
    # Reloading is no second request.
    page.reload()
    expect(page.locator(".receipt")).to_have_text(reference)
    return reference


def test_each_reason_from_the_home_page_to_the_reference(
    phone: Page, contact_site: RunningSite, request: pytest.FixtureRequest
) -> None:
    given = {}
    for reason in Reason:
        message = f"Une demande, {reason.label}, {request.node.callspec.id}."
        given[from_home_to_reference(phone, contact_site, reason, message)] = reason.value
    kept = contact_site.python(
        "import json\n"
        "from contact.models import ContactRequest\n"
        "print(json.dumps({r.reference: [r.reason, r.state, r.phone_digits, r.suspicions]\n"
        "                  for r in ContactRequest.objects.order_by('-pk')[:7]}))"
    )
    assert kept == {
        reference: [reason, "nouvelle", "33612345678", ""] for reference, reason in given.items()
    }


def test_an_error_in_the_middle_keeps_the_photos_and_is_announced(
    phone: Page, contact_site: RunningSite, tmp_path: Path
) -> None:
    photos = [tmp_path / f"{colour}.jpg" for colour in ("red", "green")]
    for photo in photos:
        Image.new("RGB", (400, 300), photo.stem).save(photo)
    phone.goto(f"{contact_site.url}/contact/?motif=devis")
    message = "Une haie, deux photos."
    fill_in(phone, phone="06 12", message=message)
    phone.locator("[name=files]").set_input_files(photos)
    send(phone)
    # The tab and the alert say it first; the reader is at the alert, and it leads to the field.
    alert = phone.get_by_role("alert")
    expect(alert).to_be_focused(timeout=30_000)
    expect(phone).to_have_title(re.compile(r"^Erreur\s: "))
    expect(alert).to_contain_text("Un point à corriger")
    expect(phone.locator("[name=phone]")).to_have_accessible_description(
        "Erreur : Ce numéro n’est pas complet. Il a dix chiffres, comme « 06 12 34 56 78 »."
    )
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(phone.locator("[name=phone]")).to_be_focused()
    # All is there.
    expect(phone.locator("[name=message]")).to_have_value(message)
    expect(phone.locator("[name=client_kind]")).to_have_value("bailleur")
    for photo in photos:
        expect(phone.get_by_text(photo.name, exact=False).first).to_be_visible()
    phone.keyboard.press("Control+a")
    phone.keyboard.type(TYPED["phone"])
    # One of the photos is taken out, by keyboard.
    phone.get_by_role("checkbox", name="Retirer green.jpg").press("Space")
    phone.wait_for_timeout(TOO_QUICK)
    send(phone)
    phone.wait_for_url("**/contact/merci/?demande=*")
    kept = contact_site.python(
        "import json\n"
        "from contact.models import ContactRequest\n"
        "one = ContactRequest.objects.latest('pk')\n"
        "print(json.dumps([file.name for file in one.files.all()]))"
    )
    assert kept == ["red.jpg"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_and_the_checker_find_nothing_in_a_form_that_comes_back(
    chromium: Browser, contact_site: RunningSite, tmp_path: Path, scheme: str, width: int
) -> None:
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (400, 300), "red").save(photo)
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="fr-FR", color_scheme=scheme
    )
    page = context.new_page()
    page.goto(f"{contact_site.url}/contact/?motif=devis")
    page.locator("[name=files]").set_input_files(photo)
    with page.expect_response("**/contact/?motif=devis") as answered:
        page.get_by_role("button", name="Envoyer").click()
    html = tmp_path / "form.html"
    html.write_bytes(answered.value.body())
    page.wait_for_load_state()
    expect(page.get_by_role("checkbox", name="Retirer photo.jpg")).to_be_visible()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    faults = found.response["violations"]
    assert not [(v["id"], [n["html"][:150] for n in v["nodes"][:3]]) for v in faults]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    assert page.evaluate("document.querySelectorAll('*').length") <= 300
    context.close()
    done = subprocess.run([*checker(), str(html)], capture_output=True, text=True, check=False)
    assert not done.stderr
