"""A part of a file, for players that ask for films piece by piece (Safari plays no other way).

One range at a time (RFC 9110, section 14): it is what players ask for; anything else gets the
whole file, as the standard allows.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
CHUNK = 64 * 1024


def part_of(response: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """The part of ``response`` that ``request`` asks for, or the whole answer."""
    if not isinstance(response, FileResponse) or response.status_code != 200:
        return response
    response.headers["Accept-Ranges"] = "bytes"
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    size = int(response.headers.get("Content-Length", 0))
    # « If-Range » asks for the whole when the file changed: the whole is always right.
    if not asked or not any(asked.groups()) or "If-Range" in request.headers or not size:
        return response
    first, last = _bounds(asked, size)
    if first > last:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return _partial(response, first, last, size)


def _bounds(asked: re.Match[str], size: int) -> tuple[int, int]:
    """The first and last bytes asked for; the first is after the last when there is none."""
    start, end = asked.groups()
    if not start:  # the last bytes of the file
        return max(size - int(end), 0) if int(end) else size, size - 1
    return int(start), min(int(end), size - 1) if end else size - 1


def _partial(response: FileResponse, first: int, last: int, size: int) -> StreamingHttpResponse:
    part = StreamingHttpResponse(_read(response.file_to_stream, first, last), status=206)
    for name, value in response.headers.items():
        part.headers[name] = value
    part.headers["Content-Length"] = str(last - first + 1)
    part.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    # The file is closed with the answer that reads it.
    part._resource_closers.append(response.close)  # type: ignore[attr-defined]
    return part


def _read(file: Any, first: int, last: int) -> Iterator[bytes]:
    file.seek(first)
    left = last - first + 1
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
