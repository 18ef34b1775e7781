"""The scripts behind `make`: two processes that live and end together, and clear refusals."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy import environment, settings
from deploy.console import ROOT, Failure

# A supervisor of two sleepers, each writing its process number in the folder given.
SUPERVISED = """
import sys
from deploy.supervisor import Supervisor

folder = sys.argv[1]

def sleeper(name, seconds):
    code = (
        "import os, pathlib, sys, time;"
        f"open({folder!r} + '/' + {name!r}, 'a').write(str(os.getpid()) + chr(10));"
        f"time.sleep({seconds})"
    )
    return [sys.executable, "-c", code]

def started(server_runs):
    print("started", flush=True)

server = sleeper("server", float(sys.argv[2]))
companion = sleeper("companion", float(sys.argv[3]))
sys.exit(Supervisor(server, companion, {}, started).run())
"""
LONG = "600"
Supervise = Callable[[str, str], subprocess.Popen[bytes]]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """Start a supervisor with the life time, in seconds, of its server and its companion."""
    started: list[subprocess.Popen[bytes]] = []

    def start(server: str, companion: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISED, str(tmp_path), server, companion],
            cwd=ROOT,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
    for pid in [*written(tmp_path, "server"), *written(tmp_path, "companion")]:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def processes(folder: Path, name: str, at_least: int = 1) -> list[int]:
    """The process numbers written by a sleeper, once there are enough of them."""
    wait_until(lambda: len(written(folder, name)) >= at_least, f"{at_least} × {name}")
    return written(folder, name)


def written(folder: Path, name: str) -> list[int]:
    """The process numbers that a sleeper has written so far."""
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, f"never seen: {what}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie nobody has read yet is not a process that runs.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_both_processes_and_is_no_failure(
    supervise: Supervise, tmp_path: Path, number: signal.Signals
) -> None:
    supervisor = supervise(LONG, LONG)
    children = processes(tmp_path, "server") + processes(tmp_path, "companion")
    supervisor.send_signal(number)
    assert supervisor.wait(15) == 0
    assert not [pid for pid in children if is_alive(pid)]


def test_a_killed_supervisor_leaves_no_orphan(supervise: Supervise, tmp_path: Path) -> None:
    supervisor = supervise(LONG, LONG)
    children = processes(tmp_path, "server") + processes(tmp_path, "companion")
    supervisor.kill()
    wait_until(lambda: not [pid for pid in children if is_alive(pid)], "the end of both")


def test_the_death_of_the_server_is_a_failure_that_stops_the_companion(
    supervise: Supervise, tmp_path: Path
) -> None:
    supervisor = supervise("1", LONG)
    companion = processes(tmp_path, "companion")[0]
    assert supervisor.wait(15) == 1
    assert not is_alive(companion)


def test_a_dead_companion_is_started_again(supervise: Supervise, tmp_path: Path) -> None:
    supervise(LONG, LONG)
    first = processes(tmp_path, "companion")[0]
    os.kill(first, signal.SIGKILL)
    assert processes(tmp_path, "companion", at_least=2)[1] != first


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 10, 12), (3, 14, 0)])
def test_an_unsupported_python_is_refused_in_french(version: tuple[int, ...]) -> None:
    with pytest.raises(Failure, match=r"il faut Python 3\.11"):
        environment.check_python(version)


@pytest.mark.parametrize("version", [(3, 11, 2), (3, 12, 1), (3, 13, 0)])
def test_a_supported_python_is_accepted(version: tuple[int, ...]) -> None:
    environment.check_python(version)


def test_missing_packages_are_named_where_apt_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match="chromium postgresql"):
        environment.install_debian_packages(["chromium", "postgresql"])


def test_a_port_already_taken_is_said_clearly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=rf"127\.0\.0\.1:{port} .*déjà pris"):
            settings.check_port("127.0.0.1", port)


def test_the_secret_key_is_drawn_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = settings.secret_key(tmp_path)
    assert len(first) >= 50
    assert settings.secret_key(tmp_path) == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_environment_of_make_run_keeps_what_is_already_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.setenv("ALLOWED_HOSTS", "impulsion.test")
    chosen = settings.production_environment("0.0.0.0", 8106)  # noqa: S104
    assert chosen["SITE_URL"] == "http://127.0.0.1:8106"
    assert chosen["ALLOWED_HOSTS"] == "impulsion.test"
    assert chosen["DATA_DIR"] == str(tmp_path)


def test_make_run_says_where_mails_are_kept_unless_a_server_sends_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert settings.kept_mails() == tmp_path / "mail"
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://u:p@mail.example:587")
    assert settings.kept_mails() is None


@pytest.mark.parametrize(
    ("host", "site_url", "allowed"),
    [
        ("127.0.0.1", "", "true"),
        ("localhost", "", "true"),
        ("::1", "", "true"),
        ("::", "", "false"),
        ("192.0.2.1", "", "false"),
        ("127.0.0.1", "https://regie.example", "false"),
        ("nom-inconnu.invalid", "", "false"),
    ],
)
def test_only_this_machine_is_excused_from_the_second_factor(
    monkeypatch, host: str, site_url: str, allowed: str
) -> None:
    monkeypatch.setenv("SITE_URL", site_url)
    assert settings.local_administrator(host) == allowed


def test_listening_everywhere_names_its_hosts_and_never_accepts_any() -> None:
    hosts = settings.allowed_hosts("0.0.0.0")  # noqa: S104
    assert {"localhost", "127.0.0.1", socket.gethostname()} <= set(hosts)
    assert "*" not in hosts
