"""The PDF of a report: it says what the page says, to who may read it, or is not given at all."""

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import page as validation
import pikepdf
import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from activities import outline_views
from activities.figures.recording import Entry, record, record_many
from activities.figures.small_numbers import WHY
from activities.models import Chapter, Indicator, ReportPage, ReportPdf, Status, Value
from activities.pdf import chore, render, version
from activities.pdf.document import MOST_PAGES, document_of
from impulsion_site.content.blocks import cite
from pages.chores import run_due
from pages.templatetags.site_tags import file_weight
from partners.accounts.groups import folder_of, group_of

from . import factories
from .conftest import signed_in

pytestmark = pytest.mark.django_db
YEAR = 2020
CANARY = "Canari"


@pytest.fixture
def report(site: Any) -> ReportPage:
    report = factories.ReportPageFactory(year=YEAR)
    indicator = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    factories.IndicatorDefinitionFactory(indicator=indicator, definition="Qui a signé.")
    record(indicator, YEAR, 1234, status=Status.APPROVED)
    body = [{"type": "paragraph", "value": f"<p>En tout, {cite('entrees', YEAR)}.</p>"}]
    factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.FOREWORD, slug="mot", body=json.dumps(body)
    )
    return report


def address(report: ReportPage, name: str = "rapport-activite") -> str:
    return f"{report.get_url()}{name}-{YEAR}.pdf"


def text_of(content: bytes) -> str:
    """The text of a PDF, every space a plain one."""
    command = ["pdftotext", "-", "-"]
    answer = subprocess.run(command, input=content, capture_output=True, check=True)
    return re.sub(r"\s+", " ", answer.stdout.decode())


def given(report: ReportPage, name: str = "rapport-activite", client: Any = None) -> bytes:
    chore.make_pdfs()
    answer = (client or Client()).get(address(report, name))
    assert answer.status_code == 200
    return answer.content


def test_both_are_accessible_and_hold_what_the_page_says(report) -> None:
    for name in ("rapport-activite", "resume"):
        content = given(report, name)
        result = validation.validate_pdf_bytes(
            content, profile=validation.ValidationProfile.PDF_UA_1
        )
        assert result.is_compliant, list(result.failures)
        pdf = pikepdf.open(io.BytesIO(content))
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        assert str(YEAR) in str(pdf.docinfo.Title)
        assert "/OpenAction" not in pdf.Root
        assert len(content) < 5_000_000
        assert "1 234" in text_of(content)
        with pdf.open_outline() as outline:
            assert outline.root
        if name == "resume":
            assert len(pdf.pages) <= 4
    html = Client().get(report.get_url()).content.decode()
    assert f'href="{address(report)}"' in html


def test_a_correction_makes_another_and_the_old_one_is_not_given(report) -> None:
    old = Client().get(address(report))
    assert old.status_code == 503
    assert old["Retry-After"]
    etag = None
    given(report)
    etag = Client().get(address(report))["ETag"]
    replaced = set(ReportPdf.objects.values_list("file", flat=True))
    entries = Indicator.objects.get(code="entrees")
    record(entries, YEAR, 1237, status=Status.APPROVED, reason="Une erreur.")
    assert Client().get(address(report)).status_code == 503
    assert address(report) not in Client().get(report.get_url()).content.decode()
    text = text_of(given(report))
    assert "1 237" in text
    assert "et non 1 234" in text
    assert Client().get(address(report))["ETag"] != etag
    # What was replaced is not kept.
    names = set(ReportPdf.objects.values_list("file", flat=True))
    assert all(default_storage.exists(name) for name in names)
    assert replaced
    assert not any(default_storage.exists(name) for name in replaced - names)
    assert not replaced & names


def test_what_is_reserved_is_in_no_public_file(report) -> None:
    body = [{"type": "paragraph", "value": f"<p>{CANARY} caché.</p>"}]
    chapter = factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.INSERTION, title=CANARY, body=json.dumps(body)
    )
    assert CANARY in text_of(given(report))
    PageViewRestriction.objects.create(page=chapter, restriction_type="login")
    assert Client().get(address(report)).status_code == 503
    public = given(report)
    pdf = pikepdf.open(io.BytesIO(public))
    with pdf.open_outline() as outline:
        assert CANARY not in str([item.title for item in outline.root])
    assert CANARY not in text_of(public)
    assert CANARY.encode() not in public
    client = Client()
    client.force_login(factories.UserFactory())
    assert CANARY in text_of(given(report, client=client))
    assert "no-store" in client.get(address(report))["Cache-Control"]


def test_a_value_that_changes_meanwhile_is_not_stored(report, monkeypatch) -> None:
    true_render = render.render
    entries = Indicator.objects.get(code="entrees")

    def changing(html: str) -> Any:
        record(entries, YEAR, 1300, status=Status.APPROVED, reason="Pendant.")
        return true_render(html)

    monkeypatch.setattr(chore, "render", changing)
    chore.make_pdfs()
    full = ReportPdf.objects.get(kind=ReportPdf.Kind.FULL)
    assert full.state == ReportPdf.State.WAITING
    assert Client().get(address(report)).status_code == 503
    monkeypatch.setattr(chore, "render", true_render)
    assert "1 300" in text_of(given(report))


def test_what_says_the_same_is_not_made_again(report, monkeypatch) -> None:
    given(report)
    other = factories.IndicatorFactory(code="autre")
    monkeypatch.setattr(chore, "render", lambda html: pytest.fail("made for nothing"))
    before = version.fingerprint()
    other.label = "Un autre nom"
    other.save()
    assert version.fingerprint() != before
    given(report)


def test_a_failure_is_told_and_tried_again_later(report, monkeypatch) -> None:
    def missing(html: str) -> Any:
        raise render.Unavailable("PDF indisponible.")

    monkeypatch.setattr(chore, "render", missing)
    chore.make_pdfs()
    chore.make_pdfs()
    pdf = ReportPdf.objects.first()
    assert (pdf.state, pdf.attempts) == (ReportPdf.State.FAILED, 1)
    assert pdf.last_error == "PDF indisponible."
    monkeypatch.undo()
    chore.ask_again(report)
    assert given(report)


def contracts(small: int = 3) -> tuple[Indicator, list[Value], list[Value]]:
    """A count of people with a small part: the figures of its parts, shown and masked."""
    support = factories.BreakdownFactory(code="dispositif", label="Dispositif")
    indicator = factories.IndicatorFactory(
        code="contrats", label="Contrats", counts_people=True, breakdowns=[support]
    )
    record(indicator, YEAR, 1228 + small, status=Status.APPROVED)
    for code, number in (("aci", 717), ("ei", 511), ("pai", small)):
        part = factories.BreakdownItemFactory(breakdown=support, code=code, label=code.upper())
        record(indicator, YEAR, number, item=part, status=Status.APPROVED)
    indicator = Indicator.objects.get(pk=indicator.pk)
    parts = list(indicator.values.exclude(item=None).select_related("item"))
    hidden = [part for part in parts if indicator.hides(YEAR, part.item_id, part.number)]
    return indicator, [part for part in parts if part not in hidden], hidden


def test_a_small_number_of_people_is_masked_and_the_sentence_says_why(report) -> None:
    indicator, shown, hidden = contracts()
    small = hidden[-1]
    assert small.number == 3
    assert len(hidden) == 2, "one more is masked: nobody computes the small one"
    record(indicator, YEAR, 2, item=small.item, status=Status.APPROVED, reason="Deux fois le même.")
    record(indicator, YEAR, 1230, status=Status.APPROVED, reason="Deux fois le même.")
    text = text_of(given(report))
    for part in shown:
        assert f"dont {part.item.label} {part.number:.0f}" in text
    for part in hidden:
        assert f"dont {part.item.label} masqué" in text
    assert f"{hidden[0].number:.0f}" not in text
    assert text.count(WHY) == 1
    # Neither what it is nor what it was is among the errata.
    assert "Contrats, PAI : corrigé (nombre masqué). Deux fois le même." in text


def test_the_summary_says_why_once_when_one_of_its_numbers_is_masked(report, monkeypatch) -> None:
    indicator, _shown, _hidden = contracts()
    factories.ReportPageFactory(year=YEAR - 1)
    record(indicator, YEAR - 1, 98_765, status=Status.APPROVED)
    document = document_of(report, ReportPdf.Kind.SUMMARY, ReportPdf.Visibility.PUBLIC)
    assert WHY not in document.html
    assert "98\u202f765" in document.html
    Indicator.objects.filter(pk=indicator.pk).update(hidden_figures=[[YEAR - 1, None]])
    document = document_of(report, ReportPdf.Kind.SUMMARY, ReportPdf.Visibility.PUBLIC)
    assert document.html.count(WHY) == 1
    assert "98\u202f765" not in document.html


def test_a_picture_or_an_agreement_that_changes_makes_the_file_old(report) -> None:
    image, other = factories.SiteImageFactory(), factories.SiteImageFactory()
    document = factories.SiteDocumentFactory()
    report.document = document
    picture = {"image": image.pk, "alt_text": "Une haie", "decorative": False}
    report.body = json.dumps([{"type": "image", "value": {"image": picture, "caption": ""}}])
    report.save_revision().publish()
    testimony = factories.TestimonyFactory()
    organisation = factories.OrganisationFactory(phone="03 21 00 00 00")
    known = [version.fingerprint()]
    for row, field, text in (
        (image, "description", "Deux haies"),
        (document, "title", "Un autre titre"),
        (organisation, "phone", "03 21 00 00 01"),
        (testimony, "revoked_on", timezone.localdate()),
        (image, "revoked_on", timezone.localdate()),
    ):
        setattr(row, field, text)
        row.save()
        assert version.fingerprint() not in known, (row, field)
        known.append(version.fingerprint())
    # What no report shows changes nothing: a library of pictures is large.
    other.description = "Autre chose"
    other.save()
    assert version.fingerprint() == known[-1]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://example.org/a.png", "https://pdf.invalid/media/x.png"]
)
def test_nothing_is_fetched(site, url) -> None:
    assert render.own_file(url) is None


def test_the_screen_of_the_pdfs_says_how_they_are(report, publisher, monkeypatch) -> None:
    content = given(report)
    browser = signed_in(publisher)
    screen = f"/admin/rapports/{report.pk}/pdf/"
    pdf = ReportPdf.objects.get(kind=ReportPdf.Kind.FULL)
    link = f'href="{screen}{pdf.pk}/"'
    html = browser.get(screen).content.decode()
    assert link in html
    assert f'href="/admin/pages/{report.pk}/edit/"' in html
    for text in (file_weight(pdf.size), f"<td>{pdf.pages}</td>", pdf.data_version):
        assert text in html
    assert "à refaire" not in html
    assert browser.get(f"{screen}{pdf.pk}/").content == content
    record(Indicator.objects.get(code="entrees"), YEAR, 9, status=Status.APPROVED, reason="Faux.")
    html = browser.get(screen).content.decode()
    assert "à refaire" in html
    assert link not in html
    assert browser.get(f"{screen}{pdf.pk}/").status_code == 503
    monkeypatch.setattr(chore, "render", lambda html: 1 / 0)
    chore.make_pdfs()
    html = browser.get(screen).content.decode()
    assert "Prochain essai le" in html
    assert chore.FAILED in html
    assert Client().get(f"{screen}{pdf.pk}/").status_code == 302


def test_a_reserved_pdf_is_not_given_to_who_may_not_read_it(report, monkeypatch) -> None:
    factories.make_private(report)
    chore.make_pdfs()
    pdf = ReportPdf.objects.filter(visibility=ReportPdf.Visibility.RESERVED).first()
    browser = signed_in(factories.UserFactory(is_superuser=True))
    screen = f"/admin/rapports/{report.pk}/pdf/"
    assert f"{screen}{pdf.pk}/" in browser.get(screen).content.decode()
    assert "no-store" in browser.get(f"{screen}{pdf.pk}/")["Cache-Control"]
    monkeypatch.setattr(outline_views, "may_have", lambda row, user: False)
    assert f"{screen}{pdf.pk}/" not in browser.get(screen).content.decode()
    assert browser.get(f"{screen}{pdf.pk}/")["Location"] == "/admin/"


# --- What nobody would write, and somebody will --------------------------------------------------

WORD = "Anticonstitutionnellement" * 3
ODD = "שלום عربى 😀 <script>alert(1)</script>"
ELSEWHERE = "http://127.0.0.1:9/espion.png"


@pytest.fixture
def hostile(report) -> bytes:
    """The PDF of a report with three hundred figures, a lost picture, texts of all kinds."""
    lost = factories.SiteImageFactory()
    lost.file.storage.delete(lost.file.name)
    picture = {"image": lost.pk, "alt_text": "Une haie", "decorative": False}
    texts = (
        f"<p>{WORD} {ODD.replace('<', '&lt;')}</p>",
        f'<p>Un pistage : <img src="{ELSEWHERE}"> <a linktype="page" id="{report.pk}">ici</a></p>',
    )
    body = [
        *({"type": "paragraph", "value": text} for text in texts),
        {"type": "image", "value": {"image": picture, "caption": ODD}},
    ]
    factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.INSERTION, title=f"{WORD} {ODD}", body=json.dumps(body)
    )
    indicators = [
        Indicator(code=f"ligne_{n}", label=f"Ligne {n} {WORD if n % 50 == 0 else ''}", family="A")
        for n in range(300)
    ]
    for indicator in indicators:
        indicator.chapter = Chapter.INSERTION
    Indicator.objects.bulk_create(indicators)
    record_many(
        Entry(indicator, YEAR, 10_000 + n, status=Status.VALIDATED)
        for n, indicator in enumerate(indicators)
    )
    return given(report)


def test_a_hostile_report_makes_sound_files(report, hostile, settings) -> None:
    result = validation.validate_pdf_bytes(hostile, profile=validation.ValidationProfile.PDF_UA_1)
    assert result.is_compliant, list(result.failures)
    pdf = pikepdf.open(io.BytesIO(hostile))
    text = text_of(hostile)
    assert all(f"{number // 1000} {number % 1000:03}" in text for number in range(10_000, 10_300))
    assert len(pdf.pages) > 8
    # The head of the table stands on each of its pages.
    assert text.count("Indicateur 2020") >= 6
    assert fonts(pdf)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts(pdf))
    assert len(addresses(pdf)) > 1
    assert all(uri.startswith(f"{settings.SITE_URL}/") for uri in addresses(pdf)), addresses(pdf)
    summary = ReportPdf.objects.get(kind=ReportPdf.Kind.SUMMARY)
    assert summary.pages <= MOST_PAGES
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(pdf.Root.get("/Names", {}))


def fonts(pdf: pikepdf.Pdf) -> list[Any]:
    """What describes each font of a PDF."""
    return [
        obj
        for obj in pdf.objects
        if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor"
    ]


def addresses(pdf: pikepdf.Pdf) -> list[str]:
    """Where the links of a PDF lead, outside it."""
    links = [link for page in pdf.pages for link in page.get("/Annots", [])]
    return [str(link.A.URI) for link in links if "/URI" in link.get("/A", {})]


def test_a_file_is_asked_for_in_the_ways_of_the_web(report) -> None:
    content = given(report)
    head = Client().head(address(report))
    assert head.status_code == 200
    assert head["Content-Type"] == "application/pdf"
    assert int(head["Content-Length"]) == len(content)
    assert head.content == b""
    again = Client().get(address(report), headers={"If-None-Match": head["ETag"]})
    assert again.status_code == 304
    assert Client().post(address(report)).status_code == 405


def test_a_reserved_report_has_no_public_file(report) -> None:
    given(report)
    factories.make_private(report)
    assert Client().get(address(report)).status_code != 200
    chore.make_pdfs()
    assert set(ReportPdf.objects.values_list("visibility", flat=True)) == {
        ReportPdf.Visibility.READERS,
        ReportPdf.Visibility.RESERVED,
    }
    assert Client().get(address(report)).status_code != 200
    assert not list(ReportPdf.objects.filter(visibility=ReportPdf.Visibility.PUBLIC))


def member_of(*groups: Group) -> Client:
    """A browser of somebody in these groups."""
    user = factories.UserFactory()
    user.groups.set(groups)
    return signed_in(user)


def test_two_partners_have_each_the_file_of_their_own_report(report) -> None:
    """Which holds what all its readers may read: not the chapter of some of them."""
    ours, theirs, some = (
        Group.objects.create(name=name) for name in ("Nous", "Eux", "Quelques-uns")
    )
    body = [{"type": "paragraph", "value": f"<p>{CANARY} caché.</p>"}]
    chapter = factories.ReportChapterPageFactory(
        parent=report, chapter=Chapter.ACCOUNTS, title=CANARY, body=json.dumps(body)
    )
    other = factories.ReportPageFactory(year=YEAR - 1, parent=report.get_parent())
    for page, readers in ((report, ours), (chapter, some), (other, theirs)):
        factories.reserve_to(page, readers)
    chore.make_pdfs()
    answer = member_of(ours).get(address(report))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    text = text_of(answer.content)
    assert "document réservé" in text
    assert "1 234" in text
    assert CANARY not in text
    other_address = f"{other.get_url()}rapport-activite-{YEAR - 1}.pdf"
    assert member_of(ours).get(other_address).status_code == 403
    assert member_of(theirs).get(other_address).status_code == 200
    assert Client().get(address(report)).status_code == 302


# --- Several workers, and one that is killed -----------------------------------------------------


def test_a_worker_that_is_overtaken_does_not_undo_what_the_other_made(report, monkeypatch) -> None:
    true_render = render.render
    overtaken: list[str] = []

    def slow(html: str) -> Any:
        made = true_render(html)
        monkeypatch.setattr(chore, "render", true_render)
        if not overtaken:
            chore.make_pdfs()  # another worker, once the first has lost its turn
            overtaken.extend(ReportPdf.objects.order_by("pk").values_list("file", flat=True))
        return made

    monkeypatch.setattr(chore, "render", slow)
    chore.make_pdfs()
    assert list(ReportPdf.objects.order_by("pk").values_list("file", flat=True)) == overtaken
    mine = {f"rapports/{name}" for name in default_storage.listdir("rapports")[1]}
    (full,) = [name for name in mine if name.startswith(f"rapports/{report.pk}-{version_of()}")]
    assert full in overtaken
    assert Client().get(address(report)).status_code == 200


def version_of() -> str:
    return ReportPdf.objects.get(kind=ReportPdf.Kind.FULL).data_version


def test_two_workers_do_not_make_the_same_file(report, monkeypatch) -> None:
    second: list[str] = []

    def rendering(html: str) -> Any:
        second.extend(run_due())
        raise render.Unavailable("Peu importe.")

    monkeypatch.setattr(chore, "render", rendering)
    assert "pdf-des-rapports" in run_due()
    assert "pdf-des-rapports" not in second


# Dies with a file on the disk that no row names yet; then the next worker, once the turn is over.
KILLED = """
import time
from activities.pdf import chore
from pages.chores import run_due
save = chore.default_storage.save
def saving(name, content):
    print(save(name, content), flush=True)
    time.sleep(600)
chore.default_storage.save = saving
run_due()
"""
NEXT = """
import json, os
from datetime import timedelta
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from activities.models import ReportPage, ReportPdf
from pages.chores import run_due
from pages.models import Chore
ran = [run_due()]
long_ago = timezone.now() - timedelta(hours=2)
Chore.objects.update(lease_until=long_ago, last_started_at=long_ago)
orphan = default_storage.path(os.environ["ORPHAN"])
os.utime(orphan, (0, 0))
ran.append(run_due())
url = ReportPage.objects.get().get_url()
print(json.dumps({
    "before": "pdf-des-rapports" in ran[0],
    "after": "pdf-des-rapports" in ran[1],
    "states": list(ReportPdf.objects.values_list("state", flat=True)),
    "orphan": os.path.exists(orphan),
    "answer": Client(SERVER_NAME="localhost").get(url + "rapport-activite-2020.pdf").status_code,
}))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_killed_worker_leaves_nothing_behind(report, tmp_path) -> None:
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_for_others(tmp_path),
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.dev",
    }
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
    with subprocess.Popen(
        [*command, KILLED], env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        orphan = worker.stdout.readline().strip()
        worker.kill()
    assert orphan.startswith("rapports/")
    assert (tmp_path / "media" / orphan).exists()
    done = subprocess.run(
        [*command, NEXT],
        env={**environment, "ORPHAN": orphan},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "before": False,
        "after": True,
        "states": ["fait", "fait"],
        "orphan": False,
        "answer": 200,
    }


def database_for_others(folder: Path) -> str:
    """Where another process finds what the test has written: a copy, if it is in memory."""
    if connection.vendor == "postgresql":
        url = urlsplit(os.environ["DATABASE_URL"])
        return url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with sqlite3.connect(folder / "site.sqlite3") as copy:
        connection.connection.backup(copy)
    return f"sqlite:///{folder / 'site.sqlite3'}"


def test_a_picture_that_becomes_reserved_leaves_the_public_pdf(report) -> None:
    image = factories.SiteImageFactory()
    picture = {"image": image.pk, "alt_text": "Une haie", "decorative": False}
    report.body = json.dumps([{"type": "image", "value": {"image": picture, "caption": ""}}])
    report.save_revision().publish()
    kinds = ReportPdf.Kind.FULL, ReportPdf.Visibility.PUBLIC
    before = document_of(report, *kinds)
    assert 'src="/media/images/' in before.html
    known = version.fingerprint()

    image.collection = folder_of(factories.PartnerFactory())
    image.save()

    assert version.fingerprint() != known
    after = document_of(report, *kinds)
    assert after.version != before.version
    addresses = set(re.findall(r'src="(/media/images/[^"]+)"', after.html))
    assert addresses
    assert not any(render.own_file(f"https://pdf.invalid{one}") for one in addresses)
    reserved = document_of(report, kinds[0], ReportPdf.Visibility.RESERVED)
    assert addresses.isdisjoint(re.findall(r'src="(/media/images/[^"]+)"', reserved.html))


def test_the_file_of_a_partner_has_the_pictures_of_its_folder_and_of_no_other(report) -> None:
    ours, theirs = factories.PartnerFactory(), factories.PartnerFactory()
    factories.reserve_to(report, group_of(ours))
    pictures = [factories.SiteImageFactory(collection=folder_of(one)) for one in (ours, theirs)]
    report.body = json.dumps(
        [
            {"type": "image", "value": {"image": {"image": one.pk, "alt_text": "Une haie"}}}
            for one in pictures
        ]
    )
    report.save_revision().publish()
    html = document_of(report, ReportPdf.Kind.FULL, ReportPdf.Visibility.READERS).html
    mine, other = (image.renditions.first().file.name for image in pictures)
    assert f'src="/media/{mine}"' in html
    assert other not in html
