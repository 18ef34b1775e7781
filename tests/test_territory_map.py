"""The map of the territory: true neighbours, true directions, small, and said in words too."""

import math
import re
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from django.template.loader import render_to_string

from pages.territory_map import SHAPES, VIEW_BOX, territory_map

Point = tuple[float, float]


@dataclass(frozen=True)
class Town:
    name: str
    insee_code: str
    postcode: str
    lat: float
    lon: float
    is_founder: bool = False


# Public centroids (IGN contours, 2018).
TOWNS = [
    Town("Carvin", "62215", "62220", 50.4894, 2.9486, is_founder=True),
    Town("Libercourt", "62907", "62820", 50.4826, 3.0000, is_founder=True),
    Town("Oignies", "62637", "62590", 50.4646, 2.9939, is_founder=True),
    Town("Bois-Bernard", "62148", "62320", 50.3773, 2.9139),
    Town("Courcelles-lès-Lens", "62249", "62970", 50.4147, 3.0156),
    Town("Courrières", "62250", "62710", 50.4535, 2.9462),
    Town("Dourges", "62274", "62119", 50.4393, 2.9863),
    Town("Drocourt", "62277", "62320", 50.3900, 2.9333),
    Town("Évin-Malmaison", "62321", "62141", 50.4350, 3.0304),
    Town("Hénin-Beaumont", "62427", "62110", 50.4093, 2.9592),
    Town("Leforest", "62497", "62790", 50.4401, 3.0586),
    Town("Montigny-en-Gohelle", "62587", "62640", 50.4289, 2.9302),
    Town("Noyelles-Godault", "62624", "62950", 50.4178, 2.9937),
    Town("Rouvroy", "62724", "62320", 50.3988, 2.9055),
]

# Every pair that shares a border in the IGN contours; no other pair does.
NEIGHBOURS = {
    "Carvin": ["Courrières", "Libercourt", "Oignies"],
    "Oignies": ["Courrières", "Dourges", "Hénin-Beaumont", "Libercourt"],
    "Hénin-Beaumont": [
        "Courrières",
        "Dourges",
        "Drocourt",
        "Montigny-en-Gohelle",
        "Noyelles-Godault",
        "Rouvroy",
    ],
    "Dourges": ["Noyelles-Godault", "Évin-Malmaison"],
    "Courrières": ["Montigny-en-Gohelle"],
    "Courcelles-lès-Lens": ["Leforest", "Noyelles-Godault", "Évin-Malmaison"],
    "Évin-Malmaison": ["Leforest", "Noyelles-Godault"],
    "Bois-Bernard": ["Drocourt", "Rouvroy"],
    "Drocourt": ["Rouvroy"],
}
PAIRS = list(combinations(TOWNS, 2))
REAL_PAIRS = {frozenset((name, other)) for name, others in NEIGHBOURS.items() for other in others}

# In units of the view box: the gap between two tiles, and the shortest border worth the name.
GAP = 14.5
SHORTEST_BORDER = 20


def corners(insee_code: str) -> list[Point]:
    """The corners of a tile; its path is one move, relative lines and a close."""
    d = SHAPES[insee_code].d
    assert re.fullmatch(r"M\d+ \d+l-?\d+(?:[ -]\d+| -\d+)*z", d), d
    numbers = [int(number) for number in re.findall(r"-?\d+", d)]
    points: list[Point] = [(numbers[0], numbers[1])]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        points.append((points[-1][0] + dx, points[-1][1] + dy))
    return points


def edges(points: list[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise([*points, points[0]]))


def distance(point: Point, edge: tuple[Point, Point]) -> float:
    (x1, y1), (x2, y2) = edge
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = ((point[0] - x1) * (x2 - x1) + (point[1] - y1) * (y2 - y1)) / length
    along = min(1.0, max(0.0, along))
    return math.dist(point, (x1 + along * (x2 - x1), y1 + along * (y2 - y1)))


def border(one: str, other: str) -> int:
    """How long, in units, one tile runs along another."""
    facing = edges(corners(other))
    length = 0
    for start, end in edges(corners(one)):
        steps = round(math.dist(start, end))
        for step in range(steps):
            share = step / steps
            point = (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            )
            length += min(distance(point, edge) for edge in facing) <= GAP
    return length


def contains(points: list[Point], point: Point) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in edges(points):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def middle(insee_code: str) -> Point:
    """The centroid of a tile."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in edges(corners(insee_code)):
        cross = x1 * y2 - x2 * y1
        area += cross
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return x / (3 * area), y / (3 * area)


@pytest.fixture(scope="module")
def rendered() -> str:
    return render_to_string("components/territory_map.html", {"map": territory_map(TOWNS)})


def drawing(html: str) -> str:
    found = re.search(r"<svg.*</svg>", html, re.DOTALL)
    assert found
    return found[0]


def test_one_tile_for_each_of_the_fourteen_communes() -> None:
    assert len(SHAPES) == 14
    assert set(SHAPES) == {town.insee_code for town in TOWNS}


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda town: town.name)
def test_tiles_touch_when_communes_do_and_only_then(one: Town, other: Town) -> None:
    expected = frozenset((one.name, other.name)) in REAL_PAIRS
    length = min(border(one.insee_code, other.insee_code), border(other.insee_code, one.insee_code))
    assert (length >= SHORTEST_BORDER) is expected, length


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda town: town.name)
def test_directions_hold(one: Town, other: Town) -> None:
    """North stays north and west stays west wherever the centroids are over 1.5 km apart."""
    x1, y1 = middle(one.insee_code)
    x2, y2 = middle(other.insee_code)
    north_km = (one.lat - other.lat) * 111.2
    east_km = (one.lon - other.lon) * 111.2 * math.cos(math.radians(50.44))
    if abs(north_km) > 1.5:
        assert (y1 < y2) is (north_km > 0)
    if abs(east_km) > 1.5:
        assert (x1 > x2) is (east_km > 0)


def test_bois_bernard_is_the_southernmost() -> None:
    lowest = max(SHAPES, key=lambda code: max(y for _, y in corners(code)))
    assert lowest == "62148"


@pytest.mark.parametrize("code", SHAPES)
def test_tile_is_in_the_frame_and_its_label_in_the_tile(code: str) -> None:
    _, _, width, height = (int(number) for number in VIEW_BOX.split())
    points = corners(code)
    assert all(3 <= x <= width - 3 and 3 <= y <= height - 3 for x, y in points)
    assert contains(points, (SHAPES[code].x, SHAPES[code].y))


def test_drawing_weighs_at_most_3_kb(rendered: str) -> None:
    assert len(drawing(rendered).encode()) <= 3 * 1024


def test_drawing_has_14_tiles_and_its_words(rendered: str) -> None:
    svg = drawing(rendered)
    tiles, beat = svg.split('<path class="map__beat"')
    assert tiles.count("<path d=") == 14
    assert 'role="img"' in svg
    for element in re.findall(r'aria-labelledby="([^"]+)"', rendered):
        assert all(f' id="{name}"' in rendered for name in element.split())
    identifiers = re.findall(r' id="([^"]+)"', rendered)
    assert len(identifiers) == len(set(identifiers))
    assert "style=" not in rendered
    assert beat.split('"')[1].count("M") == 3


def test_founders_are_named_first_and_marked(rendered: str) -> None:
    svg = drawing(rendered)
    founders = svg.split('class="map__tile map__tile--founder">')[1].split("</g>")[0]
    assert [SHAPES[code].d in founders for code in ("62215", "62907", "62637")] == [True] * 3
    assert founders.count("<path") == 3
    text = rendered.replace(svg, "")
    assert text.index("Communes fondatrices") < text.index("Oignies") < text.index("Autres")


@pytest.mark.parametrize("town", TOWNS, ids=lambda town: town.name)
def test_list_says_every_commune_with_its_postcode(town: Town, rendered: str) -> None:
    text = rendered.replace(drawing(rendered), "")
    items = [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.*)</li>", text)]
    assert len(items) == 14
    assert [item for item in items if item.endswith(f"{town.name} {town.postcode}")]


def test_keys_on_the_map_are_those_of_the_list(rendered: str) -> None:
    svg = drawing(rendered)
    keys = svg.split('class="map__label map__label--key">')[1].split("</g>")[0]
    on_map = re.findall(r">(\d+)</text>", keys)
    in_list = re.findall(r'class="map__key" aria-hidden="true">(\d+)<', rendered)
    assert on_map == in_list == [str(number) for number in range(1, 12)]


def test_names_are_cut_at_a_hyphen() -> None:
    places = {place.commune.name: place for place in territory_map(TOWNS).others}
    cut = {name: [line.text for line in place.lines] for name, place in places.items()}
    assert cut["Montigny-en-Gohelle"] == ["Montigny-", "en-Gohelle"]
    assert cut["Courcelles-lès-Lens"] == ["Courcelles-", "lès-Lens"]
    assert cut["Dourges"] == ["Dourges"]


def test_commune_without_a_tile_is_in_the_list_only() -> None:
    newcomer = Town("Ailleurs", "62999", "62999", 50.0, 3.0)
    html = render_to_string("components/territory_map.html", {"map": territory_map([newcomer])})
    assert "Ailleurs" not in drawing(html)
    assert "Ailleurs" in html
    assert "fondatrice" not in html
