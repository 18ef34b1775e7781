"""The collected style sheet: one file, always made of the sources as they are now."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

SHEET = '@import url("tokens.css") layer(tokens);\n@import url("base.css") layer(base);\n'


@pytest.fixture
def sources(tmp_path: Path, settings: Any) -> Path:
    """A small site of three style sheets, collected by the production storage."""
    folder = tmp_path / "sources" / "css"
    folder.mkdir(parents=True)
    (folder / "site.css").write_text(SHEET)
    (folder / "tokens.css").write_text(":root { --brique: #a00; } /* a comment */\n")
    (folder / "base.css").write_text("body { color: var(--brique); }\n")
    settings.STATICFILES_DIRS = [folder.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "impulsion_site.static.BundledManifestStorage"},
    }
    return folder


def collected_sheet(settings: Any) -> str:
    """Collect, then read the style sheet under the name that the pages give it."""
    call_command("collectstatic", "--no-input", "--verbosity", "0")
    root = Path(settings.STATIC_ROOT)
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    return (root / names["css/site.css"]).read_text()


def test_the_imports_are_written_in_their_layers(sources: Path, settings: Any) -> None:
    sheet = collected_sheet(settings)
    assert "@import" not in sheet
    assert "comment" not in sheet
    assert sheet.index("@layer tokens{") < sheet.index("--brique:#a00") < sheet.index("@layer base")


def test_a_change_in_an_imported_sheet_shows_at_the_next_collection(
    sources: Path, settings: Any
) -> None:
    collected_sheet(settings)
    (sources / "base.css").write_text("body { color: blue; }\n")
    assert "color:blue" in collected_sheet(settings)
