"""Reads one PDF of a stranger, away from the site: a program of its own, with bounds.

It receives the file on its standard input. When nothing in it acts by itself, the file is written
anew on the standard output: only the objects that were looked at are in it, nothing that stood
between, before or after them. Otherwise one word says why, and the exit code is REFUSED.

Only the standard library and pikepdf are imported: nothing of the site is within its reach.
"""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf

REFUSED = 3
MAX_PAGES = 300
MAX_OBJECTS = 100_000
# Deeper than any honest file: what is deeper is made to exhaust the one who reads.
MAX_DEPTH = 60
MAX_MEMORY = 768 * 1024**2
MAX_SECONDS = 8
MAX_WRITTEN = 12 * 1024**2

# What makes a PDF act: programs, forms that send themselves, things that play.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
ACTIVE_ACTIONS = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Sound", "/Movie"),
    *("/RichMediaExecute", "/GoToE", "/GoToR", "/GoTo3DView", "/SetOCGState", "/Hide"),
}
ACTIVE_KINDS = {"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
# What hides other files inside.
ATTACHED_KEYS = {"/EmbeddedFiles", "/EF"}
ATTACHED_KINDS = {"/FileAttachment", "/EmbeddedFile"}
# Where a link may lead.
LINKS = ("http://", "https://", "mailto:", "tel:")


class Refused(Exception):
    """The file is not taken; the argument is the word that says why."""


def main() -> int:
    """Read the standard input; what is written, and the exit code, are the answer."""
    limit_resources()
    try:
        written = rewritten(sys.stdin.buffer.read())
    except Refused as refusal:
        print(refusal)
        return REFUSED
    sys.stdout.buffer.write(written)
    return 0


def limit_resources() -> None:
    """What a file asks beyond this ends the program, not the site."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # It writes to its standard output, and to no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def rewritten(content: bytes) -> bytes:
    """The same pages in a new file."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _check(pdf)
            output = io.BytesIO()
            # Streams are copied as they are: what is in them is never unpacked here.
            pdf.save(
                output,
                encryption=False,
                recompress_flate=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
        # What will be kept is what was looked at: a damaged file may be mended while it is copied.
        with pikepdf.open(output) as copy:
            _check(copy)
    except pikepdf.PasswordError as error:
        raise Refused("password") from error
    except (MemoryError, RecursionError) as error:
        raise Refused("complex") from error
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, RuntimeError) as error:
        raise Refused("unreadable") from error
    if len(output.getvalue()) > MAX_WRITTEN:
        raise Refused("complex")
    return output.getvalue()


def _check(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refused("complex")
    for one in pdf.objects:
        for found in _walk(one):
            _check_dictionary(found)
    if not pdf.pages:
        raise Refused("unreadable")
    if len(pdf.pages) > MAX_PAGES:
        raise Refused("pages")


def _walk(top: Any) -> Iterator[Any]:
    """The dictionaries inside an object; other objects that it names have their own turn."""
    waiting = [(top, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refused("complex")
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            held = one.stream_dict if isinstance(one, pikepdf.Stream) else one
            yield held
            inside = [value for _, value in held.items()]
        elif isinstance(one, pikepdf.Array):
            inside = list(one)
        else:
            continue
        waiting += [(value, depth + 1) for value in inside if _is_direct(value)]


def _is_direct(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _check_dictionary(found: Any) -> None:
    keys = set(found.keys())
    kinds = {str(found[key]) for key in ("/Type", "/Subtype") if _is_name(found.get(key))}
    action = found.get("/S")
    if keys & ACTIVE_KEYS or kinds & ACTIVE_KINDS:
        raise Refused("active")
    if _is_name(action) and str(action) in ACTIVE_ACTIONS:
        raise Refused("active")
    if keys & ATTACHED_KEYS or kinds & ATTACHED_KINDS:
        raise Refused("attached")
    if (link := found.get("/URI")) is not None and not isinstance(link, pikepdf.Dictionary):
        address = str(link).strip().lower()
        if not address.startswith(LINKS) and ":" in address.split("/")[0]:
            raise Refused("active")


def _is_name(value: Any) -> bool:
    return isinstance(value, pikepdf.Name)


if __name__ == "__main__":
    sys.exit(main())
