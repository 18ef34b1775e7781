"""What `make visual` calls a change."""

import pytest
from PIL import Image

from deploy import make_pictures
from deploy.console import Failure

PAPER = (251, 247, 239)


def picture(width: int = 100, height: int = 100) -> Image.Image:
    return Image.new("RGB", (width, height), PAPER)


def test_the_same_picture_has_not_changed() -> None:
    assert make_pictures.difference(picture(), picture()) == ""


def test_a_shade_that_nobody_sees_is_no_change() -> None:
    paler = Image.new("RGB", (100, 100), tuple(channel + 3 for channel in PAPER))
    assert make_pictures.difference(picture(), paler) == ""


def test_a_small_mark_is_a_change() -> None:
    marked = picture()
    marked.paste((0, 0, 0), (10, 10, 15, 15))
    assert make_pictures.difference(picture(), marked) == "0,25\u00a0% des points"


def test_another_height_is_a_change() -> None:
    assert "100 × 100 px devient 100 × 101 px" in make_pictures.difference(
        picture(), picture(height=101)
    )


def test_each_kind_of_page_has_a_file_name() -> None:
    names = ["LegalPage mentions", "NewsIndexPage", "recherche sans résultat", "404"]
    assert [make_pictures.file_name(name) for name in names] == [
        "legal-mentions",
        "news-index",
        "recherche-sans-resultat",
        "404",
    ]


def test_without_pictures_one_is_told_what_to_do(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(make_pictures, "BROWSER_RECORD", tmp_path / "navigateur.txt")
    with pytest.raises(Failure, match="make pictures"):
        make_pictures.compare("http://127.0.0.1:1")
