"""A crawl from the home page with a plain HTTP client: every link and asset, followed once."""

import gzip
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from .conftest import Answer, RunningSite

pytestmark = pytest.mark.browser

MOST_ADDRESSES = 600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Links that lead out of the site on purpose are not assets: a visitor follows them or not.
ASSET_ATTRIBUTES = {("link", "href"), ("script", "src"), ("img", "src"), ("source", "src")}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class Reader(HTMLParser):
    """The links, assets, title and headings of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.identifiers: set[str] = set()
        self.headings: list[int] = []
        self.title = ""
        self.canonical = ""
        self.language = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self._in_title = tag == "title" and not self.title
        self.identifiers.add(values.get("id", ""))
        if tag == "html":
            self.language = values.get("lang", "")
        if tag in HEADINGS:
            self.headings.append(int(tag[1]))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values.get("href", "")
            return
        self.assets += [values[n] for t, n in ASSET_ATTRIBUTES if t == tag and n in values]
        self.assets += [part.split()[0] for part in values.get("srcset", "").split(",") if part]

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False


@dataclass
class Crawl:
    """All that was found: answers, pages as read, and from where each address was named."""

    answers: dict[str, Answer] = field(default_factory=dict)
    pages: dict[str, Reader] = field(default_factory=dict)
    named_by: dict[str, str] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def crawl(site: RunningSite) -> Crawl:
    """Everything that can be reached from the home page."""
    found = Crawl()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        if address in found.answers:
            continue
        assert len(found.answers) < MOST_ADDRESSES, "the crawl does not end"
        answer = found.answers[address] = site.get(address, **{"Accept-Encoding": "gzip"})
        if answer.status == 200 and is_html(answer):
            reader = found.pages[address] = read(answer)
            waiting += neighbours(site, address, reader, found)
    return found


def is_html(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


def read(answer: Answer) -> Reader:
    body = answer.body
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    reader = Reader()
    reader.feed(body.decode())
    return reader


def neighbours(site: RunningSite, address: str, reader: Reader, found: Crawl) -> list[str]:
    """The addresses of this site that a page names; assets of other hosts are noted."""
    known = []
    for kind, names in (("link", reader.links), ("asset", reader.assets)):
        for name in names:
            url = urldefrag(urljoin(f"{site.url}{address}", name)).url
            if url.startswith(f"{site.url}/"):
                known.append(url.removeprefix(site.url))
                found.named_by.setdefault(known[-1], address)
            elif kind == "asset":
                found.elsewhere.append(f"{address}: {url}")
    return known


SPACE = "/espace-partenaires/"


def report(lines: list[str]) -> None:
    assert not lines, "\n" + "\n".join(lines)


def test_the_crawl_reaches_the_whole_site(crawl: Crawl, site: RunningSite) -> None:
    """Every visible page has a link that leads to it, and the crawl read them all.

    An offer that is closed keeps its page for those who have its address; no list shows it.
    """
    addresses = site.python(
        "import json; from activities.models import JobPage; "
        "from pages.querysets import all_pages; "
        "closed = JobPage.objects.closed().values('pk'); "
        "print(json.dumps([page.url for page in all_pages().visible().exclude(pk__in=closed)]))"
    )
    missing = {urlsplit(address).path for address in addresses} - set(crawl.pages) - {SPACE}
    assert SPACE in crawl.answers, "it is linked to, and is not a stranger's to read"
    report([f"no link leads to {address}" for address in sorted(missing)])


def test_every_link_and_asset_answers_at_once(crawl: Crawl) -> None:
    """200, without a redirect on the way; the space of the partners leads to the door."""
    assert crawl.answers[SPACE].status == 302
    report(
        [
            f"{address} (on {crawl.named_by.get(address)}): {answer.status}"
            for address, answer in crawl.answers.items()
            if answer.status != 200 and address != SPACE
        ]
    )


def test_every_link_to_a_part_of_a_page_finds_it(crawl: Crawl, site: RunningSite) -> None:
    lost = []
    for address, reader in crawl.pages.items():
        for link in reader.links:
            url, fragment = urldefrag(urljoin(f"{site.url}{address}", link))
            target = crawl.pages.get(url.removeprefix(site.url))
            if fragment and target and fragment not in target.identifiers:
                lost.append(f"{address}: {link}")
    report(lost)


def test_no_asset_comes_from_elsewhere(crawl: Crawl) -> None:
    report(crawl.elsewhere)


def test_no_cookie_is_set_but_the_one_that_guards_the_contact_form(crawl: Crawl) -> None:
    cookies = {a: answer.headers.get("Set-Cookie", "") for a, answer in crawl.answers.items()}
    guards = {address for address in cookies if address.startswith("/contact/?motif=")}
    assert guards
    report([a for a, cookie in cookies.items() if cookie and a not in guards])
    report([f"{a}: {cookies[a]}" for a in guards if not cookies[a].startswith("csrftoken=")])


def test_every_answer_carries_the_headers(crawl: Crawl) -> None:
    wrong = [
        f"{address}: {name} = {answer.headers.get(name)}"
        for address, answer in crawl.answers.items()
        for name, value in HEADERS.items()
        if answer.headers.get(name) != value
    ]
    for address, answer in crawl.answers.items():
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            wrong.append(f"{address}: {policy}")
        if "geolocation=()" not in answer.headers.get("Permissions-Policy", ""):
            wrong.append(f"{address}: Permissions-Policy")
    report(wrong)


def test_texts_say_their_encoding(crawl: Crawl) -> None:
    wrong = []
    for address, answer in crawl.answers.items():
        kind = answer.headers.get("Content-Type", "").lower()
        if kind.startswith("text/") and "charset=utf-8" not in kind.replace('"', ""):
            wrong.append(f"{address}: {kind}")
        if not kind:
            wrong.append(f"{address}: no type")
    report(wrong)


def test_hashed_files_and_renditions_are_kept_for_ever(crawl: Crawl) -> None:
    wrong = []
    for address, answer in crawl.answers.items():
        if address.startswith(("/static/", "/media/images/")):
            control = answer.headers.get("Cache-Control", "")
            if "max-age=31536000" not in control and "max-age=315360000" not in control:
                wrong.append(f"{address}: {control}")
            if "immutable" not in control:
                wrong.append(f"{address}: {control}")
    report(wrong)


def test_titles_are_unique(crawl: Crawl) -> None:
    """Of each page: the contact page asked for with a reason is still the contact page."""
    titles = {reader.canonical or a: reader.title.strip() for a, reader in crawl.pages.items()}
    report(
        [
            f"« {title} »: {[a for a, found in titles.items() if found == title]}"
            for title, count in Counter(titles.values()).items()
            if count > 1 or not title
        ]
    )


def test_one_main_heading_and_no_level_jumped(crawl: Crawl) -> None:
    wrong = []
    for address, reader in crawl.pages.items():
        levels = reader.headings
        if levels.count(1) != 1:
            wrong.append(f"{address}: {levels.count(1)} h1")
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        if jumps:
            wrong.append(f"{address}: {levels}")
    report(wrong)


def test_every_page_is_in_french(crawl: Crawl) -> None:
    report([a for a, reader in crawl.pages.items() if reader.language != "fr"])


def test_links_name_where_they_lead(crawl: Crawl) -> None:
    """No page links to itself under an empty or a development address."""
    bad = re.compile(r"^(#?$|javascript:|http://localhost|file:)", re.I)
    report(
        [f"{a}: {link!r}" for a, r in crawl.pages.items() for link in r.links if bad.match(link)]
    )


@pytest.mark.parametrize(
    "address",
    [
        "/media/original_images/",
        "/media/original_images/photo.jpg",
        "/media/documents/statuts.pdf",
        "/media/",
        "/media/images/",
        "/media/images/../original_images/photo.jpg",
        "/media/images/%2e%2e/original_images/photo.jpg",
        "/media/images/%2e%2e/%2e%2e/site.sqlite3",
        "/api/v2/",
        "/api/v2/pages/",
        "/django-admin/",
        "/.git/config",
        "/.env",
        "/site.sqlite3",
        "/secret-key",
        "/static/../manage.py",
        "/static/staticfiles.json/",
    ],
)
def test_what_is_not_public_is_not_found(site: RunningSite, address: str) -> None:
    answer = site.get(address)
    if answer.status == 301:  # the final slash is added before anything is looked for
        answer = site.get(urlsplit(answer.headers["Location"]).path)
    assert answer.status == 404, (answer.status, answer.body[:200])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_stored_original_is_out_of_reach(site: RunningSite) -> None:
    names: list[str] = site.python(
        "import json; from pages.models import SiteDocument, SiteImage; print(json.dumps("
        "[x.file.name for m in (SiteImage, SiteDocument) for x in m.objects.all()]))"
    )
    for name in names:
        assert site.get(f"/media/{name}").status == 404, name


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/sitemap.xml", "application/xml"),
        ("/favicon.ico", None),
    ],
)
def test_the_files_of_machines(site: RunningSite, address: str, kind: str | None) -> None:
    answer = site.get(address)
    assert answer.status == (200 if kind else 302)
    if kind:
        assert answer.headers["Content-Type"] == kind


def test_the_sitemap_names_pages_that_answer(site: RunningSite, crawl: Crawl) -> None:
    answer = site.get("/sitemap.xml", **{"Accept-Encoding": "identity"})
    addresses = re.findall(r"<loc>([^<]+)</loc>", answer.body.decode())
    assert len(addresses) > 15
    unknown = [a for a in addresses if urlsplit(a).path not in crawl.pages]
    report(unknown)
