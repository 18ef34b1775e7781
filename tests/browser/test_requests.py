"""The reception, in a real browser: told by a mail, it takes a request up, answers and closes it.

The site, its worker and the mail server are real; the person of the reception uses a phone’s
width and a keyboard only.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.mail_server import MailServer, Received

from .conftest import RunningSite, StartSite, enter_admin

pytestmark = pytest.mark.browser

DESK = "accueil@regie.example"
VISITOR = "dominique@bailleur.example"
PREPARE = f"""
import json
from django.contrib.auth.models import Group
from contact.models import ReasonSettings, Recipient
from pages.models import User
user = User.objects.create_user("nadia@regie.example", "x" * 20, first_name="Nadia")
user.groups.add(Group.objects.get(name="Accueil"))
Recipient.objects.create(reason=ReasonSettings.objects.get(code="autre"), email="{DESK}")
print(json.dumps(0))
"""
SECONDS = 90


@pytest.fixture(scope="module")
def post_office() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


@pytest.fixture(scope="module")
def desk_site(start_site: StartSite, post_office: MailServer) -> RunningSite:
    """A site whose worker takes its mails to the server of this test."""
    site = start_site("reception")
    site.python(PREPARE)
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}"}
    return replace(site, environment=site.environment | mail)


def delivered(site: RunningSite, office: MailServer, to: str, count: int = 1) -> list[Received]:
    """The mails of somebody, once the worker has done its turns."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        site.manage("chores")
        found = [mail for mail in office.received if to in mail.recipients]
        if len(found) >= count:
            return found
        time.sleep(1)
    pytest.fail(f"{len(office.received)} mails arrived, not those of {to}")


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    yield context
    context.close()


def press(page: Page, name: str) -> None:
    """Reach a button with the keyboard, from where one is, and press it."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(80):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not reach « {name} »")


def check(page: Page) -> None:
    """Nothing sticks out at 360 px, and axe finds nothing in what is ours."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    results = Axe().run(page, context="#main")
    assert results.violations_count == 0, results.generate_report()


def test_from_the_message_of_a_visitor_to_the_request_that_is_closed(
    desk_site: RunningSite, post_office: MailServer, phone: BrowserContext, chromium: Browser
) -> None:
    visitor = chromium.new_context(locale="fr-FR").new_page()
    visitor.goto(f"{desk_site.url}/contact/?motif=autre")
    visitor.locator("[name=message]").fill("Bonjour,\n\nVenez-vous à Carvin le lundi ?")
    visitor.locator("[name=name]").fill("Dominique Martin")
    visitor.locator("[name=email]").fill(VISITOR)
    time.sleep(4)  # nobody writes in less (the time trap)
    visitor.locator("main form button[type=submit]").last.click()
    expect(visitor).to_have_url(re.compile("/contact/merci/"))
    (reference,) = set(re.findall(r"R-\d{4}-\d{4}", visitor.locator("main").inner_text()))

    # The reception is told, by a mail that leads to the request.
    (told,) = delivered(desk_site, post_office, DESK)
    (thanks,) = delivered(desk_site, post_office, VISITOR)
    assert reference in told.parsed["Subject"]
    assert told.parsed["Reply-To"] == VISITOR
    body = told.parsed.get_body(("plain",)).get_content()
    (link,) = re.findall(rf"{re.escape(desk_site.url)}/admin/demandes/\d+/", body)

    # One is unread; it reads like a letter.
    page = phone.new_page()
    enter_admin(desk_site, page, "nadia@regie.example")
    expect(page.get_by_role("link", name="1 demande non lue")).to_be_visible()
    check(page)
    page.get_by_role("link", name="1 demande non lue").press("Enter")
    expect(page.get_by_role("link", name="Non lue : Dominique Martin")).to_be_visible()
    check(page)
    page.goto(link)
    expect(page.get_by_role("heading", name="Dominique Martin")).to_be_visible()
    expect(page.get_by_text("Venez-vous à Carvin le lundi ?")).to_be_visible()
    check(page)

    # Taken up, answered, closed: each of them one press of a key.
    press(page, "Je m’en occupe")
    expect(page.get_by_role("status").first).to_contain_text("Vous suivez cette demande.")
    reply = page.get_by_label(f"Votre réponse à {VISITOR}")
    expect(reply).to_have_value(re.compile("^Bonjour Dominique Martin,"))
    reply.fill("Bonjour,\n\nOui, chaque lundi matin.\n\nNadia")
    press(page, "Envoyer la réponse")
    expect(page.get_by_role("status").first).to_contain_text("La réponse part")
    expect(page.get_by_text("En attente d’envoi")).to_be_visible()
    check(page)
    press(page, "Clore la demande")
    expect(page.get_by_role("status").first).to_contain_text("La demande est close.")

    # The reply arrives in the thread of the thanks.
    reply_mail = delivered(desk_site, post_office, VISITOR, 2)[1].parsed
    first = thanks.parsed["Message-ID"].strip()
    assert reply_mail["In-Reply-To"].strip() == first
    assert reply_mail["References"].split() == [first]
    assert reply_mail["Subject"] == f"Re: {thanks.parsed['Subject']}"
    assert reply_mail["Reply-To"] == DESK
    assert "Oui, chaque lundi matin." in reply_mail.get_body(("plain",)).get_content()
    page.reload()
    expect(page.get_by_text("Partie le")).to_be_visible()
    page.goto(f"{desk_site.url}/admin/demandes/")
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
    visitor.context.close()
