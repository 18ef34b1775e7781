"""QR codes: what a telephone reads is the address, with the host of the site."""

import re

import pytest
import segno
from django.template import Context, Template

from pages.qr import QUIET_ZONE, QrCode, qr_code

from . import factories

BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
ADDRESS = "https://www.exemple.fr/travailler/offres/agent-d-entretien/"


def drawn(code: QrCode) -> list[list[int]]:
    """The modules that the path blackens, row after row."""
    rows = [[0] * code.side for _ in range(code.side)]
    assert BAR.sub("", code.path) == ""
    for x, y, length, back in (map(int, bar.groups()) for bar in BAR.finditer(code.path)):
        assert back == length
        rows[y][x : x + length] = [1] * length
    return rows


@pytest.mark.parametrize("address", [ADDRESS, "https://a.fr/", f"{ADDRESS}{'longue-' * 20}/"])
def test_the_path_blackens_exactly_the_modules_of_the_code(address: str) -> None:
    wanted = segno.make_qr(address, error="m").matrix_iter(border=QUIET_ZONE)
    assert drawn(qr_code(address)) == [list(row) for row in wanted]


def test_a_white_border_surrounds_it() -> None:
    rows = drawn(qr_code(ADDRESS))
    border = [*rows[:QUIET_ZONE], *rows[-QUIET_ZONE:]]
    border += [row[:QUIET_ZONE] + row[-QUIET_ZONE:] for row in rows]
    assert not any(any(row) for row in border)


def test_two_addresses_have_two_codes() -> None:
    assert qr_code(ADDRESS).path != qr_code(ADDRESS.replace("agent", "agente")).path


def test_an_address_that_no_code_holds_is_an_error() -> None:
    with pytest.raises(segno.DataOverflowError):
        qr_code("https://a.fr/" + "a" * 3000)


@pytest.mark.django_db
def test_the_foot_of_a_poster_names_the_public_address(home, settings) -> None:
    settings.SITE_URL = "https://regie.exemple.fr"
    page = factories.ContentPageFactory(slug="une-page")
    html = Template('{% include "components/poster_foot.html" %}').render(Context({"page": page}))
    address = "https://regie.exemple.fr/une-page/"
    assert f"<strong>{address}</strong>" in html
    assert f'd="{qr_code(address).path}"' in html
    assert 'aria-label="Code QR de cette adresse"' in html
    assert "style=" not in html
