"""Workers of the outbox as true processes, killed at every step: nothing lost, one copy.

Only between the server's « 250 » and our commit is a second copy allowed, and it is known as one.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from pages.models import OutgoingMail

from . import factories
from .mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

State = OutgoingMail.State
KILLED = -9
# A worker that dies where it is told to.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from pages import mail_delivery

settings.MAIL_DELIVERY_BACKEND = "pages.mail_delivery.SmtpBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
point = sys.argv[2]
real_dialogue, real_send = mail_delivery.SmtpBackend._send, mail_delivery._send

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def dialogue(self, message):
    if point == "before sending":
        die()
    done = real_dialogue(self, message)
    if point == "between 250 and commit":
        die()
    return done

def send(connection, mail):
    done = real_send(connection, mail)
    if point == "after commit":
        die()
    return done

mail_delivery.SmtpBackend._send, mail_delivery._send = dialogue, send
print(mail_delivery.deliver_due())
"""
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def server() -> Iterator[MailServer]:
    """The mail server of the site, which works."""
    with MailServer().running() as running:
        yield running


@pytest.fixture
def outside(tmp_path: Path) -> tuple[dict[str, str], Query]:
    """How another process reaches the rows of this test, and how to read them from here.

    Two mails wait there. SQLite's database of the tests is in memory: others get a copy.
    """
    for name in ("a", "b"):
        factories.OutgoingMailFactory(recipient=f"{name}@example.org")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "impulsion_site.settings.test",
        "DATA_DIR": str(tmp_path),
    }
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        to = connection.connection.info
        address = f"postgres://{to.user}:{to.password}@/{to.dbname}?host={to.host}&port={to.port}"
        return {**environment, "DATABASE_URL": address}, _here
    copy = tmp_path / "site.sqlite3"
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)

    def there(sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(copy)) as database:
            rows = database.execute(sql).fetchall()
            database.commit()
            return rows

    return environment, there


def _here(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def start(environment: dict[str, str], port: int, point: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(port), point],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def states(query: Query) -> list[str]:
    return [state for (state,) in query("SELECT state FROM pages_outgoingmail ORDER BY recipient")]


def end_leases(query: Query) -> None:
    """What time does to the leases of who is dead."""
    query("UPDATE pages_outgoingmail SET lease_until = '2000-01-01 00:00:00+00:00'")


def heal(environment: dict[str, str], port: int) -> str:
    worker = start(environment, port)
    said, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    return said.strip()


@pytest.mark.parametrize(
    ("point", "copies"),
    [("before sending", 1), ("between 250 and commit", 2), ("after commit", 1)],
)
def test_a_worker_killed_loses_nothing(server, outside, point: str, copies: int) -> None:
    environment, query = outside
    killed = start(environment, server.port, point)
    assert killed.wait(60) == KILLED
    # Nobody else takes what it had taken before its lease ends.
    assert states(query).count(State.SENDING) == (point != "after commit")
    assert heal(environment, server.port) == "1"
    end_leases(query)
    heal(environment, server.port)
    assert states(query) == [State.SENT, State.SENT]
    copies_of_a = [mail for mail in server.received if mail.recipients == ["a@example.org"]]
    assert len(copies_of_a) == copies
    assert server.recipients.count("b@example.org") == 1
    assert len({mail.parsed["Message-ID"] for mail in copies_of_a}) == 1


def test_a_worker_killed_while_it_speaks_loses_nothing(server, outside) -> None:
    environment, query = outside
    worker: list[subprocess.Popen[str]] = []
    server.victim = lambda: worker[0].pid
    worker.append(start(environment, server.port))
    assert worker[0].wait(60) == KILLED
    assert server.received == []
    server.victim = None
    end_leases(query)
    assert heal(environment, server.port) == "2"
    assert sorted(server.recipients) == ["a@example.org", "b@example.org"]


def test_two_workers_at_once_send_each_mail_once(server, outside) -> None:
    environment, query = outside
    query(
        "INSERT INTO pages_outgoingmail (message_id, sender, recipient, subject, purpose, about,"
        " message, state, attempts, next_attempt_at, lease_token, last_error, repeats, created_at)"
        " SELECT message_id, sender, recipient || n, subject, purpose, about, message, state,"
        " attempts, next_attempt_at, lease_token, last_error, repeats, created_at"
        " FROM pages_outgoingmail, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4"
        " UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8) AS numbers"
    )
    workers = [start(environment, server.port) for _ in range(2)]
    sent = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(sent) == 18
    assert set(states(query)) == {State.SENT}
    assert len(server.recipients) == len(set(server.recipients)) == 18
