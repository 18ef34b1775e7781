"""Static files in production: one style sheet a page, hashed names, compressed once."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLE_SHEETS = "css"
IMPORT = re.compile(r'@import url\("(?P<name>[\w.-]+)"\) layer\((?P<layer>[\w.-]+)\);')


def bundle(sheet: str, read: Any) -> str:
    """The style sheet ``sheet`` with its layered imports written in.

    The sources stay one file per subject, which a browser follows by itself in development;
    a visitor gets them in one request. ``read`` gives the text of a file beside the sheet.
    """

    def inline(match: re.Match[str]) -> str:
        return f"@layer {match['layer']} {{\n{read(match['name'])}\n}}"

    return minify(IMPORT.sub(inline, sheet))


def minify(css: str) -> str:
    """Drop comments, indentation and line ends: safe on a style sheet whose strings hold none of
    ``{};,`` nor a comment, which tests/test_look.py checks.
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,]|\n)\s*", r"\1", css)
    css = css.replace("\n", " ").replace(";}", "}")
    return re.sub(r"(?<=[{;])([\w-]+): ", r"\1:", css).strip() + "\n"


class BundledManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage (hash, gzip, brotli); each sheet made of imports becomes one file."""

    # A template that names a missing file must fail in the tests, not before visitors.
    manifest_strict = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Write each bundle in the place of its sheet, then let WhiteNoise do its work."""
        if not dry_run and self._write_bundles(paths):
            # The files are now all read from the collected folder, bundles included.
            paths = {name: (self, name) for name in paths}
        yield from super().post_process(paths, dry_run, **options)

    def _write_bundles(self, paths: dict[str, Any]) -> list[str]:
        """Write the bundles; return their names."""

        def read(name: str) -> str:
            # From the sources: the collected sheet may be the bundle of an earlier time.
            storage, path = paths[f"{STYLE_SHEETS}/{name}"]
            with storage.open(path) as file:
                return file.read().decode()

        sheets = [
            path.name
            for path in map(PurePosixPath, paths)
            if str(path.parent) == STYLE_SHEETS and path.suffix == ".css"
        ]
        bundles = {name: text for name in sheets if IMPORT.search(text := read(name))}
        for name, text in bundles.items():
            self.delete(f"{STYLE_SHEETS}/{name}")
            self._save(f"{STYLE_SHEETS}/{name}", ContentFile(bundle(text, read).encode()))
        return list(bundles)
