"""Static files in production: one style sheet, hashed names, compressed once."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SITE_STYLE_SHEET = "css/site.css"
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
    """WhiteNoise's storage (hash, gzip, brotli), with the site's style sheet in one file."""

    # A template that names a missing file must fail in the tests, not before visitors.
    manifest_strict = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Write the bundle in the place of the sheet, then let WhiteNoise do its work."""
        if not dry_run and SITE_STYLE_SHEET in paths:
            self._write_bundle(paths)
            # The files are now all read from the collected folder, bundle included.
            paths = {name: (self, name) for name in paths}
        yield from super().post_process(paths, dry_run, **options)

    def _write_bundle(self, paths: dict[str, Any]) -> None:
        folder = PurePosixPath(SITE_STYLE_SHEET).parent

        def read(name: str) -> str:
            # From the sources: the collected sheet may be the bundle of an earlier time.
            storage, path = paths[str(folder / name)]
            with storage.open(path) as file:
                return file.read().decode()

        text = bundle(read(PurePosixPath(SITE_STYLE_SHEET).name), read)
        self.delete(SITE_STYLE_SHEET)
        self._save(SITE_STYLE_SHEET, ContentFile(text.encode()))
