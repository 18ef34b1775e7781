"""The house rules that a machine can hold: what may import what, what may never be written."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.staticfiles import finders
from django.db.migrations.loader import MigrationLoader
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import override
from wagtail.models import Page, get_page_models

from pages.models import LegalPage

ROOT = Path(settings.BASE_DIR)
ROOMS = ("pages", "partners", "activities", "contact", "impulsion_site")
# What each room may import of the others (design, section 3): never upwards.
MAY_IMPORT: dict[str, set[str]] = {
    "pages": set(),
    "partners": {"pages"},
    "activities": {"pages", "partners"},
    "contact": {"pages", "partners", "activities"},
    "impulsion_site": {"pages", "partners", "activities", "contact"},
}
# Where text is declared safe without escaping: each file with its reason.
MAY_DECLARE_SAFE: dict[str, str] = {
    "pages/templatetags/site_tags.py": "JSON-LD: json_script has escaped it, only its type changes",
    "pages/rich_text.py": "rendered texts: a rewriter adds escaped markup between words, no more",
    "impulsion_site/style_guide.py": "rendered templates, of which only the identifiers change",
}
REQUIREMENT_FILES = ("requirements.txt", "requirements-dev.txt")


def tracked_files(*suffixes: str) -> list[Path]:
    """The files of the repository, new ones included, ignored ones left out."""
    listing = subprocess.run(
        # The clone may belong to somebody else than the one who runs the tests.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file() and path.name.endswith(suffixes)]


def sources(*rooms: str) -> list[Path]:
    """The Python files of the rooms, migrations included."""
    return [p for p in tracked_files(".py") if p.relative_to(ROOT).parts[0] in rooms]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(label: str) -> str | None:
    """The room an app label or a dotted module belongs to."""
    first = label.partition(".")[0]
    return first if first in ROOMS else None


# --- The import table ---------------------------------------------------------------------


def imported_modules(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(("import_module", "import_string"))
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_upwards(room: str) -> None:
    files = sources(room)
    assert files, f"{room} has no source: this test reads nothing"
    upwards = [
        f"{relative(path)} imports {module}"
        for path in files
        for module in imported_modules(path)
        if (other := room_of(module)) and other != room and other not in MAY_IMPORT[room]
    ]
    assert not upwards


def test_the_scripts_import_the_standard_library_only() -> None:
    """They run before anything is installed (`make_*` are a developer’s tools, run by hand)."""
    imports = {
        (relative(path), module)
        for path in sources("deploy")
        if not path.name.startswith("make_")
        for module in imported_modules(path)
    }
    foreign = [
        pair
        for pair in imports
        if pair[1].partition(".")[0] not in {"deploy", *_standard_library()}
    ]
    assert not foreign


def _standard_library() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names


def test_no_relation_points_upwards() -> None:
    upwards = []
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model._meta.app_label)
        if room is None:
            continue
        for field in model._meta.get_fields():
            # Reverse sides and generic relations point at a model without depending on it.
            if not field.concrete or field.related_model is None:
                continue
            assert not isinstance(field, GenericRelation)
            target = room_of(field.related_model._meta.app_label)
            if target and target != room and target not in MAY_IMPORT[room]:
                upwards.append(f"{model._meta.label}.{field.name} → {target}")
    assert not upwards


def test_no_migration_depends_upwards() -> None:
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {key: found for key, found in migrations.items() if key[0] in ROOMS}
    assert {label for label, _ in ours} >= {"pages", "partners", "activities", "contact"}
    upwards = [
        f"{label}.{name} depends on {dependency}"
        for (label, name), migration in ours.items()
        for dependency, _ in [*migration.dependencies, *migration.run_before]
        if (room := room_of(dependency)) and room != label and room not in MAY_IMPORT[label]
    ]
    assert not upwards


# --- What is never written ----------------------------------------------------------------


@pytest.mark.parametrize("name", REQUIREMENT_FILES)
def test_requirements_are_pinned_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"https?:|git\+|file:|@ |://", text)
    options = re.findall(r"^\s*(-(?!-hash=sha256:)\S+)", text, flags=re.MULTILINE)
    assert not options
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 20
    unpinned = [
        entry.partition("\n")[0]
        for entry in entries
        if not entry.startswith("#") and ("==" not in entry or "--hash=sha256:" not in entry)
    ]
    assert not unpinned


def pins(name: str) -> dict[str, str]:
    found = re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE
    )
    return dict(found)


def test_what_is_tested_is_what_is_served() -> None:
    """Every version of production is the version of the tests."""
    production, development = (pins(name) for name in REQUIREMENT_FILES)
    assert production.items() <= development.items()


def test_versions_keep_their_security_floor() -> None:
    versions = {name: _numbers(pins("requirements.txt")[name]) for name in ("wagtail", "django")}
    assert (7, 4, 4) <= versions["wagtail"] < (7, 5)
    assert (5, 2, 19) <= versions["django"] < (5, 3)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_no_absolute_path_of_a_machine() -> None:
    folders = "|".join(("home", "root", "work", "Users", "tmp"))
    path = re.compile(rf"""["'=\s(`](/(?:{folders})/[\w.-]+)""")
    found = [
        f"{relative(file)}: {match[1]}"
        for file in tracked_files(".py", ".toml", ".txt", ".md", ".html", "Makefile", "run", ".css")
        # A developer's tool whose help shows a throw-away folder.
        if relative(file) != "deploy/make_font.py"
        for match in path.finditer(file.read_text())
    ]
    assert not found


def test_no_registry_host_nor_index_option() -> None:
    words = (
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "--index" + "-url",
    )
    assert not [
        f"{relative(file)}: {word}"
        for file in tracked_files()
        if file.suffix not in {".png", ".jpg", ".webp", ".avif", ".woff2", ".ico", ".heic"}
        for word in words
        if word in file.read_text(errors="replace")
    ]


def calls(path: Path, name: str) -> list[int]:
    """The lines of a file that call a method or a function of this name."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == name)
            or (isinstance(node.func, ast.Name) and node.func.id == name)
        )
    ]


def test_only_visible_decides_what_is_public() -> None:
    """Wagtail's `.public()` includes drafts: only `visible()` is trusted, in one module."""
    found = [
        f"{relative(path)}:{line}"
        for path in sources(*ROOMS)
        if relative(path) != "pages/querysets.py"
        for line in calls(path, "public")
    ]
    assert not found


def test_text_is_escaped_everywhere_but_where_a_reason_is_written() -> None:
    in_python = {
        relative(path)
        for path in sources(*ROOMS)
        if calls(path, "mark_safe") or calls(path, "SafeString")
    }
    unsafe = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")
    in_templates = {
        relative(path) for path in tracked_files(".html") if unsafe.search(path.read_text())
    }
    assert in_python | in_templates == set(MAY_DECLARE_SAFE)


def test_no_inline_script_nor_style_in_our_templates() -> None:
    """The public policy refuses them; JSON-LD is data, and the admin has its own policy."""
    inline = re.compile(
        r"<style\b|<script(?![^>]*\b(?:src=|application/ld\+json))[^>]*>|\sstyle=|\son[a-z]+="
    )
    found = [
        f"{relative(path)}: {match[0].strip()}"
        for path in tracked_files(".html")
        if "admin" not in relative(path)
        for match in inline.finditer(path.read_text())
    ]
    assert not found


def test_every_static_file_that_is_named_exists() -> None:
    """In production a missing one is a 500, which the plain storage of the tests hides."""
    named = re.compile(r"""(?:\{%\s*static\s+|\bstatic\()["']([^"'{}]+)["']""")
    files = [*tracked_files(".html"), *sources(*ROOMS)]
    names = {name for path in files for name in named.findall(path.read_text())}
    assert names
    assert not {name for name in names if finders.find(name) is None}


# --- Every page type is complete ------------------------------------------------------------

PAGE_TYPES = [model for model in get_page_models() if model is not Page]


def test_there_are_page_types_to_check() -> None:
    assert len(PAGE_TYPES) >= 15


def template_names(model: type[Page]) -> list[str]:
    """The templates of a page type: one, or one a subject for the legal pages."""
    if model is LegalPage:
        return [f"pages/legal/{subject}.html" for subject in LegalPage.Subject.values]
    return [model.template]


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model._meta.label)
def test_a_page_type_has_its_template(model: type[Page]) -> None:
    for name in template_names(model):
        assert name.startswith(f"{model._meta.app_label}/")
        try:
            get_template(name)
        except TemplateDoesNotExist:
            pytest.fail(f"{name} is missing")


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model._meta.label)
def test_a_page_type_speaks_french_to_editors(model: type[Page]) -> None:
    with override("fr"):
        name = str(model._meta.verbose_name)
        # Django's own default is the class name, split: English.
        default = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
        assert name.lower() != default
        assert str(model._meta.verbose_name_plural) != f"{default}s"
        description = str(getattr(model, "page_description", ""))
    assert len(description) >= 20
    assert description.endswith(".")


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model._meta.label)
def test_a_page_type_says_where_it_may_live(model: type[Page]) -> None:
    """Wagtail's default is anywhere, the root included, above anything: nobody relies on it."""
    own = {name for parent in model.__mro__ if room_of(parent.__module__) for name in vars(parent)}
    assert {"parent_page_types", "subpage_types"} <= own
    # Beside the home page a page would have no address.
    assert (Page in model.allowed_parent_page_models()) == (model._meta.label == "pages.HomePage")
    assert model.allowed_parent_page_models(), "it could be created nowhere"
