"""The person of a partner, in a real browser: from the invitation to Back, which shows nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import RunningSite, StartSite

pytestmark = pytest.mark.browser

PASSWORD = "quatre moulins sans vent"
ADDRESS = "nora@ville.example"
# A report and a document are reserved to a partner, of which somebody is invited.
PREPARE = f"""
import email, json, re
from django.core.files.base import ContentFile
from wagtail.models import PageViewRestriction
from activities.models import ReportPage
from pages.models import OutgoingMail, SiteDocument
from partners.accounts.groups import folder_of, group_of
from partners.accounts.invitations import invite
from partners.models import Partner
partner = Partner.objects.order_by("name").first()
report = ReportPage.objects.visible().order_by("-year").first()
rule = PageViewRestriction.objects.create(page=report, restriction_type="groups")
rule.groups.set([group_of(partner)])
file = ContentFile(b"nom;montant\\n", name="convention.csv")
document = SiteDocument.objects.create(title="Bordereau", file=file, collection=folder_of(partner))
invite(partner, "{ADDRESS}", None)
mail = email.message_from_bytes(bytes(OutgoingMail.objects.get(recipient="{ADDRESS}").message))
text = mail.get_payload(decode=True).decode()
print(json.dumps({{
    "link": re.search(r"http://\\S+", text)[0], "report": report.url, "title": report.display_title,
    "document": document.url, "partner": str(partner),
}}))
"""
REVOKE = """
from partners.accounts.access import revoke
from partners.models import Member
revoke(Member.objects.get())
print(0)
"""
REGISTER = """
import json
from partners.models import Consultation
print(json.dumps(sorted(Consultation.objects.values_list("label", "action"))))
"""


@pytest.fixture(scope="module")
def partner_site(start_site: StartSite) -> RunningSite:
    return start_site("partner-space")


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="fr-FR", accept_downloads=True)
    yield context
    context.close()


def test_from_the_invitation_to_the_end_of_the_access(
    partner_site: RunningSite, window: BrowserContext, tmp_path: Path
) -> None:
    made = partner_site.python(PREPARE)
    report = f"{partner_site.url}{made['report']}"
    page = window.new_page()

    # The invitation, and a password.
    page.goto(made["link"])
    assert made["link"] not in page.url
    page.get_by_label("Prénom").fill("Nora")
    page.get_by_label("Nom", exact=True).fill("Petit")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Le même mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page).to_have_url(f"{partner_site.url}/espace-partenaires/")

    # What is reserved: read, and taken away.
    page.get_by_role("link", name=made["title"]).first.click()
    expect(page).to_have_url(report)
    expect(page.get_by_role("heading", level=1)).to_contain_text(made["title"])
    with page.expect_download() as figures:
        page.locator("a[download][href$='.csv']").click()
    figures.value.save_as(tmp_path / "figures.csv")
    assert (tmp_path / "figures.csv").stat().st_size > 100
    page.go_back()
    with page.expect_download() as document:
        page.get_by_role("link", name="Bordereau").click()
    document.value.save_as(tmp_path / "convention.csv")
    assert (tmp_path / "convention.csv").read_bytes() == b"nom;montant\n"
    assert sorted(map(tuple, partner_site.python(REGISTER))) == [
        ("Bordereau", "telecharge"),
        (made["title"], "ouvert"),
        (made["title"], "telecharge"),
    ]

    # Out: Back shows nothing of it, however far one goes.
    page.get_by_role("link", name=made["title"]).first.click()
    page.go_back()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(f"{partner_site.url}/")
    for _ in range(3):
        page.go_back()
        assert_nothing(page, made)

    # Revoked while reading: the next click is refused.
    page.goto(f"{partner_site.url}/espace-partenaires/")
    page.get_by_label("Adresse").first.fill(ADDRESS)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).to_have_url(f"{partner_site.url}/espace-partenaires/")
    partner_site.python(REVOKE)
    page.get_by_role("link", name=made["title"]).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    assert_nothing(page, made)
    page.go_back()
    assert_nothing(page, made)
    for address in (report, f"{report}indicateurs.csv", f"{partner_site.url}{made['document']}"):
        answer = window.request.get(address, max_redirects=0)
        assert answer.status == 302
        assert "no-store" in answer.headers["cache-control"]


def assert_nothing(page: Page, made: dict[str, str]) -> None:
    """The page that is shown says nothing of what is reserved."""
    page.wait_for_load_state()
    text = page.content()
    assert "Bordereau" not in text
    assert f"Pour {made['partner']}" not in text
    assert made["title"] not in page.title()
    assert page.locator("a[download]").count() == 0
