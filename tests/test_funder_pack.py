"""A funder's pack: it opens, its digests are right, it holds what anybody is answered, no more."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import page as validation
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.figures.recording import record
from activities.models import Chapter, FunderPack, Indicator, ReportPage, Status
from activities.packs import archive, chore, contents, mentions, visitor
from activities.pdf import chore as pdf_chore
from activities.pdf import render
from pages.chores import run_due
from partners.models import Partner

from . import factories
from .conftest import signed_in
from .test_report_pdf import database_for_others, text_of

pytestmark = pytest.mark.django_db
YEAR = 2020
SENTENCE = "finance l’insertion par l’activité économique."
SCREEN = "/admin/dossiers/"
SECRET = "Canari réservé"


@pytest.fixture
def funder(site: Any) -> Partner:
    """A funder whose mention is public, and the page of the partners."""
    factories.PartnerIndexPageFactory()
    return factories.PartnerFactory(
        name="Région d’essai", required_mention=SENTENCE, kind=Partner.Kind.REGION
    )


@pytest.fixture
def report(funder: Partner) -> ReportPage:
    """A public report, whose PDF is made, with a figure that the funder checks."""
    report = factories.ReportPageFactory(year=YEAR)
    indicator = factories.IndicatorFactory(code="entrees", label="Entrées", unit="personnes")
    indicator.checked_by = [funder]
    indicator.save()
    record(indicator, YEAR, 1234, status=Status.APPROVED)
    pdf_chore.make_pdfs()
    return report


def asked(funder: Partner, **fields: Any) -> FunderPack:
    return factories.FunderPackFactory(partner=funder, year=YEAR, **fields)


def made(funder: Partner, **fields: Any) -> tuple[FunderPack, zipfile.ZipFile]:
    """A pack that was asked for and made, and its ZIP."""
    pdf_chore.make_pdfs()  # what a partner is called is in the report
    pack = asked(funder, **fields)
    chore.make_packs()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.MADE, pack.last_error
    with default_storage.open(str(pack.file.name)) as file:
        return pack, zipfile.ZipFile(io.BytesIO(file.read()))


def manifest_of(opened: zipfile.ZipFile) -> dict[str, Any]:
    return json.loads(opened.read("manifeste.json"))


def readme_of(opened: zipfile.ZipFile) -> str:
    return opened.read("LISEZ-MOI.txt").decode("utf-8-sig")


def visitor_gets(address: str) -> bytes:
    """What a browser without an account gets at the true address of the site."""
    parts = urlsplit(address)
    answer = Client().get(parts.path, headers={"host": parts.netloc})
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content


# --- What it holds ----------------------------------------------------------------------------


def test_the_pack_opens_and_its_digests_are_right(report, funder, tmp_path) -> None:
    pack, opened = made(funder)
    assert opened.testzip() is None
    with default_storage.open(str(pack.file.name)) as file:
        content = file.read()
    assert (pack.size, pack.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    sums = dict(
        reversed(line.split("  ", 1)) for line in opened.read("SHA256SUMS").decode().splitlines()
    )
    assert set(sums) == set(opened.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(opened.read(name)).hexdigest() == digest
    # As the text to read first says to do it.
    opened.extractall(tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"Django", "Wagtail", "WeasyPrint"} < set(manifest_of(opened)["logiciels"])


def test_the_report_and_the_figures_are_those_of_the_site(report, funder) -> None:
    _pack, opened = made(funder)
    public = Client().get(f"{report.get_url()}rapport-activite-{YEAR}.pdf").content
    assert opened.read(f"rapport-activite-{YEAR}.pdf") == public
    file = Client().get(f"/rapports/indicateurs/financeurs/{funder.slug}.csv").content
    assert opened.read("chiffres-verifies.csv") == file
    rows = csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";")
    assert [(row["code"], row["valeur"]) for row in rows] == [("entrees", "1234")]


def test_a_capture_is_what_a_visitor_gets_and_shows_the_mention(report, funder) -> None:
    pack, opened = made(funder)
    captures = manifest_of(opened)["captures"]
    assert pack.captures == len(captures) > 0
    for capture in captures:
        html = opened.read(capture["fichier"])
        assert html == visitor_gets(capture["adresse"])
        assert hashlib.sha256(html).hexdigest() == capture["sha256"]
        assert f'data-mention="{funder.slug}"' in html.decode()
        assert capture["phrase_exigee_lue"] is True
        assert capture["statut"] == "200 OK"
        assert capture["entetes"]["Content-Type"].startswith("text/html")
        moment = datetime.fromisoformat(capture["date"])
        assert moment.tzinfo is not None
        assert abs(timezone.now() - moment) < timedelta(minutes=5)
        for text in (capture["adresse"], capture["date"], capture["fichier"]):
            assert text in readme_of(opened)
    assert pack.remarks == manifest_of(opened)["remarques"] == []


def test_a_print_is_accessible_and_says_the_mention_the_date_and_the_address(
    report, funder
) -> None:
    _pack, opened = made(funder)
    for capture in manifest_of(opened)["captures"]:
        content = opened.read(capture["impression"])
        profile = validation.ValidationProfile.PDF_UA_1
        result = validation.validate_pdf_bytes(content, profile=profile)
        assert result.is_compliant, list(result.failures)
        text = text_of(content)
        assert SENTENCE in text
        assert capture["sha256"] in re.sub(r"\s", "", text)
        assert capture["adresse"] in text
        at = datetime.fromisoformat(capture["date"])
        assert contents.long_moment(at) in text.replace("\u00a0", " ")


def test_without_the_mention_the_pack_says_so(report, funder) -> None:
    funder.required_mention = ""
    funder.save()
    pack, opened = made(funder)
    assert pack.captures == 0
    assert not [name for name in opened.namelist() if name.startswith("captures/")]
    assert any("n’est sur aucune" in remark for remark in pack.remarks)
    assert "n’est sur aucune" in readme_of(opened)
    assert manifest_of(opened)["captures"] == []
    html = signed_in(factories.PublisherFactory()).get(SCREEN).content.decode()
    assert "n’est sur aucune" in html


def test_a_sentence_that_is_not_written_is_told(report, funder, monkeypatch) -> None:
    monkeypatch.setattr(mentions, "says", lambda content, sentence: False)
    pack, _opened = made(funder)
    assert any("La phrase exigée" in remark for remark in pack.remarks)


def test_the_door_of_the_partners_is_not_a_page_without_answer(funder) -> None:
    factories.PartnerSpacePageFactory()
    assert "/espace-partenaires/" not in set(mentions.addresses(funder))


@pytest.mark.parametrize(
    ("html", "is_said"),
    [
        ("<p>Financé par\n <b>l’Europe</b></p>", True),
        ('<svg role="img" aria-label="Financé par l’Europe"></svg>', True),
        ('<img alt="FINANCÉ par l&rsquo;Europe">', True),
        ("<script>Financé par l’Europe</script>", False),
        ("<p>Financé par la Région</p>", False),
    ],
)
def test_the_words_of_a_page(html, is_said) -> None:
    assert mentions.says(html.encode(), "Financé par l’Europe") is is_said


# --- What it does not hold ----------------------------------------------------------------------


def everything_in(opened: zipfile.ZipFile) -> str:
    texts = []
    for name in opened.namelist():
        content = opened.read(name)
        texts.append(text_of(content) if name.endswith(".pdf") else content.decode())
    return "\n".join(texts)


def test_nothing_that_is_reserved_is_in_it(report, funder) -> None:
    chapter = factories.ReportChapterPageFactory(
        parent=report,
        chapter=Chapter.INSERTION,
        title=SECRET,
        body=factories.body(factories.paragraph(SECRET)),
    )
    factories.make_private(chapter)
    factories.make_private(factories.ContentPageFactory(title=SECRET))
    factories.ContentPageFactory(title=f"{SECRET} en brouillon", live=False)
    funder.contact_name, funder.contact_email = SECRET, "canari@example.org"
    funder.save()
    factories.SupportFactory(partner=funder, amount=777777, agreement_number=SECRET)
    user = factories.UserFactory(is_superuser=True, first_name=SECRET)
    pack, opened = made(funder, asked_by=user)
    text = everything_in(opened)
    for canary in (SECRET, "canari@", "777 777", "777777", "777\u202f777", user.email):
        assert canary not in text
    # The figures of a chapter that is reserved are reserved with it.
    assert "chiffres-verifies.csv" not in opened.namelist()
    assert any("Aucun chiffre public" in remark for remark in pack.remarks)


def test_a_report_that_is_not_public_is_left_out_and_told(report, funder) -> None:
    factories.make_private(report)
    pdf_chore.make_pdfs()
    pack, opened = made(funder)
    assert f"rapport-activite-{YEAR}.pdf" not in opened.namelist()
    assert any(f"{YEAR} n’est pas public" in remark for remark in pack.remarks)
    assert "n’est pas public" in readme_of(opened)


def test_small_numbers_are_masked_as_for_the_public(report, funder) -> None:
    support = factories.BreakdownFactory(code="dispositif")
    indicator = Indicator.objects.get(code="entrees")
    indicator.counts_people, indicator.breakdowns = True, [support]
    indicator.save()
    for code, number in (("aci", 1200), ("ei", 31), ("pai", 3)):
        part = factories.BreakdownItemFactory(breakdown=support, code=code)
        record(indicator, YEAR, number, item=part, status=Status.APPROVED)
    pdf_chore.make_pdfs()
    _pack, opened = made(funder)
    rows = csv.DictReader(
        io.StringIO(opened.read("chiffres-verifies.csv").decode("utf-8-sig"), newline=""),
        delimiter=";",
    )
    values = {row["ventilation"]: (row["valeur"], row["remarque"]) for row in rows}
    assert values["dispositif/pai"][0] == ""
    assert "masqué" in values["dispositif/pai"][1]


HOSTILE = [
    "../../etc/passwd",
    "C:\\fichier|<b>\"'&",
    "😀 Fondation 😀",
    "\u202egnp.exe\u202c النص العربي",
    "=HYPERLINK(1)",
    "A" * 120,
    "Nom\nsur deux lignes",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_makes_a_sound_pack(report, name) -> None:
    funder = factories.PartnerFactory(name=name, required_mention=SENTENCE)
    pack, opened = made(funder)
    assert re.fullmatch(r"dossier-[a-z0-9-]+-2020-\d{4}-\d\d-\d\d\.zip", pack.file_name)
    assert len(pack.file_name) <= 120
    for entry in opened.namelist():
        assert re.fullmatch(r"(?:captures/)?[A-Za-z0-9-]+(?:\.[a-z]+)?", entry), entry
    first = readme_of(opened).splitlines()[0]
    assert first.startswith("DOSSIER DU FINANCEUR")
    assert "\u202e" not in first
    assert pack.captures > 0
    answer = signed_in(factories.PublisherFactory()).get(f"{SCREEN}{pack.pk}/telecharger/")
    assert pack.file_name in answer["Content-Disposition"]


# --- How it is made ---------------------------------------------------------------------------


def test_the_same_content_makes_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        file = io.BytesIO()
        with archive.Archive(file, datetime(2026, 11, 29, 11, 4, 5)) as writer:
            writer.add("captures/001-accueil.html", b"<p>Bonjour</p>" * 99)
            writer.add_file("rapport.pdf", io.BytesIO(b"%PDF" * 99_999))
        made.append(file.getvalue())
    assert made[0] == made[1]


def test_an_old_report_is_waited_for(report, funder) -> None:
    record(Indicator.objects.get(code="entrees"), YEAR, 9, status=Status.APPROVED, reason="Faux.")
    pack = asked(funder)
    chore.make_packs()
    pack.refresh_from_db()
    assert (pack.state, pack.attempts) == (FunderPack.State.WAITING, 0)
    assert "en train d’être fait" in pack.last_error
    pdf_chore.make_pdfs()
    chore.make_packs()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.MADE
    with default_storage.open(str(pack.file.name)) as file:
        opened = zipfile.ZipFile(io.BytesIO(file.read()))
    assert "et non 1 234" in text_of(opened.read(f"rapport-activite-{YEAR}.pdf"))


def test_a_report_that_cannot_be_made_is_not_waited_for_for_ever(report, funder) -> None:
    record(Indicator.objects.get(code="entrees"), YEAR, 9, status=Status.APPROVED, reason="Faux.")
    pack = asked(funder)
    FunderPack.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    chore.make_packs()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.MADE
    assert any("n’a pas pu être fait" in remark for remark in pack.remarks)


def test_without_pango_the_pack_is_made_without_prints(report, funder, monkeypatch) -> None:
    def missing(html: str) -> Any:
        raise render.Unavailable("PDF indisponible.")

    monkeypatch.setattr("activities.packs.prints.render", missing)
    pack, opened = made(funder)
    assert pack.captures > 0
    assert not [n for n in opened.namelist() if n.startswith("captures/") and n.endswith(".pdf")]
    assert any("Pango" in remark for remark in pack.remarks)


def test_what_is_too_much_is_listed_and_told(report, funder, monkeypatch) -> None:
    monkeypatch.setattr(contents, "MOST_CAPTURES", 0)
    pack, opened = made(funder)
    assert pack.captures == 0
    assert manifest_of(opened)["mention_aussi_sur"]
    assert any("sans capture" in remark for remark in pack.remarks)
    assert not any("n’est sur aucune" in remark for remark in pack.remarks)
    monkeypatch.setattr(contents, "MOST_PAGES", 1)
    pack, opened = made(funder)
    assert manifest_of(opened)["lecture"] == {"pages_lues": 1, "complete": False}
    assert any("trop grand" in remark for remark in pack.remarks)


def test_a_failure_is_told_and_tried_again_a_few_times(report, funder, monkeypatch) -> None:
    monkeypatch.setattr(chore, "describe", lambda *_: 1 / 0)
    pack = asked(funder)
    for attempt in range(1, chore.MOST_ATTEMPTS + 1):
        chore.make_packs()
        pack.refresh_from_db()
        assert (pack.state, pack.attempts) == (FunderPack.State.WAITING, attempt)
        chore.make_packs()  # too early
        pack.refresh_from_db()
        assert pack.attempts == attempt
        FunderPack.objects.update(retry_at=timezone.now())
    chore.make_packs()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.FAILED
    assert pack.last_error == chore.FAILED
    assert not pack.file


def test_one_that_fails_does_not_keep_the_others_waiting(report, funder) -> None:
    other = asked(funder)
    FunderPack.objects.update(partner=None)
    second = asked(funder)
    chore.make_packs()
    chore.make_packs()
    other.refresh_from_db()
    second.refresh_from_db()
    assert (other.state, other.last_error) == (FunderPack.State.FAILED, chore.GONE)
    assert second.state == FunderPack.State.MADE


def test_two_workers_do_not_make_the_same_pack(report, funder, monkeypatch) -> None:
    """A slow worker, whose turn is over, meets another: one file is kept, the other is gone."""
    pack = asked(funder)
    describe = chore.describe

    def slow(*args: Any) -> None:
        monkeypatch.setattr(chore, "describe", describe)
        FunderPack.objects.update(retry_at=timezone.now())
        chore.make_packs()
        describe(*args)

    monkeypatch.setattr(chore, "describe", slow)
    before = (
        set(default_storage.listdir("dossiers")[1]) if default_storage.exists("dossiers") else set()
    )
    chore.make_packs()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.MADE
    new = set(default_storage.listdir("dossiers")[1]) - before
    assert {f"dossiers/{name}" for name in new} == {pack.file.name}


def test_a_pack_that_is_deleted_meanwhile_leaves_no_file(report, funder, monkeypatch) -> None:
    asked(funder)
    describe = chore.describe

    def deleting(*args: Any) -> None:
        FunderPack.objects.all().delete()
        describe(*args)

    monkeypatch.setattr(chore, "describe", deleting)
    before = (
        set(default_storage.listdir("dossiers")[1]) if default_storage.exists("dossiers") else set()
    )
    chore.make_packs()
    assert set(default_storage.listdir("dossiers")[1]) == before


def test_the_site_is_asked_over_https_when_it_is_there(site, settings) -> None:
    settings.SITE_URL = "https://localhost"
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    visitor._site.cache_clear()
    try:
        answer = visitor.ask("/")
    finally:
        visitor._site.cache_clear()
    assert answer.is_page
    assert answer.address == "https://localhost/"


def test_an_address_that_fails_is_told_and_the_others_are_read(report, funder, monkeypatch) -> None:
    monkeypatch.setattr(mentions, "addresses", lambda partner: iter(["/absente/", "/partenaires/"]))
    pack, opened = made(funder)
    assert manifest_of(opened)["sans_reponse_attendue"][0].endswith("/absente/ (404 Not Found)")
    assert any("Sans la réponse attendue" in remark for remark in pack.remarks)


# Dies with a file on the disk that no row names yet; then the next worker, once its turn is over.
KILLED = """
import time
from activities.packs import chore
from pages.chores import run_due
save = chore.default_storage.save
def saving(name, content):
    stored = save(name, content)
    if stored.startswith("dossiers/"):
        print(stored, flush=True)
        time.sleep(600)
    return stored
chore.default_storage.save = saving
chore.make_packs()
"""
NEXT = """
import json, os
from datetime import timedelta
from django.core.files.storage import default_storage
from django.utils import timezone
from activities.models import FunderPack
from activities.packs import chore
first = FunderPack.objects.get().state
chore.make_packs()
too_early = FunderPack.objects.get().state
FunderPack.objects.update(retry_at=timezone.now())
os.utime(default_storage.path(os.environ["ORPHAN"]), (0, 0))
chore.make_packs()
pack = FunderPack.objects.get()
print(json.dumps([first, too_early, pack.state, default_storage.exists(pack.file.name),
    default_storage.exists(os.environ["ORPHAN"])]))
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_killed_worker_loses_nothing(funder, tmp_path) -> None:
    asked(funder)
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
    assert orphan.startswith("dossiers/")
    done = subprocess.run(
        [*command, NEXT],
        env={**environment, "ORPHAN": orphan},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == ["attente", "attente", "fait", True, False]


def test_the_chore_is_one_of_the_site(report, funder) -> None:
    pack = asked(funder)
    assert "dossiers-des-financeurs" in run_due()
    pack.refresh_from_db()
    assert pack.state == FunderPack.State.MADE


# --- The screens --------------------------------------------------------------------------------


def test_one_click_asks_for_a_pack_and_two_for_one(report, funder, publisher) -> None:
    browser = signed_in(publisher)
    for _ in range(2):
        answer = browser.post(SCREEN, {"financeur": funder.pk, "annee": YEAR}, follow=True)
        assert "En préparation" in answer.content.decode()
    pack = FunderPack.objects.get()
    assert (pack.partner_name, pack.asked_by) == (funder.name, publisher)
    chore.make_packs()
    pack.refresh_from_db()
    html = browser.get(SCREEN).content.decode()
    for text in (pack.sha256, f"{SCREEN}{pack.pk}/telecharger/", publisher.get_full_name()):
        assert text in html
    answer = browser.get(f"{SCREEN}{pack.pk}/telecharger/")
    assert answer["Content-Type"] == "application/zip"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == pack.sha256


def test_made_again_the_former_proof_stays(report, funder, publisher) -> None:
    pack, _opened = made(funder)
    browser = signed_in(publisher)
    browser.post(f"{SCREEN}{pack.pk}/refaire/")
    assert FunderPack.objects.count() == 2
    failed = FunderPack.objects.exclude(pk=pack.pk).get()
    FunderPack.objects.filter(pk=failed.pk).update(state=FunderPack.State.FAILED)
    browser.post(f"{SCREEN}{failed.pk}/refaire/")
    assert set(FunderPack.objects.values_list("state", flat=True)) == {"fait", "attente"}
    assert default_storage.exists(str(pack.file.name))


def test_deleted_after_a_question_with_its_file(
    report, funder, publisher, django_capture_on_commit_callbacks
) -> None:
    pack, _opened = made(funder)
    browser, address = signed_in(publisher), f"{SCREEN}{pack.pk}/supprimer/"
    assert "sera perdu" in browser.get(address).content.decode()
    assert FunderPack.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address)
    assert not FunderPack.objects.exists()
    assert not default_storage.exists(str(pack.file.name))


def test_a_proof_outlives_its_funder_and_who_asked(report, funder, publisher) -> None:
    pack, _opened = made(funder)
    pack.asked_by.delete()
    Indicator.objects.get().checked_by.clear()
    Partner.objects.all().delete()
    html = signed_in(publisher).get(SCREEN).content.decode()
    assert "Région d’essai" in html
    assert "par un compte supprimé" in html
    assert f"{SCREEN}{pack.pk}/refaire/" not in html
    assert signed_in(publisher).get(f"{SCREEN}{pack.pk}/telecharger/").status_code == 200


def test_only_those_with_the_right_see_any_of_it(report, funder, publisher, writer) -> None:
    pack, _opened = made(funder)
    addresses = [SCREEN, *(f"{SCREEN}{pack.pk}/{end}/" for end in ("telecharger", "supprimer"))]
    assert "/admin/dossiers/" in signed_in(publisher).get("/admin/").content.decode()
    for browser in (signed_in(writer), signed_in(factories.UserFactory()), Client()):
        for address in addresses:
            for answer in (browser.get(address), browser.post(address)):
                assert answer.status_code in {302, 403, 405}, address
                assert "dossiers" not in answer.get("Location", "").partition("?")[0]
        assert browser.post(f"{SCREEN}{pack.pk}/refaire/").status_code in {302, 403}
    assert FunderPack.objects.count() == 1
    assert "/admin/dossiers/" not in signed_in(writer).get("/admin/").content.decode()


def test_no_address_of_the_storage_gives_it(report, funder, publisher) -> None:
    pack, _opened = made(funder)
    for browser in (Client(), signed_in(publisher)):
        assert browser.get(f"/media/{pack.file.name}").status_code == 404


def test_the_list_costs_the_same_for_many(funder, publisher) -> None:
    browser = signed_in(publisher)
    counts = []
    for _ in range(2):
        for _ in range(4):
            asked(factories.PartnerFactory(), state=FunderPack.State.FAILED)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(SCREEN)
        counts.append(len(queries))
    assert counts[0] == counts[1]
