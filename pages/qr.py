"""QR codes for paper: an address that a telephone reads from a poster."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import segno

# The white that a camera needs around the code, in modules (ISO/IEC 18004).
QUIET_ZONE = 4


@dataclass(frozen=True)
class QrCode:
    """A QR code as one SVG path on a square of ``side`` units, its white border included."""

    address: str
    side: int
    path: str


def qr_code(address: str) -> QrCode:
    """The QR code of an absolute address.

    Level M bears a fold or a stain on a poster (15 % of the code) and stays easy to print.

    Raises:
        segno.DataOverflowError: the address is too long for any code (2,331 bytes).
    """
    code = segno.make_qr(address, error="m")
    side = int(code.symbol_size(border=QUIET_ZONE)[0])
    path = "".join(_bars(code.matrix_iter(border=QUIET_ZONE)))
    return QrCode(address, side, path)


def _bars(rows: Iterable[Iterable[int]]) -> Iterator[str]:
    """Each run of dark modules as one rectangle: the path stays a few hundred short steps."""
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length
