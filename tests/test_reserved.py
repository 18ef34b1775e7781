"""Reserved content, whoever asks and however: pages, their files, documents, pictures.

Two partners, each with a person; what is reserved to the first bears a word that nothing else
holds. What the second, a stranger and the team get never holds it; nobody keeps what the first
gets.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from pages.models import SiteDocument, SiteImage
from partners.accounts.groups import common_folder, folder_of, group_of, partners_group
from partners.models import Member, Partner

from . import factories
from . import sample_files as files
from .conftest import signed_in

pytestmark = pytest.mark.django_db

CANARY = "zibeline"


@pytest.fixture
def ours(home) -> Member:
    """The person of the partner to which things are reserved."""
    return factories.MemberFactory(partner=factories.PartnerFactory(name="Ville d’essai"))


@pytest.fixture
def theirs(home) -> Member:
    """The person of another partner."""
    return factories.MemberFactory(partner=factories.PartnerFactory(name="Bailleur d’essai"))


@pytest.fixture
def report(ours):
    """A report with figures, reserved to the partner."""
    made = factories.ReportPageFactory(
        year=2019,
        title=f"Rapport {CANARY}",
        summary=f"Un résumé {CANARY}.",
        body=factories.body(factories.section(CANARY, factories.paragraph(CANARY))),
        show_in_menus=True,
    )
    factories.ValueFactory(
        year=2019, number=7654, indicator=factories.IndicatorFactory(code="jardins", label=CANARY)
    )
    return factories.reserve_to(made, group_of(ours.partner))


@pytest.fixture
def document(ours) -> SiteDocument:
    """A document of the partner's folder."""
    return SiteDocument.objects.create(
        title=f"Convention {CANARY}",
        file=ContentFile(files.PDF, name=f"{CANARY}.pdf"),
        collection=folder_of(ours.partner),
    )


ADDRESSES = [
    "",
    "indicateurs.csv",
    "indicateurs.xlsx",
    "indicateurs.json",
    "diaporama/",
    "rapport-activite-2019.pdf",
]


def assert_unkept(answer) -> None:
    """Nobody may keep or list the answer."""
    kept = answer["Cache-Control"]
    assert "private" in kept, kept
    assert "no-store" in kept, kept
    assert "public" not in kept
    assert answer["X-Robots-Tag"] == "noindex"
    assert "ETag" not in answer or answer.status_code in (200, 206, 304)


HEADERS: list[dict[str, str]] = [{}, {"range": "bytes=0-3"}, {"if-none-match": "*"}]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_reserved_report_and_its_files(report, ours, theirs, method) -> None:
    browsers = {"stranger": Client(), "other": signed_in(theirs.user), "mine": signed_in(ours.user)}
    for address in ADDRESSES:
        for header in HEADERS:
            got = {
                name: getattr(browser, method)(f"{report.url}{address}", headers=header)
                for name, browser in browsers.items()
            }
            assert got["stranger"].status_code == 302
            assert got["stranger"]["Location"].startswith(reverse("account_login"))
            assert got["other"].status_code == 403
            # The PDF waits for its chore.
            assert got["mine"].status_code in (200, 206, 304, 503), address
            for name, answer in got.items():
                assert_unkept(answer)
                if name != "mine":
                    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_reserved_document(document, ours, theirs, method) -> None:
    browsers = {"stranger": Client(), "other": signed_in(theirs.user), "mine": signed_in(ours.user)}
    for header in [*HEADERS, {"if-none-match": f'"{document.file_hash}"'}]:
        got = {
            name: getattr(browser, method)(document.url, headers=header)
            for name, browser in browsers.items()
        }
        expected = 304 if "if-none-match" in header else 206 if header else 200
        assert [answer.status_code for answer in got.values()] == [302, 403, expected], header
        for answer in got.values():
            assert_unkept(answer)
        assert files.PDF not in got["other"].content
        wrong = document.url.replace(CANARY, "autre")
        for browser in browsers.values():
            assert getattr(browser, method)(wrong, headers=header).status_code == 404


def test_what_is_stored_has_no_address(document, ours) -> None:
    for browser in (Client(), signed_in(ours.user)):
        for path in (f"/media/{document.file.name}", "/media/original_images/", "/media/rapports/"):
            assert browser.get(path).status_code == 404


def test_the_403_page_says_nothing_of_the_page(report, theirs, publisher) -> None:
    answer = signed_in(theirs.user).get(report.url).content.decode()
    assert "Cette page est réservée" in answer
    assert "votre compte ne l’ouvre pas" in answer
    team = signed_in(publisher).get(report.url)
    assert team.status_code == 403
    assert "relisez-la depuis l’administration" in team.content.decode()
    assert CANARY not in team.content.decode()


def test_the_rest_of_the_site_does_not_name_it(report, document, ours, theirs) -> None:
    factories.SiteMapPageFactory()
    factories.ReportPageFactory(year=2018)
    addresses = [
        *("/", "/rapports/", "/rapports/indicateurs/", "/rapports/indicateurs/jardins/"),
        *("/rapports/indicateurs/jardins.csv", "/plan-du-site/", "/sitemap.xml"),
        *(f"/recherche/?q={CANARY[:-1]}", "/recherche/?q=rapport", "/rapports/2020/"),
    ]
    for browser in (Client(), signed_in(theirs.user)):
        for address in addresses:
            assert CANARY not in browser.get(address).content.decode().casefold(), address
    # Search is that of the public, even for those who may read more.
    found = signed_in(ours.user).get("/recherche/?q=rapport").content.decode()
    assert f"Rapport {CANARY}" not in found


def test_a_picture_of_a_reserved_folder_is_for_its_readers(ours, theirs, writer) -> None:
    image = SiteImage.objects.create(
        title="Plan",
        file=ContentFile(files.image_bytes("JPEG"), name="plan.jpg"),
        collection=folder_of(ours.partner),
    )
    url = image.get_rendition("width-100|format-webp").url
    assert Client().get(url).status_code == 404
    assert signed_in(theirs.user).get(url).status_code == 404
    for browser in (signed_in(ours.user), signed_in(writer)):
        answer = browser.get(url)
        assert answer.status_code == 200
        assert_unkept(answer)


def test_a_folder_that_becomes_reserved_is_so_at_the_next_request(ours, theirs) -> None:
    folder = Collection.get_first_root_node().add_child(name="Comptes")
    public = SiteDocument.objects.create(
        title="Comptes", file=ContentFile(files.PDF, name="comptes.pdf"), collection=folder
    )
    answer = Client().get(public.url)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache")
    rule = CollectionViewRestriction.objects.create(
        collection=folder, restriction_type=CollectionViewRestriction.GROUPS
    )
    rule.groups.add(group_of(ours.partner))
    again = Client().get(public.url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 302
    assert signed_in(theirs.user).get(public.url).status_code == 403
    browser = signed_in(ours.user)
    assert browser.get(public.url).status_code == 200
    rule.groups.set([partners_group()])
    assert signed_in(theirs.user).get(public.url).status_code == 200
    ours.user.groups.clear()
    assert browser.get(public.url).status_code == 403


def test_a_page_reserved_to_all_partners_opens_to_each(home, ours, theirs, publisher) -> None:
    page = factories.reserve_to(factories.ContentPageFactory(title="Comité"), partners_group())
    assert signed_in(ours.user).get(page.url).status_code == 200
    assert signed_in(theirs.user).get(page.url).status_code == 200
    assert signed_in(publisher).get(page.url).status_code == 403
    assert Client().get(page.url).status_code == 302


# --- Groups and folders, made by code ------------------------------------------------------


def test_a_partner_has_a_group_that_bears_its_name(home) -> None:
    partner = factories.PartnerFactory(name="Région d’essai")
    group = partner.access.group
    assert group.name == "Partenaire – Région d’essai"
    folder = folder_of(partner)
    assert folder == folder_of(partner)
    partner.name = "Conseil régional d’essai"
    partner.save()
    group.refresh_from_db()
    folder.refresh_from_db()
    assert group.name == folder.name == "Partenaire – Conseil régional d’essai"
    assert not group.permissions.exists()


def test_two_names_that_are_alike_make_two_groups(home) -> None:
    Group.objects.create(name="Partenaire – Région d’essai")
    partner = factories.PartnerFactory(name="Région d’essai")
    assert partner.access.group.name == f"Partenaire – Région d’essai ({partner.pk})"


def test_a_partner_that_is_deleted_leaves_what_was_reserved_to_nobody(home) -> None:
    partner = factories.PartnerFactory()
    page = factories.reserve_to(factories.ContentPageFactory(), group_of(partner))
    partner.delete()
    assert not Group.objects.filter(name__startswith="Partenaire –").exists()
    assert PageViewRestriction.objects.filter(page=page).exists()
    someone = factories.MemberFactory()
    assert signed_in(someone.user).get(page.url).status_code == 403


def test_the_folders_are_read_by_their_partner_and_the_team(ours, theirs, writer) -> None:
    for folder, read_by in (
        (folder_of(ours.partner), {"ours", "team"}),
        (common_folder(), {"ours", "theirs", "team"}),
    ):
        document = SiteDocument.objects.create(
            title="Note", file=ContentFile(files.PDF, name="note.pdf"), collection=folder
        )
        browsers = {
            "ours": signed_in(ours.user),
            "theirs": signed_in(theirs.user),
            "team": signed_in(writer),
            "stranger": Client(),
        }
        opened = {who for who, it in browsers.items() if it.get(document.url).status_code == 200}
        assert opened == read_by


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is done here is refused with these words, and undone."""
    with pytest.raises(ValidationError, match=words), transaction.atomic():
        yield


def test_a_group_of_partners_gives_no_right(ours) -> None:
    access = Permission.objects.get(codename="access_admin")
    for group in (group_of(ours.partner), partners_group()):
        with refused("aucun droit"):
            group.permissions.add(access)
        with refused("aucun droit"):
            access.group_set.add(group)


def test_nobody_is_of_a_partner_and_of_the_team(ours, writer) -> None:
    with refused("compte de partenaire"):
        ours.user.groups.add(Group.objects.get(name="Rédaction"))
    with refused("compte de partenaire"):
        Group.objects.get(name="Rédaction").user_set.add(ours.user)
    ours.user.is_superuser = True
    with refused("compte de partenaire"):
        ours.user.save()
    with refused("personne de l’équipe"):
        Member.objects.create(user=writer, partner=ours.partner)


def test_no_screen_of_the_admin_opens_to_a_partner(ours, home) -> None:
    browser = signed_in(ours.user)
    for address in (
        "/admin/",
        "/admin/pages/",
        "/admin/login/",
        "/admin/documents/",
        "/admin/abc/",
    ):
        answer = browser.get(address)
        assert answer.status_code == 403, address
    # Not even with the right, however it came.
    group = Group.objects.get(name="Rédaction")
    through = type(ours.user).groups.through
    through.objects.create(user=ours.user, group=group)
    assert browser.get("/admin/").status_code == 403


def test_the_team_does_not_edit_an_account_of_a_partner_as_its_own(ours, administrator) -> None:
    browser = signed_in(administrator)
    answer = browser.get(reverse("wagtailusers_users:edit", args=[ours.user.pk]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("partner_people")


# --- The end of an access ------------------------------------------------------------------


def test_revoked_while_reading(report, document, ours) -> None:
    from partners.accounts.access import revoke

    browser = signed_in(ours.user)
    assert browser.get(report.url).status_code == 200
    revoke(Member.objects.get(pk=ours.pk))
    for address in (report.url, document.url, f"{report.url}indicateurs.csv"):
        answer = browser.get(address)
        assert answer.status_code == 302
        assert_unkept(answer)
    assert not ours.user.groups.exists()
    # A session kept somewhere does not live again with the account.
    ours.user.refresh_from_db()
    ours.user.is_active = True
    ours.user.save()
    assert browser.get(report.url).status_code == 302


@pytest.mark.parametrize("way", ["own", "agreement", "partner"])
def test_an_access_ends_with_its_day(report, ours, way, time_machine_at) -> None:
    last = date(2031, 5, 31)
    if way == "own":
        Member.objects.filter(pk=ours.pk).update(ends_on=last)
    elif way == "agreement":
        factories.SupportFactory(partner=ours.partner, starts_on=date(2030, 1, 1), ends_on=last)
    else:
        Partner.objects.filter(pk=ours.partner_id).update(ended_on=last)
    with time_machine_at(2031, 5, 31, 23, 59):
        browser = signed_in(ours.user)
        assert browser.get(report.url).status_code == 200
    with time_machine_at(2031, 6, 1, 0, 1):
        answer = browser.get(report.url)
        assert answer.status_code == 403
        assert "Votre accès est terminé" in answer.content.decode()
        assert "31 mai 2031" in answer.content.decode()
        assert_unkept(answer)
        # The session is over: the next request is that of a stranger.
        assert browser.get(report.url).status_code == 302


@pytest.fixture
def time_machine_at():
    """A clock of the association that shows this moment."""
    return lambda *moment: time_machine.travel(factories.paris(*moment), tick=False)
