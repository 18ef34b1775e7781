"""Two thousand posts, one in ten of a person: nobody is lost among robots, and nothing overflows.

The site is gunicorn with the settings of production, behind a proxy that says where each post
comes from; forty posts are under way at any moment.
"""

import http.client
import itertools
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from contact import spam
from contact.form_keys import new_key

from ..fault_world import CSRF, FaultySite, PostgresServer, SqliteDatabase

POSTS, PEOPLE, AT_ONCE = 2_000, 200, 40
# Of all the posts of robots, those that may be taken for somebody's.
MOST_MISSED = 0.02
# What each process may have grown by, once every path was taken a few times, in MB.
MOST_GROWN = 40

WORDS = (
    "bonjour je cherche un devis pour la haie du jardin devant notre immeuble merci de me rappeler "
    "demain matin si possible nous avons aussi une clôture abîmée et des feuilles à ramasser avant "
    "la fin du mois les voisins sont d’accord avec la mairie et le bailleur"
).split()
NAMES = ("Zoé Lefèvre", "Олена Ковальчук", "فاطمة الزهراء", "Jean-Baptiste d’Artois", "Ý", "NGUYEN")


@dataclass(frozen=True)
class Sent:
    """A form that is sent; ``who`` tells people from each kind of robots."""

    who: str
    address: str
    key: str
    told: dict[str, str]

    @property
    def is_of_a_person(self) -> bool:
        return self.who.startswith("person")


@dataclass
class Crowd:
    """Who sends what. The same at each run."""

    draw: random.Random = field(default_factory=lambda: random.Random(8))
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def address(self) -> str:
        number = next(self.numbers)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def told(self, **others: str) -> dict[str, str]:
        """What people write: no two say the same."""
        number = next(self.numbers)
        text = " ".join(self.draw.choices(WORDS, k=self.draw.randint(8, 60)))
        name = self.draw.choice(NAMES)
        return {
            "name": name,
            "message": f"{text}. Maison {number}.",
            "email": f"p{number}@example.org",
            **others,
        }

    def post(
        self, who: str, address: str = "", seconds: float = 60, key: str = "", **told: str
    ) -> Sent:
        if not key:
            with time_machine.travel(timezone.now() - timedelta(seconds=seconds)):
                key = new_key()
        return Sent(who, address or self.address(), key, self.told(**told))

    def people(self) -> list[Sent]:
        town_halls = [self.address() for _ in range(4)]
        return [
            *(
                self.post("person at home", seconds=self.draw.choice([9, 90, 7200]))
                for _ in range(130)
            ),
            *(self.post("person in a town hall", place) for place in town_halls for _ in range(10)),
            *(
                self.post("person with a link", message=f"Le plan {n} : https://mairie.example/{n}")
                for n in range(20)
            ),
            *(self.post("person whose browser fills the form", seconds=1) for _ in range(10)),
        ]

    def robots(self) -> list[Sent]:
        alone, forger = self.address(), self.address()
        harvested = self.post("").key
        replayed = self.post("robot that replays")
        many = (" ".join(f"http://x{n}.example/{m}" for m in range(9)) for n in range(300))
        return [
            *(self.post("robot that fills all", **{spam.HONEYPOT_NAME: "x"}) for _ in range(400)),
            *(self.post("robot in a hurry", seconds=-3600) for _ in range(300)),
            *(self.post("robot with links", message=links) for links in many),
            *(
                self.post("robot that repeats", message="Great offer for your nice company!")
                for _ in range(200)
            ),
            *(self.post("robot with one key", key=harvested) for _ in range(200)),
            *(self.post("robot with one address", alone) for _ in range(250)),
            *(
                self.post("robot that forges", f"198.51.100.{n}, 192.0.2.{n}, {forger}")
                for n in range(100)
            ),
            *[replayed] * 50,
        ]


@dataclass(frozen=True)
class Answered:
    sent: Sent
    status: int
    seconds: float


class Flood:
    """Sends, forty at once."""

    def __init__(self, site: FaultySite) -> None:
        self.site = site

    def send(self, sent: Sent) -> Answered:
        """As a browser does; a person who is told to send again later does."""
        began = time.monotonic()
        status = self._post(sent)
        seconds = time.monotonic() - began
        if status == 429 and sent.is_of_a_person:
            time.sleep(4)
            status = self._post(sent)
        return Answered(sent, status, seconds)

    def _post(self, sent: Sent) -> int:
        told = {"csrfmiddlewaretoken": CSRF, "formulaire": sent.key, **sent.told}
        line = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={CSRF}",
            "X-Forwarded-For": sent.address,
        }
        with closing(line):
            line.request("POST", "/contact/?motif=autre", urlencode(told), headers)
            answer = line.getresponse()
            answer.read()
            return answer.status

    def all(self, posts: list[Sent]) -> list[Answered]:
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            return list(crowd.map(self.send, posts))

    def memory(self) -> list[int]:
        """Of each process that answers, in MB."""
        return [_resident(pid) for pid in self.site.web_workers]


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


@pytest.fixture
def flood(tmp_path: Path) -> Iterator[Flood]:
    """The site, served, on the kind of database of these tests; `make test` has two."""
    if connection.vendor == "sqlite":
        yield from _served(FaultySite(tmp_path, SqliteDatabase(tmp_path / "site.sqlite3")))
        return
    server = PostgresServer()
    try:
        server.start()
        yield from _served(FaultySite(tmp_path, server.create("site")))
    finally:
        server.end()


def _served(site: FaultySite) -> Iterator[Flood]:
    site.child("prepare")
    with site.served():
        yield Flood(site)


def test_people_among_robots_are_all_heard(flood: Flood) -> None:
    crowd = Crowd()
    people, robots = crowd.people(), crowd.robots()
    assert (len(people), len(people) + len(robots)) == (PEOPLE, POSTS)
    warm = flood.all([crowd.post("person before") for _ in range(80)])
    assert {answer.status for answer in warm} == {303}
    before = flood.memory()

    posts = people + robots
    crowd.draw.shuffle(posts)
    began = time.monotonic()
    answers = flood.all(posts)
    lasted = time.monotonic() - began
    after = flood.memory()

    rows = flood.site.database.query("SELECT email, state FROM contact_contactrequest")
    kept = dict(rows)
    assert len(kept) == len(rows), "nobody is written twice"

    # Every person was thanked, and is there; those who were not in a hurry are in hand.
    lost = [one.sent.who for one in answers if one.sent.is_of_a_person and one.status != 303]
    assert lost == []
    states = Counter((one.who, kept.get(one.told["email"])) for one in people)
    assert None not in {state for _who, state in states}
    hurried = {"person whose browser fills the form"}
    assert {who for who, state in states if state == "indesirable"} <= hurried

    # Robots are set aside or refused, but for a few.
    by_email = {one.told["email"]: one.who for one in robots}
    missed = Counter(who for email, who in by_email.items() if kept.get(email) == "nouvelle")
    assert missed.total() <= MOST_MISSED * len(robots), missed
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) == {303, 429}

    # What is kept of them is bounded, and no mail leaves for them.
    aside = sum(state == "indesirable" for state in kept.values())
    assert aside <= spam.MOST_SET_ASIDE_IN_AN_HOUR + AT_ONCE
    assert flood.site.database.query(
        "SELECT count(*) FROM pages_outgoingmail WHERE about IN (SELECT 'request:' || id FROM"
        " contact_contactrequest WHERE state = 'indesirable')"
    ) == [(0,)]
    assert len(after) == len(before)
    grown = [now - then for now, then in zip(sorted(after), sorted(before), strict=True)]
    assert max(grown) <= MOST_GROWN, (before, after)

    of_people = [one.seconds for one in answers if one.sent.is_of_a_person]
    print(
        f"{flood.site.database.vendor}: {lasted:.0f} s, {statuses}, missed {missed}, aside {aside},"
        f" memory {before} → {after} MB, people wait {statistics.median(of_people):.2f} s"
    )
