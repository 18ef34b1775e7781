"""The site as gunicorn serves it, which dies where a test tells it to.

The test writes the name of a moment in a file; the process that comes there removes the file and
kills itself, with the signal that no program can catch.
"""

import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from impulsion_site.wsgi import application as site

from contact import asking, receiving  # isort: skip - after Django is ready

FAULT, HELD = settings.DATA_DIR / "fault", settings.DATA_DIR / "held"
HELD_FOR = 30

_here = threading.local()
_receive, _commit = asking.receive, BaseDatabaseWrapper._commit


def _is(moment: str) -> bool:
    with suppress(FileNotFoundError):
        return FAULT.read_text() == moment
    return False


def _die_if(moment: str) -> None:
    if _is(moment):
        FAULT.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _hold_if(moment: str) -> None:
    """Hold the first that comes; the others pass."""
    if not _is(moment):
        return
    with suppress(FileExistsError):
        HELD.touch(exist_ok=False)
        deadline = time.monotonic() + HELD_FOR
        while _is(moment) and time.monotonic() < deadline:
            time.sleep(0.02)


def _receive_or_die(submission: Any) -> Any:
    _die_if("before the transaction")
    _here.receives = True
    try:
        return _receive(submission)
    finally:
        _here.receives = False
        _die_if("before the answer")


def _commit_or_die(self: BaseDatabaseWrapper) -> None:
    if not getattr(_here, "receives", False):
        return _commit(self)
    _die_if("before the commit")
    _hold_if("hold the commit")
    _commit(self)
    return _die_if("after the commit")


class _Answered:
    """An answer, at whose end it has left for the visitor."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        """Called by gunicorn once everything was sent."""
        if callable(close := getattr(self.parts, "close", None)):
            close()
        _die_if("after the answer")


asking.receive = _receive_or_die
# A post that hangs is ended soon enough for a test.
receiving.GUARDS = receiving.GUARDS.replace("'10s'", "'2s'")
_wrapper: Any = BaseDatabaseWrapper
_wrapper._commit = _commit_or_die


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer, or die."""
    answer = site(environ, start_response)
    return _Answered(answer) if environ["REQUEST_METHOD"] == "POST" else answer
