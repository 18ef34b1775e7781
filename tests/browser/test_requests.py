"""The reception, in a real browser: told by a mail, it takes a request up, answers and closes it.

The site, its worker and the mail server are real; the person of the reception uses a phone’s
width and a keyboard only.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.mail_server import MailServer, Received

from .conftest import OPEN_SESSION, RunningSite, StartSite, enter_admin

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
PLAIN = {"Accept-Encoding": "identity"}


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
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
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


# --- At the same moment -------------------------------------------------------------------

ASK = """
import json
from contact.models import ContactRequest
asked = [
    ContactRequest.objects.create(
        year=2026, number=9000 + n, fingerprint=f"same-{n}", reason="autre", notice="La mention",
        name="Dominique", email="dominique@bailleur.example", message="Bonjour"
    ).pk
    for n in range(2)
]
print(json.dumps(asked))
"""
OUTCOME = """
import json
from contact.models import RequestEvent
from pages.models import OutgoingMail
events = RequestEvent.objects.filter(request={pk})
about = "request:{pk}"
print(json.dumps([
    events.filter(kind="reponse").count(), events.filter(kind="attribution").count(),
    OutgoingMail.objects.filter(about=about, purpose="reponse").count(),
]))
"""
OTHERS = """
import json
from django.contrib.auth.models import Group
from pages.models import User
user = User.objects.create_user("paul@regie.example", "x" * 20, first_name="Paul")
user.groups.add(Group.objects.get(name="Accueil"))
print(json.dumps(dict(User.objects.values_list("first_name", "pk"))))
"""


@dataclass
class Desk:
    """Somebody of the reception who clicks without a browser, as fast as one likes."""

    site: RunningSite
    email: str
    cookies: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def look(self, pk: int) -> None:
        """Open a request, and keep what its forms say."""
        session = f"sessionid={self.site.python(OPEN_SESSION.format(email=self.email))}"
        page = self.site.get(f"/admin/demandes/{pk}/", Cookie=session, **PLAIN)
        assert page.status == 200
        found = re.findall(r'name="(csrfmiddlewaretoken|vu|cle)" value="([^"]*)"', str(page.body))
        self.fields = dict(found)
        token = re.search(r"csrftoken=[^;]+", str(page.headers))
        assert token
        self.cookies = f"{session}; {token[0]}"

    def send(self, address: str, **more: str) -> int:
        """Press a button of the request that one looks at: the status of the answer."""
        place = urlsplit(self.site.url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request(
            "POST",
            f"/admin/demandes/{address}",
            urlencode({**self.fields, **more}),
            {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"},
        )
        return connection.getresponse().status


def test_clicks_at_the_same_moment_do_a_thing_once(desk_site: RunningSite) -> None:
    asked, other = desk_site.python(ASK)
    people = desk_site.python(OTHERS)
    nadia, paul = Desk(desk_site, "nadia@regie.example"), Desk(desk_site, "paul@regie.example")
    nadia.look(asked)
    with ThreadPoolExecutor(6) as clicks:
        done = clicks.map(lambda _: nadia.send(f"{asked}/reponse/", texte="Oui."), range(6))
        assert set(done) == {302}
    assert desk_site.python(OUTCOME.format(pk=asked)) == [1, 0, 1]

    for person in (nadia, paul):
        person.look(other)
    takers = [(nadia, people["Nadia"]), (paul, people["Paul"])] * 2
    with ThreadPoolExecutor(4) as clicks:
        done = clicks.map(lambda one: one[0].send(f"{other}/suivi/", a=str(one[1])), takers)
        assert set(done) == {302}
    assert desk_site.python(OUTCOME.format(pk=other)) == [0, 1, 0]
