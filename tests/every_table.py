"""Reads everything that the database holds, to say where a word stands."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


def where_is(*words: str) -> list[str]:
    """The tables, columns and files where one of these words stands, however it is stored."""
    wanted = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    found = [f"{table}.{column}" for table, column, text in _cells() if wanted.search(text)]
    return sorted({*found, *(path for path, text in _files() if wanted.search(text))})


def _cells() -> Iterator[tuple[str, str, str]]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor, include_views=False):
            cursor.execute(" ".join(["SELECT * FROM", quote(table)]))
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield from ((table, column, text) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, memoryview | bytes):
        value = bytes(value).decode("utf-8", "replace")
    text = str(value)
    # A soft line break of a mail (quoted-printable), and the spaces of a number.
    yield text
    yield text.replace("=\n", "").replace("=\r\n", "")
    yield re.sub(r"[\s().\-–/_]|\\u00a0|\\u202f", "", text)
    # A part of a mail, a row of the cache or of a session.
    for run in re.findall(r"(?:[A-Za-z0-9+/]{16,}=*\s*)+", text):
        try:
            yield base64.b64decode(re.sub(r"\s", "", run)).decode("utf-8", "replace")
        except ValueError:
            continue


def _files() -> Iterator[tuple[str, str]]:
    for folder in (Path(settings.ERASURES_PATH), Path(settings.EMAIL_FILE_PATH)):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file():
                yield from ((path.name, text) for text in (path.name, *_texts(path.read_bytes())))
