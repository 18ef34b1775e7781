"""Two processes side by side: the web server, and the chores that go with it.

The server's end is the end of both; a chores process that dies is started again. Nothing
survives the supervisor: each process leads its own group, and the kernel (Linux) ends both
should the supervisor itself be killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

from deploy.console import ROOT, say

POLL_SECONDS = 0.2
# Above gunicorn's graceful timeout, so that a page being served is finished.
STOP_SECONDS = 35
ONE_REQUEST_SECONDS = 0.5
LONGEST_PAUSE = 60
HEALTHY_AFTER = 60
PR_SET_PDEATHSIG = 1


class Supervisor:
    """Run `server` and `companion` until a signal, or until the server dies."""

    def __init__(
        self,
        server: Sequence[str],
        companion: Sequence[str],
        environment: Mapping[str, str],
        on_start: Callable[[Callable[[], bool]], None],
    ) -> None:
        self.commands = {"server": list(server), "companion": list(companion)}
        self.environment = {**os.environ, **environment}
        self.on_start = on_start
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stop_asked = 0
        self.last_signal = -ONE_REQUEST_SECONDS - 1.0
        self.pause = 1.0
        self.companion_started = 0.0
        self.companion_due = 0.0

    def run(self) -> int:
        """Serve until the end. Return 0 when a signal asked for it, 1 when the server died."""
        self._listen_to_signals()
        try:
            self._start("server")
            self._start("companion")
            self.on_start(self._server_runs)
            while self._server_runs():
                self._keep_companion()
                time.sleep(POLL_SECONDS)
        finally:
            self._stop_all()
        if self.stop_asked:
            say("Le site est arrêté.")
            return 0
        say(
            f"ÉCHEC — le serveur s’est arrêté (code {self.processes['server'].returncode}). "
            "La raison est écrite ci-dessus ; corrigez-la, puis relancez « make run »."
        )
        return 1

    def _server_runs(self) -> bool:
        return not self.stop_asked and self.processes["server"].poll() is None

    def _listen_to_signals(self) -> None:
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        # `nohup make run` asks to live on when the terminal closes.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # A group kill reaches us twice, from the terminal and through make: that is one request.
        now = time.monotonic()
        if now - self.last_signal > ONE_REQUEST_SECONDS:
            self.stop_asked += 1
        self.last_signal = now

    def _start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(
            self.commands[name],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # safe: no thread is ever started here
        )
        if name == "companion":
            self.companion_started = time.monotonic()

    def _keep_companion(self) -> None:
        """Start the companion again when it died, after a pause that grows with its failures."""
        if self.processes["companion"].poll() is None:
            return
        now = time.monotonic()
        if not self.companion_due:
            if now - self.companion_started > HEALTHY_AFTER:
                self.pause = 1.0
            code = self.processes["companion"].returncode
            say(f"Tâches de fond arrêtées (code {code}) : relance dans {self.pause:.0f} s.")
            self.companion_due = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        elif now >= self.companion_due:
            self.companion_due = 0.0
            self._start("companion")

    def _stop_all(self) -> None:
        """Ask both to end, wait, then end by force what is left of their groups."""
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(process.poll() is None for process in self.processes.values()):
            # A second Ctrl+C means: at once.
            if time.monotonic() > deadline or self.stop_asked > 1:
                break
            time.sleep(POLL_SECONDS / 4)
        for process in self.processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _end_with_parent() -> None:
    """Ask the kernel (Linux) to end this process when its parent dies, even killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
