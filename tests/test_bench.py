"""What `make bench` says of its measures: a target that is missed must fail it."""

from typing import Any

import pytest

from deploy import lighthouse, pdf_speed, speed
from deploy.console import Failure


def report(**changes: Any) -> dict[str, Any]:
    """A report of Lighthouse, of a page that holds every target, but for the changes."""
    values = {
        "score": 1.0,
        "paint": 900.0,
        "shift": 0.0,
        "size": 30_000,
        "type": "Script",
    } | changes
    categories: dict[str, Any] = {
        name: {"score": 1.0, "auditRefs": []} for name in lighthouse.CATEGORIES
    }
    categories["performance"] = {
        "score": values["score"],
        "auditRefs": [{"id": "slow-thing", "weight": 10}, {"id": "no-weight", "weight": 0}],
    }
    request = {"url": "/media/x", "transferSize": values["size"], "resourceType": values["type"]}
    return {
        "categories": categories,
        "audits": {
            "largest-contentful-paint": {"numericValue": values["paint"], "score": 1},
            "cumulative-layout-shift": {"numericValue": values["shift"], "score": 1},
            "network-requests": {"details": {"items": [request]}, "score": None},
            "slow-thing": {"score": values["score"]},
            "no-weight": {"score": 0},
        },
    }


def missed(**changes: Any) -> list[str]:
    return lighthouse.read("accueil", report(**changes)).missed()


def test_a_page_that_holds_every_target_misses_none() -> None:
    assert missed() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"score": 0.89}, "performance 89 au lieu de 100 (slow-thing)"),
        ({"paint": 1_201.0}, "1,20 s au lieu de 1,2 s"),
        ({"shift": 0.001}, "la page bouge"),
        ({"size": 40_001}, "40001 octets au lieu de 40000"),
        ({"size": 75_001, "type": "Image"}, "75001 octets au lieu de 75000"),
    ],
)
def test_each_target_that_is_missed_is_said(changes: dict[str, Any], said: str) -> None:
    (line,) = missed(**changes)
    assert said in line


def test_a_page_with_pictures_may_weigh_more() -> None:
    assert missed(size=74_000, type="Image") == []


def test_a_page_that_could_not_be_read_is_a_failure() -> None:
    with pytest.raises(Failure, match="NO_FCP"):
        lighthouse.read("accueil", report() | {"runtimeError": {"code": "NO_FCP"}})


def test_the_table_has_a_line_per_page_in_french() -> None:
    lines = lighthouse.table([lighthouse.read("accueil", report())]).splitlines()
    assert lines[0] == "Lighthouse 12.8.2, téléphone"
    assert lines[2].split() == "accueil 100 100 100 100 0,90 s 0,000 30,0 ko".split()


def test_only_example_pages_skip_the_audit_of_search_engines(monkeypatch, tmp_path) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], *_rest: Any) -> None:
        commands.append(command)
        (tmp_path / "lighthouse.json").write_text("{}")

    monkeypatch.setattr(lighthouse, "run", run)
    for is_example in (False, True):
        lighthouse._report(tmp_path, "http://127.0.0.1/", is_example, tmp_path)
    assert ["--skip-audits=is-crawlable" in command for command in commands] == [False, True]


def test_a_rate_with_errors_is_no_rate(monkeypatch) -> None:
    class Done:
        stdout = "Non-2xx or 3xx responses: 4\nRequests/sec:   9000.00\n"
        stderr = ""

    monkeypatch.setattr(speed.subprocess, "run", lambda *_a, **_k: Done)
    with pytest.raises(Failure):
        speed._rate("127.0.0.1", 1, [])
    Done.stdout = "Requests/sec:   9000.00\n"
    assert speed._rate("127.0.0.1", 1, []) == 9000


def test_the_limit_answers_as_many_bytes_as_the_home_page(monkeypatch) -> None:
    monkeypatch.setenv("BENCH_BYTES", "1234")
    answers: list[Any] = []
    body = b"".join(speed.constant({}, lambda *answer: answers.append(answer)))
    assert len(body) == 1234
    assert answers == [("200 OK", [("Content-Length", "1234")])]


def test_the_pdf_holds_its_targets_or_says_which_it_misses() -> None:
    made = pdf_speed.Made(year=2024, pages=40, size=900_000, seconds=7.25, memory=210_000_000)
    assert made.missed() == []
    assert "7,2\u00a0s (cible 20 s)" in pdf_speed.table(made)
    slow = pdf_speed.Made(year=2024, pages=40, size=900_000, seconds=20.0, memory=500_000_000)
    assert len(slow.missed()) == 2
