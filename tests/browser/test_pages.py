"""One visit per page type × scheme × width, and everything that a visit can show.

The visits are made once; each test looks at all of them for one thing, and names the page, the
scheme, the width and what was found.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from deploy import verify

from .conftest import ROOT, RunningSite

pytestmark = pytest.mark.browser

SCHEMES = ("light", "dark")
WIDTHS = {360: 740, 1280: 800}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
# Addresses of no page of the tree, each with the status it must have.
OTHER_ADDRESSES = {
    "recherche": ("/recherche/", 200),
    "recherche avec résultats": ("/recherche/?q=quartier", 200),
    "recherche sans résultat": ("/recherche/?q=zzzzzz", 200),
    "404": ("/cette-page-n-existe-pas/", 404),
    "devis": ("/contact/?motif=devis", 200),
    "emploi": ("/contact/?motif=emploi", 200),
    "merci": ("/contact/merci/", 200),
    "agenda passé": ("/agenda/?passes=1", 200),
    "indicateurs": ("/rapports/indicateurs/", 200),
    "indicateur": ("/rapports/indicateurs/sorties_total/", 200),
}

# design.md, section 5: the second column fails the test, the first is what pages aim at.
KB = 1000
MOST_REQUESTS = 8
MOST_NODES = 300
TEXT_PAGE = 40 * KB
PICTURE_PAGE = 75 * KB
MOST_HTML = 10 * KB
MOST_HTML_OF_HOME = 12 * KB
MOST_CSS = 7 * KB
MOST_JS = 3 * KB
# Data pages are outside the limits on nodes and HTML, but not without any.
DATA_PAGES = {
    "GlossaryPage", "ReportChapterPage", "ReportPage", "SiteMapPage", "indicateur", "indicateurs",
}  # fmt: skip
MOST_OF_DATA_PAGE = 120 * KB

# One page per type, the one with the longest body: the fullest shows the most.
PAGES_BY_TYPE = """
import json
from pages.demonstration import page_types
chosen = {}
for model in page_types():
    pages = list(model.objects.visible())
    if not pages:
        continue
    if hasattr(model, "subject"):
        chosen |= {f"{model.__name__} {page.subject}": page.url for page in pages}
        continue
    fullest = max(pages, key=lambda page: len(str(getattr(page, "body", ""))))
    chosen[model.__name__] = fullest.url
# The examples claim no money of the Union: tests/browser/test_partners.py makes an operation.
missing = [m.__name__ for m in page_types()
           if m.__name__ != "OperationPage" and not m.objects.visible().exists()]
print(json.dumps({"chosen": chosen, "missing": missing}))
"""


@dataclass
class Visit:
    """What one visit of one page showed."""

    page: str
    scheme: str
    width: int
    status: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    nodes: int = 0
    overflow: int = 0
    stored: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.page} [{self.scheme}, {self.width} px]"

    @property
    def weight(self) -> int:
        return sum(request["weight"] for request in self.requests)

    def weight_of(self, kind: str) -> int:
        """The compressed bodies of this kind; ``weight`` counts their headers too."""
        return sum(r["weight"] - r["headers"] for r in self.requests if r["kind"] == kind)


@pytest.fixture(scope="session")
def addresses(site: RunningSite) -> dict[str, tuple[str, int]]:
    """One address per page type, and those that are no page, with their status."""
    found = site.python(PAGES_BY_TYPE)
    assert not found["missing"], f"no visible page of the types {found['missing']}"
    pages = {name: (address, 200) for name, address in found["chosen"].items()}
    return pages | OTHER_ADDRESSES


@pytest.fixture(scope="session")
def html_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("html")


@pytest.fixture(scope="session")
def visits(
    site: RunningSite,
    chromium: Browser,
    addresses: dict[str, tuple[str, int]],
    html_folder: Path,
) -> list[Visit]:
    """Every page × scheme × width, visited once with nothing in the cache."""
    found = []
    for name, (address, _status) in addresses.items():
        for scheme in SCHEMES:
            for width, height in WIDTHS.items():
                phone = width < 600
                context = chromium.new_context(
                    color_scheme=scheme,
                    viewport={"width": width, "height": height},
                    device_scale_factor=2 if phone else 1,
                    is_mobile=phone,
                    has_touch=phone,
                    locale="fr-FR",
                )
                found.append(visit(context, site, address, Visit(name, scheme, width), html_folder))
                context.close()
    return found


def visit(
    context: BrowserContext, site: RunningSite, address: str, seen: Visit, folder: Path
) -> Visit:
    page = context.new_page()
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    weigh(context, page, seen)
    response = page.goto(f"{site.url}{address}", wait_until="load")
    assert response is not None
    seen.status = response.status
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.wait_for_load_state("networkidle")
    if seen.status == 404:  # Chromium says so itself: that is no fault of the page
        seen.complaints = [text for text in seen.complaints if "404 (Not Found)" not in text]
    (folder / f"{re.sub(r'[^a-z0-9]+', '-', seen.page.lower())}.html").write_bytes(response.body())
    seen.nodes = page.evaluate("document.querySelectorAll('*').length")
    seen.overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    seen.stored = [cookie["name"] for cookie in context.cookies()] + page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    )
    # A copy: axe may complain in the console, the site may not.
    seen.complaints = list(seen.complaints)
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    for violation in results.response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:3]]
        seen.violations.append(f"{violation['id']}: {violation['help']} {nodes}")
    return seen


def weigh(context: BrowserContext, page: Page, seen: Visit) -> None:
    """Note each request with its transferred weight, headers included."""
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    known: dict[str, dict[str, Any]] = {}

    def sent(event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("data:"):
            return
        request = {"url": url, "kind": event.get("type", ""), "weight": 0, "headers": 0}
        known[event["requestId"]] = request
        seen.requests.append(request)

    def answered(event: dict[str, Any]) -> None:
        # What has arrived when the answer begins: its headers.
        if event["requestId"] in known:
            known[event["requestId"]]["headers"] = round(event["response"]["encodedDataLength"])

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in known:
            known[event["requestId"]]["weight"] = round(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", finished)


def report(visits: list[Visit], fault: Callable[[Visit], Any]) -> None:
    """Fail with one line for each visit in which there is a fault."""
    lines = [f"{seen}: {found}" for seen in visits if (found := fault(seen))]
    assert not lines, "\n" + "\n".join(lines)


def test_every_page_answers(visits: list[Visit], addresses) -> None:
    report(visits, lambda v: v.status != addresses[v.page][1] and v.status)


def test_axe_finds_nothing(visits: list[Visit]) -> None:
    report(visits, lambda v: v.violations)


def test_the_console_is_silent(visits: list[Visit]) -> None:
    """The browser itself says here what the content security policy refuses."""
    report(visits, lambda v: v.complaints)


def test_nothing_is_asked_of_another_host(visits: list[Visit], site: RunningSite) -> None:
    report(
        visits,
        lambda v: [r["url"] for r in v.requests if not r["url"].startswith(f"{site.url}/")],
    )


def test_nothing_is_kept_in_the_visitor_s_browser(visits: list[Visit]) -> None:
    # The space of the partners leads to the door, whose form has its token (design.md, 5).
    allowed = {name: ["csrftoken"] for name in ("PartnerSpacePage", "devis", "emploi")}
    report(visits, lambda v: v.stored != allowed.get(v.page, []) and (v.stored or "no token"))


def test_nothing_overflows(visits: list[Visit]) -> None:
    report(visits, lambda v: v.overflow > 0 and f"{v.overflow} px too wide")


def test_few_requests(visits: list[Visit]) -> None:
    report(
        visits,
        lambda v: (
            len(v.requests) > MOST_REQUESTS
            and f"{len(v.requests)} > {MOST_REQUESTS}: {[r['url'] for r in v.requests]}"
        ),
    )


def test_few_nodes(visits: list[Visit]) -> None:
    report(
        visits,
        lambda v: v.page not in DATA_PAGES and v.nodes > MOST_NODES and f"{v.nodes} > {MOST_NODES}",
    )


def test_a_first_visit_is_light(visits: list[Visit]) -> None:
    def fault(v: Visit) -> str:
        pictures = [r for r in v.requests if r["kind"] == "Image"]
        most = MOST_OF_DATA_PAGE if v.page in DATA_PAGES else TEXT_PAGE
        most = PICTURE_PAGE if pictures else most
        return f"{v.weight} > {most}: {v.requests}" if v.weight > most else ""

    report([v for v in visits if v.width == 360], fault)


def test_the_html_the_style_and_the_script_are_light(visits: list[Visit]) -> None:
    def fault(v: Visit) -> list[str]:
        html = MOST_HTML_OF_HOME if v.page == "HomePage" else MOST_HTML
        most = {
            "Document": MOST_OF_DATA_PAGE if v.page in DATA_PAGES else html,
            "Stylesheet": MOST_CSS,
            "Script": MOST_JS,
        }
        return [
            f"{kind} {v.weight_of(kind)} > {limit}"
            for kind, limit in most.items()
            if v.weight_of(kind) > limit
        ]

    report(visits, fault)


def test_text_is_sent_compressed(site: RunningSite, addresses) -> None:
    for name, (address, _status) in addresses.items():
        answer = site.get(address, **{"Accept-Encoding": "gzip"})
        if name == "PartnerSpacePage":  # the door is elsewhere, and there is no text to send
            assert answer.status == 302
            continue
        assert answer.headers["Content-Encoding"] == "gzip", name
        assert len(answer.body) < len(gzip.decompress(answer.body)), name


# --- The Nu HTML checker ------------------------------------------------------------------


def checker() -> list[str]:
    jar = Path(os.environ.get("VNU_JAR") or verify.HTML_CHECKER_JAR)
    if not jar.exists():
        pytest.fail(f"the Nu HTML checker is missing ({jar}): run make test", pytrace=False)
    if not shutil.which("java"):
        pytest.fail("Java is missing: apt-get install default-jre-headless", pytrace=False)
    return ["java", "-jar", str(jar)]


@pytest.fixture(scope="session")
def remarks(visits: list[Visit], html_folder: Path) -> list[dict[str, Any]]:
    """All that the checker says of all the pages, asked in one call."""
    for status in (500, 503):
        shutil.copy(ROOT / "templates" / "errors" / f"{status}.html", html_folder)
    done = subprocess.run(
        [*checker(), "--format", "json", "--stdout", "--exit-zero-always", str(html_folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["messages"]


def said(remarks: list[dict[str, Any]]) -> Iterator[str]:
    for remark in remarks:
        page = Path(remark["url"]).name
        line, extract = remark.get("lastLine"), remark.get("extract", "").strip()
        yield f"{page}:{line} {remark['type']}: {remark['message']} « {extract} »"


def test_the_html_checker_finds_nothing(remarks, html_folder: Path) -> None:
    assert len(list(html_folder.glob("*.html"))) > 20
    assert not remarks, "\n" + "\n".join(said(remarks))


def test_the_html_checker_does_find_faults(tmp_path: Path) -> None:
    """A checker that finds nothing because it read nothing would be no checker."""
    page = tmp_path / "fault.html"
    page.write_text("<!doctype html><html lang=fr><title>x</title><body><p><ul></ul></p><b>")
    done = subprocess.run(
        [*checker(), "--format", "json", "--stdout", "--exit-zero-always", str(page)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["messages"]
