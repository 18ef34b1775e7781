"""Reads one image of a stranger, away from the site: a program of its own, with bounds.

It receives the file on its standard input, and writes its pixels anew, as a JPEG, on its standard
output. Otherwise it writes a code and a sentence, a line each, and its exit code is REFUSED.

A small file can be made to keep a decoder busy for hours (a JPEG of ten thousand passes), and a
decoder has its own faults: neither reaches the site. No word of its environment is given to it.
"""

import io
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.conf import settings  # the reader of images asks them for its limit
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

REFUSED = 3
MAX_PIXELS = 40_000_000
MAX_MEMORY = 1000 * 1024**2
MAX_SECONDS = 10
# Enough to see a crack in a wall; a photo then weighs some 700 kB.
MAX_SIDE = 2000
JPEG_QUALITY = 85


def main() -> int:
    """Read the standard input; what is written, and the exit code, are the answer."""
    limit_resources()
    settings.configure(WAGTAILIMAGES_MAX_IMAGE_PIXELS=MAX_PIXELS)
    try:
        written = rewritten(sys.stdin.buffer.read())
    except ValidationError as error:
        sys.stdout.buffer.write(f"{error.code}\n{error.messages[0]}".encode())
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
    """The pixels, upright and reduced, and nothing else."""
    from pages.uploads import read_picture

    picture = on_white(read_picture(ContentFile(content), max_side=MAX_SIDE))
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=JPEG_QUALITY)
    return output.getvalue()


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: a JPEG has none, and its weight is bounded."""
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


if __name__ == "__main__":
    sys.exit(main())
