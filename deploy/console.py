"""What the scripts say, and how they fail: one French sentence, then what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES_SHOWN_ON_FAILURE = 40
COUNTER_STEP_WITHOUT_TERMINAL = 100


class Failure(Exception):
    """A step that cannot be done; the message is in French and says what to do."""


def say(text: str = "") -> None:
    """Print one line at once, even through a pipe."""
    print(text, flush=True)


def speak_utf8() -> None:
    """Never let a terminal's old encoding turn a French sentence into a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def main(action: Callable[[], int]) -> None:
    """Run a script's action; end with its code, or with a sentence when it fails."""
    speak_utf8()
    try:
        code = action()
    except Failure as failure:
        say()
        say(f"ÉCHEC — {failure}")
        code = 1
    except KeyboardInterrupt:
        say()
        say("Interrompu.")
        code = 130
    sys.exit(code)


def duration(seconds: float) -> str:
    """Return a short French duration: « 4 s », « 2 min 05 s »."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, then say how long it took."""
    say(f"→ {title}…")
    start = time.monotonic()
    yield
    say(f"  fait en {duration(time.monotonic() - start)}")


def run(command: Sequence[str], advice: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command that shows its own output. Raises Failure, with the advice, when it fails."""
    code = subprocess.run(command, cwd=ROOT, env=_merged(environment), check=False).returncode
    if code:
        raise Failure(f"la commande « {_readable(command)} » a rendu le code {code}. {advice}")


def run_counting(
    command: Sequence[str],
    counted: str,
    unit: str,
    advice: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a talkative command, showing only how many of its lines begin with `counted`.

    Its last lines are shown when it fails. Raises Failure, with the advice.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=_merged(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    lines: list[str] = []
    count = 0
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith(counted):
            count += 1
            _show_count(count, unit)
    _end_count(count, unit)
    if process.wait():
        for line in lines[-LINES_SHOWN_ON_FAILURE:]:
            say(f"    {line}")
        raise Failure(
            f"la commande « {_readable(command)} » a rendu le code {process.returncode}. {advice}"
        )


def _show_count(count: int, unit: str) -> None:
    if sys.stdout.isatty():
        print(f"\r  {count} {unit}", end="", flush=True)
    elif count % COUNTER_STEP_WITHOUT_TERMINAL == 0:
        say(f"  {count} {unit}")


def _end_count(count: int, unit: str) -> None:
    if not count:
        return
    if sys.stdout.isatty():
        say()
    elif count % COUNTER_STEP_WITHOUT_TERMINAL:
        say(f"  {count} {unit}")


def _merged(environment: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, **(environment or {})}


def _readable(command: Sequence[str]) -> str:
    """Return the command as one would type it from the top of the repository."""
    return " ".join(word.replace(f"{ROOT}/", "") for word in command)
