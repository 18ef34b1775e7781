"""The schematic map of the territory: one tile per commune, keyed by INSEE code.

The tiles were cut by hand around the public centroids of the communes (equirectangular, scaled by
cos 50.44°): real neighbours touch, others do not, and directions hold;
sizes are evened out so that a name fits on each. Neighbours were checked against the IGN
contours; tests/test_territory_map.py keeps them. Names and postcodes come from the Commune term.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

VIEW_BOX = "0 0 600 696"


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of a tile (an SVG path) and the middle of its label."""

    d: str
    x: int
    y: int


SHAPES: dict[str, Shape] = {
    "62148": Shape("M125 597l-89 10 42 73 46 4 40-37z", 98, 640),
    "62215": Shape("M99 100l29 80 100 4 46-41 15-91-40-36-58-4-74 36z", 192, 94),
    "62249": Shape("M417 397l-32 114 111-34 22-49-25-20z", 458, 444),
    "62250": Shape("M129 192l-11 48 11 61 80 22 34-48-18-79z", 178, 248),
    "62274": Shape("M299 281l-34 54 23 54 82-18 28-68-5-23z", 322, 330),
    "62277": Shape("M163 515l-28 74 39 51 55-25 40-31z", 190, 576),
    "62321": Shape("M408 310l-26 62 32 12 75 11-9-90z", 439, 350),
    "62427": Shape(
        "M253 282l-35 50 7 51-65 53-33-2-6 24 43 43 116 75 39-30-41-148-27-65 33-52z", 222, 470
    ),
    "62497": Shape("M493 301l9 98 24 19 54-41 7-68-51-37z", 542, 338),
    "62587": Shape("M127 313l-28 51 27 58 30 2 55-47-5-42z", 156, 368),
    "62624": Shape("M292 401l38 138 41-23 34-122-31-12z", 342, 446),
    "62637": Shape("M281 153l-44 39 18 78 41-1 94-1-13-47 14-28z", 315, 215),
    "62724": Shape("M113 467l-65 28-35 52 17 48 94-11 29-76z", 84, 538),
    "62907": Shape("M301 57l-14 85 111 41 46-57-49-60z", 364, 118),
}

# Half of the distance between the two lines of a name, in units of the view box.
_HALF_LINE = 10
# Under a founder's name: the two spoil tips of the *trait d'impulsion*, in small.
_BEAT = "h6l13-20q3-4 6 0l9 13 4-6q3-4 6 0l8 13h6"
_BEAT_WIDTH = 58
_BEAT_DROP = 40


class TerritoryCommune(Protocol):
    """What the map needs to know of a commune."""

    name: str
    insee_code: str
    postcode: str
    is_founder: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a name on the map."""

    text: str
    y: int


@dataclass(frozen=True, slots=True)
class Place:
    """A commune in the list, with its tile if it has one."""

    commune: TerritoryCommune
    key: int | None = None
    shape: Shape | None = None

    @property
    def lines(self) -> list[Line]:
        """The name on one line, or on two when it has hyphens."""
        if self.shape is None:
            return []
        first, second = _two_lines(self.commune.name)
        if not second:
            return [Line(first, self.shape.y)]
        return [Line(first, self.shape.y - _HALF_LINE), Line(second, self.shape.y + _HALF_LINE)]


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """Context of templates/components/territory_map.html."""

    founders: list[Place] = field(default_factory=list)
    others: list[Place] = field(default_factory=list)
    view_box: str = VIEW_BOX

    @property
    def count(self) -> int:
        return len(self.founders) + len(self.others)

    @property
    def beats(self) -> str:
        """One path that marks every founding commune, so that colour is not alone to do it."""
        return "".join(
            f"M{place.shape.x - _BEAT_WIDTH // 2} {place.shape.y + _BEAT_DROP}{_BEAT}"
            for place in self.founders
            if place.shape
        )


def territory_map(communes: Iterable[TerritoryCommune]) -> TerritoryMap:
    """Build the map and its list from the communes, in the order given.

    A founding commune bears its name on the map; each other one bears a number, which the list
    repeats, until the map is wide enough for every name. A commune without a tile (one that
    joined since) is in the list only.
    """
    result = TerritoryMap()
    for commune in communes:
        shape = SHAPES.get(commune.insee_code)
        if commune.is_founder:
            result.founders.append(Place(commune, shape=shape))
        else:
            result.others.append(Place(commune, len(result.others) + 1, shape))
    return result


def _two_lines(name: str) -> tuple[str, str]:
    """Cut a name after the hyphen that leaves the shortest longer line."""
    cuts = [index + 1 for index, char in enumerate(name) if char == "-"]
    if not cuts:
        return name, ""
    cut = min(cuts, key=lambda index: max(index, len(name) - index))
    return name[:cut], name[cut:]
