"""The pictures of the examples, drawn by this code: flat landscapes in the colours of the site.

They are drawings and look like drawings: none can be taken for a photograph of a real place.
The same code gives the same bytes, so nothing is stored in the repository.
"""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = (1600, 1067)
# Drawn twice as large, then reduced: Pillow does not smooth the edges of shapes.
SCALE = 2

GROUND = "#f2eadb"
SKY = "#fbf7ef"
INK = "#1b2428"
BRICK = "#a5361b"
GREEN, GREEN_PALE = "#2c6a38", "#b9d6ae"
OCHRE, OCHRE_PALE = "#855500", "#ecc97a"
BLUE, BLUE_PALE = "#1c5c8a", "#b6d5e8"
PLUM, PLUM_PALE = "#743669", "#e3bfdb"


class Canvas:
    """A drawing whose unit is the hundredth of its width; y goes down from the horizon."""

    horizon = 40

    def __init__(self, sky: str, ground: str) -> None:
        self.size = (SIZE[0] * SCALE, SIZE[1] * SCALE)
        self.image = Image.new("RGB", self.size, sky)
        self.pen = ImageDraw.Draw(self.image)
        self.box(0, 0, 100, 70, ground)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        unit = self.size[0] / 100
        return x * unit, (self.horizon + y) * unit

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A rectangle."""
        self.pen.rectangle([self._at(left, top), self._at(right, bottom)], fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        """A polygon."""
        self.pen.polygon([self._at(*point) for point in points], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A disc."""
        corners = [self._at(x - radius, y - radius), self._at(x + radius, y + radius)]
        self.pen.ellipse(corners, fill=colour)

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 0.6) -> None:
        """A line with round joints."""
        thickness = round(width * self.size[0] / 100)
        self.pen.line([self._at(*p) for p in points], colour, thickness, joint="curve")

    def jpeg(self) -> bytes:
        """The drawing at its final size."""
        file = io.BytesIO()
        self.image.resize(SIZE, Image.Resampling.LANCZOS).save(file, "JPEG", quality=82)
        return file.getvalue()


def spoil_heaps() -> bytes:
    """Two spoil heaps behind a row of miners' houses."""
    canvas = Canvas(OCHRE_PALE, GREEN_PALE)
    canvas.disc(76, -24, 6, SKY)
    canvas.shape([(6, 0), (31, -31), (35, -31), (60, 0)], INK)
    canvas.shape([(44, 0), (63, -21), (66, -21), (86, 0)], "#39464b")
    for left in range(4, 96, 13):
        _house(canvas, left, 6, BRICK if left % 2 else "#8c4a33")
    return canvas.jpeg()


def shared_garden() -> bytes:
    """Vegetable beds at the foot of a building."""
    canvas = Canvas(BLUE_PALE, GREEN_PALE)
    _building(canvas, 8, 2, 34, 30)
    for row in range(5):
        top = 5 + row * 4.4
        canvas.box(12, top, 88, top + 2.2, OCHRE)
        for plant in range(14, 88, 6):
            canvas.disc(plant + row % 2 * 3, top + 0.2, 1.5, GREEN)
    for x in (58, 72, 86):
        _tree(canvas, x, 1)
    return canvas.jpeg()


def waste_ground() -> bytes:
    """The place of the shared garden, before it: bare ground and rubble."""
    canvas = Canvas(BLUE_PALE, "#b9ad96")
    _building(canvas, 8, 2, 34, 30)
    for x, y, size in ((18, 14, 5), (34, 9, 3), (52, 18, 6), (63, 8, 4), (79, 15, 5)):
        canvas.shape([(x - size, y), (x - 1, y - size), (x + size, y)], "#7d7466")
        canvas.box(x + size, y - 1.4, x + size + 3, y, "#8c4a33")
    canvas.line([(70, 4), (74, -8), (73, -14)], "#6d4a24", 0.8)
    canvas.line([(74, -8), (79, -13)], "#6d4a24", 0.6)
    return canvas.jpeg()


def tools() -> bytes:
    """Tools hung in a row on a wall."""
    canvas = Canvas(GROUND, OCHRE_PALE)
    canvas.box(8, -28, 92, -26, INK)
    for x, colour in zip(range(18, 90, 16), (GREEN, OCHRE, BLUE, PLUM, BRICK), strict=True):
        canvas.box(x - 0.8, -26, x + 0.8, 2, "#6d4a24")
        _tool_head(canvas, x, colour)
    canvas.box(14, 10, 86, 13, "#6d4a24")
    canvas.box(20, 13, 23, 26, "#6d4a24")
    canvas.box(77, 13, 80, 26, "#6d4a24")
    return canvas.jpeg()


def stairwell() -> bytes:
    """A clean entrance hall, a bucket and a broom."""
    canvas = _hall(BLUE_PALE, BLUE, SKY)
    canvas.shape([(50, 6), (58, 6), (57, 14), (51, 14)], OCHRE)
    canvas.line([(64, -18), (68, 14)], "#6d4a24", 0.9)
    canvas.shape([(65, 12), (71, 12), (73, 18), (64, 18)], OCHRE_PALE)
    return canvas.jpeg()


def worn_stairwell() -> bytes:
    """The same hall, before: grey, stained, a cracked pane."""
    canvas = _hall("#a9a69d", "#5c5a54", "#cfccc2")
    for x, y, radius in ((10, -22, 5), (55, -30, 7), (88, -36, 6), (8, 0, 4)):
        canvas.disc(x, y, radius, "#918e85")
    canvas.line([(21, -28), (25, -18), (23, -10), (29, 2)], INK, 0.4)
    canvas.line([(25, -18), (31, -14)], INK, 0.4)
    return canvas.jpeg()


def meeting() -> bytes:
    """People who talk around a table."""
    canvas = Canvas(PLUM_PALE, GROUND)
    for x, colour in zip(range(16, 92, 17), (PLUM, GREEN, BRICK, BLUE, OCHRE), strict=True):
        canvas.disc(x, -14, 4.2, colour)
        canvas.shape([(x - 7, 8), (x - 5, -6), (x, -9), (x + 5, -6), (x + 7, 8)], colour)
    canvas.box(6, 4, 94, 8, INK)
    canvas.box(14, 8, 17, 24, INK)
    canvas.box(83, 8, 86, 24, INK)
    return canvas.jpeg()


DRAWINGS: dict[str, Callable[[], bytes]] = {
    "terrils": spoil_heaps,
    "jardin": shared_garden,
    "outils": tools,
    "hall": stairwell,
    "rencontre": meeting,
    "jardin-avant": waste_ground,
    "hall-avant": worn_stairwell,
}


def _hall(wall: str, door: str, panes: str) -> Canvas:
    """A hall with its door and its stairs."""
    canvas = Canvas(wall, GROUND)
    canvas.box(18, -32, 48, 4, door)
    canvas.box(20, -30, 32, 4, panes)
    canvas.box(34, -30, 46, 4, panes)
    for step in range(6):
        canvas.box(60 + step * 6, 2 - step * 5, 100, 4 - step * 5 + 3, INK if step % 2 else door)
    return canvas


def _house(canvas: Canvas, left: float, top: float, colour: str) -> None:
    canvas.box(left, top, left + 11, top + 10, colour)
    canvas.shape([(left - 1, top), (left + 5.5, top - 6), (left + 12, top)], INK)
    canvas.box(left + 8, top - 7, left + 9.5, top - 2, colour)
    canvas.box(left + 2, top + 3, left + 4.5, top + 6, SKY)
    canvas.box(left + 6.5, top + 3, left + 9, top + 10, OCHRE_PALE)


def _building(canvas: Canvas, left: float, bottom: float, width: float, height: float) -> None:
    canvas.box(left, bottom - height, left + width, bottom, BLUE)
    for row in range(4):
        for column in range(5):
            x = left + 2.6 + column * 6.2
            y = bottom - height + 3 + row * 6.6
            canvas.box(x, y, x + 3.4, y + 3.8, SKY if (row + column) % 3 else OCHRE_PALE)


def _tree(canvas: Canvas, x: float, bottom: float) -> None:
    canvas.box(x - 0.7, bottom - 12, x + 0.7, bottom, "#6d4a24")
    canvas.disc(x, bottom - 15, 5, GREEN)
    canvas.disc(x - 3, bottom - 12, 3.4, GREEN)
    canvas.disc(x + 3, bottom - 12, 3.4, GREEN)


def _tool_head(canvas: Canvas, x: float, colour: str) -> None:
    canvas.shape([(x - 5, 2), (x + 5, 2), (x + 3.4, 7), (x, 9), (x - 3.4, 7)], colour)
