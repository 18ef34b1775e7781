"""Requests that cannot be lost, with true processes that are broken, on both databases.

Whoever was thanked finds their request there afterwards, whole, with their files, and the team is
told of it once. Of whoever was not thanked, nothing is left that is half a request; they press the
button again, and it is there, once.
"""

import hashlib
import io
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from contact.attachments import clean_attachment
from contact.form_keys import new_key

from ..fault_world import (
    CutLine,
    FaultySite,
    Post,
    PostgresDatabase,
    PostgresServer,
    SqliteDatabase,
    kill,
    wait_until,
)
from ..mail_server import MailServer

ENGINES = ["sqlite", "postgresql"]
on_postgresql = pytest.mark.parametrize("site", ["postgresql"], indirect=True)
TEAM = "equipe@regie.example"
TWO_MAILS = ["accuse", "demande"]
# On a machine that does much besides.
SECONDS_TO_ANSWER = 15


# --- The world ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL that nobody else uses."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.end()


@pytest.fixture(scope="module", params=ENGINES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FaultySite]:
    """The site, served, on each kind of database."""
    folder = tmp_path_factory.mktemp(request.param)
    database: SqliteDatabase | PostgresDatabase = SqliteDatabase(folder / "site.sqlite3")
    if request.param == "postgresql":
        line = request.getfixturevalue("cut_line")
        database = line.server.create("site")
        database.port = line.port
    site = FaultySite(folder, database)
    assert site.child("prepare") == ["/contact/"]
    with site.served():
        yield site


@pytest.fixture(scope="module")
def cut_line(server: PostgresServer) -> Iterator[CutLine]:
    """What stands between the site and PostgreSQL."""
    line = CutLine(server)
    yield line
    line.close()


def noise(number: int, length: int) -> bytes:
    """Bytes that nothing compresses, the same for the same number."""
    return hashlib.shake_128(str(number).encode()).digest(length)


@cache
def photo(number: int, side: int = 300) -> bytes:
    """A photo that does not compress: ``side`` 300 makes some 100 kB, 1500 some 3 MB."""
    pixels = noise(number, side * side * 3)
    content = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(content, "JPEG", quality=95)
    return content.getvalue()


@cache
def as_kept(content: bytes) -> bytes:
    """The photo as the site keeps it, byte for byte."""
    return clean_attachment(SimpleUploadedFile("photo-1.jpg", content, "image/jpeg")).content


def a_post(*photos: bytes, **others: str) -> Post:
    """A form that somebody has taken a minute to fill in."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        return Post(new_key(), photos=photos, **others)


def assert_is_there_once(site: FaultySite, post: Post) -> int:
    """The request of this form, whole: its identifier."""
    requests = site.requests_of(post)
    assert len(requests) == 1
    assert requests[0][3] == "nouvelle"
    identifier = int(requests[0][0])
    assert site.files_of(identifier) == [as_kept(one) for one in post.photos]
    assert [purpose for purpose, _state in site.mails_of(identifier)] == TWO_MAILS
    assert site.half_rows() == {}
    return identifier


def assert_is_nowhere(site: FaultySite, post: Post) -> None:
    """Nothing of this form, and no half of anything."""
    assert site.requests_of(post) == []
    assert site.half_rows() == {}


def assert_delivered_once(site: FaultySite, received: MailServer, post: Post) -> None:
    """The team and the person each got one mail of this request."""
    ((identifier, *_rest),) = site.requests_of(post)
    known = site.database.query(
        "SELECT message_id FROM pages_outgoingmail WHERE about = %s", f"request:{identifier}"
    )
    about = [mail for mail in received.received if (mail.parsed["Message-ID"],) in known]
    assert sorted(one for mail in about for one in mail.recipients) == sorted([TEAM, post.email])
    (told,) = [mail.parsed for mail in about if mail.recipients == [TEAM]]
    assert told["Reply-To"] == post.email
    assert post.message in told.get_content()


# --- Killed -------------------------------------------------------------------------------


def test_a_post_killed_at_any_statement_is_whole_or_nothing(site: FaultySite) -> None:
    moments = site.child("kill-everywhere")
    assert len(moments) > 20, "the post sends more statements than that"
    nothing = {"requests": 0, "files": 0, "events": 0, "mails": 0}
    whole = {"requests": 1, "files": 3, "events": 2, "mails": 2, "are_equal": True}
    for one in moments:
        committed = one["moment"] == "after the commit"
        found, healed = one["found"], one["healed"]
        assert found.items() >= (whole if committed else nothing).items(), one
        # What waited for the form is there until the request has it.
        assert found["held"] == (0 if committed else 1), one
        assert one["is_new"] is not committed, one
        assert healed.items() >= whole.items(), one
        assert healed["held"] == found["stray_mails"] == healed["stray_mails"] == 0, one


@pytest.mark.parametrize(
    ("moment", "is_written"),
    [
        ("before the transaction", False),
        ("before the commit", False),
        ("after the commit", True),
        ("before the answer", True),
    ],
)
def test_who_was_not_thanked_sends_again(site: FaultySite, moment: str, is_written: bool) -> None:
    post = a_post(photo(1), photo(2))
    site.kill_web_worker_at(moment)
    assert site.post(post) is None
    if is_written:
        assert_is_there_once(site, post)
    else:
        assert_is_nowhere(site, post)
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


def test_who_was_thanked_is_there_although_the_site_dies_at_once(site: FaultySite) -> None:
    post = a_post(photo(3), photo(4))
    site.kill_web_worker_at("after the answer")
    answer = site.post(post)
    wait_until(lambda: not site.fault.exists(), "the site was killed")
    assert answer
    assert answer.is_thanked
    assert_is_there_once(site, post)


def test_who_is_killed_while_it_receives_a_file_leaves_none_behind(site: FaultySite) -> None:
    post = a_post(photo(5, 1500))
    with site.send_half(post):
        wait_until(lambda: files_without_name(site), "a file is on its way to the disk")
        assert list(site.uploads.iterdir()) == []
        for pid in site.web_workers:
            kill(pid)
    assert list(site.uploads.iterdir()) == []
    assert_is_nowhere(site, post)
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


def files_without_name(site: FaultySite) -> list[Path]:
    """The files in the folder of uploads that processes hold open."""
    return [
        link
        for pid in site.web_workers
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink() and str(site.uploads) in str(link.readlink())
    ]


# --- Clicked twice ------------------------------------------------------------------------


@pytest.mark.parametrize(("clicks", "photos"), [(2, (6, 7)), (6, ())])
def test_clicks_at_the_same_time_are_one_request(
    site: FaultySite, clicks: int, photos: tuple[int, ...]
) -> None:
    """Two with photos, of which a process reads few at once; many without."""
    post = a_post(*map(photo, photos))
    with ThreadPoolExecutor(clicks) as visitors:
        answers = list(visitors.map(site.post, [post] * clicks))
    assert [answer and answer.status for answer in answers] == [303] * clicks
    assert_is_there_once(site, post)


def test_a_click_that_finds_the_site_busy_makes_no_second_request(site: FaultySite) -> None:
    post = a_post(photo(18), photo(19))
    with ThreadPoolExecutor(6) as visitors:
        answers = list(visitors.map(site.post, [post] * 6))
    # Some are told to send again: photos are read a few at a time. All are one request.
    assert {answer and answer.status for answer in answers} <= {200, 303}
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


def test_the_first_requests_of_a_year_have_each_their_number(site: FaultySite) -> None:
    site.database.query("UPDATE contact_contactrequest SET year = year - 20")
    site.database.query("DELETE FROM contact_referencecounter")
    posts = [a_post() for _ in range(8)]
    with ThreadPoolExecutor(8) as visitors:
        answers = list(visitors.map(site.post, posts))
    assert [answer and answer.status for answer in answers] == [303] * len(answers)
    numbers = sorted(site.requests_of(post)[0][2] for post in posts)
    assert numbers == list(range(1, 9))
    for post in posts:
        assert_is_there_once(site, post)


@on_postgresql
def test_nobody_waits_for_ever_behind_a_post_that_hangs(site: FaultySite) -> None:
    hung, other = a_post(photo(16)), a_post()
    with site.held_at_the_commit(hung) as answers:
        # The first has the number; the database ends it, and its line, after a while.
        assert_thanked_quickly(site, other)
    (answer,) = answers
    assert answer
    assert answer.is_thanked
    assert_is_there_once(site, hung)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_a_file_that_another_process_locks_for_a_moment_is_waited_for(site: FaultySite) -> None:
    post = a_post(photo(17))
    with (
        closing(sqlite3.connect(site.folder / "site.sqlite3", isolation_level=None)) as other,
        ThreadPoolExecutor(1) as visitor,
    ):
        other.execute("BEGIN IMMEDIATE")
        answer = visitor.submit(site.post, post)
        time.sleep(1)
        assert not answer.done()
        other.execute("COMMIT")
        thanks = answer.result()
    assert thanks
    assert thanks.is_thanked
    assert_is_there_once(site, post)


# --- The mail server, and who takes mails to it ---------------------------------------------


def test_no_trouble_of_the_mails_is_the_visitors(site: FaultySite) -> None:
    """Nobody works; then nobody answers; then a silence; then a kill; then all is well."""
    stopped, refused, silent, killed = posts = [a_post(photo(8)) for _ in range(4)]
    assert_thanked_quickly(site, stopped)
    with site.working():
        site.nudge()
        wait_until(lambda: is_said(site, "la connexion est refusée"), "the server is away")
        assert_thanked_quickly(site, refused)
        with silent_server(site.mail_port):
            site.nudge()
            wait_until(lambda: is_said(site, "ne répond pas assez vite"), "the server is silent")
            assert_thanked_quickly(site, silent)
    server = MailServer(port=site.mail_port)
    with server.running():
        with site.working() as worker:
            server.victim = lambda: worker.pid
            site.nudge()
            wait_until(lambda: worker.poll() is not None, "the worker is killed while it speaks")
        assert server.received == []
        assert_thanked_quickly(site, killed)
        server.victim = None
        site.end_leases()
        with site.working():
            site.nudge()
            wait_until(lambda: are_all_sent(site), "everything is delivered")
    for post in posts:
        assert_is_there_once(site, post)
        assert_delivered_once(site, server, post)


def assert_thanked_quickly(site: FaultySite, post: Post) -> None:
    answer = site.post(post)
    assert answer
    assert answer.is_thanked
    assert answer.seconds < SECONDS_TO_ANSWER
    assert_is_there_once(site, post)


def is_said(site: FaultySite, words: str) -> bool:
    """Whether the outbox says so of a mail that waits."""
    said = site.database.query("SELECT last_error FROM pages_outgoingmail WHERE attempts > 0")
    return any(words in error for (error,) in said)


def are_all_sent(site: FaultySite) -> bool:
    site.nudge()
    return site.database.query("SELECT id FROM pages_outgoingmail WHERE state <> 'envoye'") == []


@contextmanager
def silent_server(port: int) -> Iterator[None]:
    """A server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", port)):
        yield


# --- A disk that is full ------------------------------------------------------------------


def test_a_full_disk_under_the_database_is_told_and_leaves_nothing(
    site: FaultySite, request: pytest.FixtureRequest
) -> None:
    post = a_post(photo(9, 500), photo(10, 500))
    with site.disk_full_after(*a_little_room(site, request)):
        answer = site.post(post)
        assert answer
        assert answer.status == 503
        assert "n’a pas été enregistré" in answer.text
        assert post.message in answer.text
        assert post.form_key in answer.text
    assert_is_nowhere(site, post)
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


def a_little_room(site: FaultySite, request: pytest.FixtureRequest) -> tuple[int, list[int]]:
    """How long files may become, and of which processes."""
    if isinstance(site.database, SqliteDatabase):
        return 200_000, site.web_workers
    # The journal of PostgreSQL is made of files of 16 MB: only that of the photos is longer.
    other = a_post(photo(15))
    assert site.post_until_answered(other).is_thanked
    site.database.query(
        "UPDATE contact_requestfile SET content = %s WHERE request_id = %s",
        noise(0, 16_500_000),
        site.requests_of(other)[0][0],
    )
    return 17_000_000, request.getfixturevalue("server").processes


def test_a_full_disk_under_the_uploads_takes_the_file_not_the_words(site: FaultySite) -> None:
    post = a_post(photo(11, 1500))
    with site.disk_full_after(1_000_000, site.web_workers):
        answer = site.post(post)
    assert answer
    assert answer.status == 200
    assert "le site n’a pas pu recevoir ce fichier" in answer.text
    assert post.message in answer.text
    assert list(site.uploads.iterdir()) == []
    assert_is_nowhere(site, post)
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


# --- PostgreSQL goes away -----------------------------------------------------------------


@on_postgresql
def test_a_database_that_restarts_in_the_middle_of_a_post_loses_nothing(
    site: FaultySite, server: PostgresServer
) -> None:
    post = a_post(photo(12))
    with site.held_at_the_commit(post) as answers:
        server.crash()
        server.start()
    (answer,) = answers
    assert answer
    assert answer.is_thanked
    assert_is_there_once(site, post)


@on_postgresql
def test_a_database_that_stays_away_is_told_and_the_same_form_is_sent_again(
    site: FaultySite, server: PostgresServer
) -> None:
    post = a_post(photo(13))
    with site.held_at_the_commit(post) as answers:
        server.crash()
    server.start()
    (answer,) = answers
    assert answer
    assert answer.status == 503
    assert_is_nowhere(site, post)
    assert site.post_until_answered(post).is_thanked
    assert_is_there_once(site, post)


@on_postgresql
def test_a_commit_whose_answer_is_lost_is_found_again(site: FaultySite, cut_line: CutLine) -> None:
    post = a_post(photo(14))
    with site.held_at_the_commit(post) as answers:
        assert site.requests_of(post) == []
        cut_line.is_armed = True
    assert not cut_line.is_armed, "the line was cut"
    (answer,) = answers
    assert answer
    assert answer.is_thanked
    assert_is_there_once(site, post)
