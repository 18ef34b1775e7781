"""What nginx says by itself, with the configuration that we give to read: in French, and useful."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contact.attachments import MAX_TOTAL_BYTES, MOST_FILES

from .front_cache import EXAMPLE, FrontCache, free_port, nginx_before

FORM = "/contact/?motif=devis"


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[FrontCache]:
    """An nginx behind which nothing answers."""
    tmp_path.chmod(0o755)
    with nginx_before(free_port(), "documented", tmp_path) as front:
        yield front


def test_a_post_that_is_too_heavy_is_told_in_french(alone: FrontCache) -> None:
    answer = alone.ask(FORM, "POST", Content_Length=str(101 * 1024**2))
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Cet envoi est trop lourd" in answer.body.decode()
    assert f"{MAX_TOTAL_BYTES // 1024**2}\u00a0Mo en tout" in answer.body.decode()


def test_nginx_lets_pass_what_the_form_accepts_or_refuses_itself() -> None:
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", EXAMPLE.read_text())
    # And what it refuses too, with a sentence and the text: telephones make photos of 15 Mo.
    assert int(limit) * 1024**2 > max(MAX_TOTAL_BYTES, MOST_FILES * 15 * 1024**2) + 1024**2


def test_a_site_that_does_not_answer_is_told_in_french(alone: FrontCache) -> None:
    answer = alone.ask(FORM)
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Retry-After"] == "60"
    assert "Le site revient dans un instant" in answer.body.decode()
