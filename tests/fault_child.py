"""What the fault tests run in other processes: the rows of a small site, and posts that are killed.

``prepare`` makes the site; ``kill-everywhere`` writes requests in processes that are killed, one at
each statement that a request sends to the database. Django is set up before this is read.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from wagtail.models import Collection, Locale, Page

from contact.attachments import CleanFile
from contact.models import ContactRequest, HeldFile, RequestEvent, RequestFile
from contact.reasons import Reason
from contact.receiving import Submission, receive
from pages.models import OutgoingMail

from . import factories

CONTENTS = (b"\xff\xd8 first" * 5000, b"\xff\xd8 second" * 9000)
HELD = b"\xff\xd8 held" * 3000
MOST_STATEMENTS = 100


def prepare() -> list[str]:
    """The tables, a home page, the contact page and the reasons: enough to receive requests."""
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    # What migrations of Wagtail make.
    Locale.objects.create(language_code="fr")
    Collection.add_root(name="Root")
    Page.add_root(title="Root", slug="root")
    factories.SiteFactory()
    page = factories.ContactPageFactory()
    factories.OrganisationFactory(email="equipe@regie.example", phone="03 21 00 00 00")
    return [page.url]


def kill_everywhere() -> list[dict[str, Any]]:
    """Post a form for each moment, in a process that is killed there, then post it again.

    What is found after the kill and after the second post is told for each moment.
    """
    told: list[dict[str, Any]] = []
    for moment in _moments():
        key = f"form {moment}"
        _hold(key)
        if not _die_at(moment, key):
            break  # the post has come to its end
        found = _rows(key)
        receipt = receive(_submission(key))
        told.append(
            {"moment": moment, "found": found, "is_new": receipt.is_new, "healed": _rows(key)}
        )
    return told


def _moments() -> Iterator[str]:
    yield from ("before the commit", "after the commit")
    # The last one comes after the end of the post: the process lives.
    yield from (f"statement {number}" for number in range(1, MOST_STATEMENTS))


def _hold(key: str) -> None:
    HeldFile.objects.create(
        form_key=key,
        name="gardée.jpg",
        content_type="image/jpeg",
        content=HELD,
        size=len(HELD),
        original_sha256="c" * 64,
    )


def _submission(key: str) -> Submission:
    values = {"name": "Zoé", "email": f"{abs(hash(key))}@example.org", "message": key}
    files = tuple(
        CleanFile(f"{n}.jpg", "image/jpeg", content, str(n) * 64)
        for n, content in enumerate(CONTENTS)
    )
    return Submission(key, Reason.QUOTE, values, "La mention", files)


def _rows(key: str) -> dict[str, Any]:
    """What is in the database of a form."""
    requests = ContactRequest.objects.filter(message=key)
    files = RequestFile.objects.filter(request__in=requests).order_by("pk")
    wanted = [HELD, *CONTENTS]
    return {
        "requests": requests.count(),
        "files": files.count(),
        "are_equal": [bytes(one.content) for one in files] == wanted,
        "held": HeldFile.objects.filter(form_key=key).count(),
        "events": RequestEvent.objects.filter(request__in=requests).count(),
        "mails": OutgoingMail.objects.filter(
            about__in=[f"request:{pk}" for pk in requests.values_list("pk", flat=True)]
        ).count(),
        "stray_mails": OutgoingMail.objects.exclude(
            about__in=[
                f"request:{pk}" for pk in ContactRequest.objects.values_list("pk", flat=True)
            ]
        ).count(),
    }


def _die_at(moment: str, key: str) -> bool:
    """Whether a process that posts this form was killed at this moment."""
    connection.close()  # a connection belongs to one process
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)
    try:
        with connection.execute_wrapper(_killer(moment)):
            _kill_at_commit(moment)
            receive(_submission(key))
    finally:
        os._exit(0)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killer(moment: str) -> Callable[..., Any]:
    count = 0

    def execute(run: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        if moment == f"statement {count}":
            _die()
        return run(sql, *arguments)

    return execute


def _kill_at_commit(moment: str) -> None:
    commit = BaseDatabaseWrapper._commit

    def killed(self: BaseDatabaseWrapper) -> None:
        if moment == "before the commit":
            _die()
        commit(self)
        if moment == "after the commit":
            _die()

    wrapper: Any = BaseDatabaseWrapper
    wrapper._commit = killed


COMMANDS: dict[str, Callable[[], Any]] = {"prepare": prepare, "kill-everywhere": kill_everywhere}


def main() -> None:
    """Run the command that is named, and print what it returns."""
    print(json.dumps(COMMANDS[sys.argv[1]]()))
