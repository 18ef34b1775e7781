"""Numbers in French: written as French people write them, read back as the same number."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activities.figures.formatting import (
    NumberError,
    format_exact,
    format_number,
    format_with_unit,
    parse_number,
)

UNITS = ["", "personnes", "ETP", "%", "€", "h", "mois", "jours", "m²", "km", "t", "participations"]


@pytest.mark.parametrize(
    ("number", "decimals", "unit", "expected"),
    [
        ("0", 0, "personnes", "0\u00a0personne"),
        ("1", 0, "personnes", "1\u00a0personne"),
        ("1.9", 1, "jours", "1,9\u00a0jour"),
        ("2", 0, "personnes", "2\u00a0personnes"),
        ("1", 0, "mois", "1\u00a0mois"),
        ("999", 0, "", "999"),
        ("12500", 0, "€", "12\u202f500\u00a0€"),
        ("1234567.5", 2, "€", "1\u202f234\u202f567,50\u00a0€"),
        ("-12500", 0, "€", "\u221212\u202f500\u00a0€"),
        ("66.666", 1, "%", "66,7\u00a0%"),
        ("0.05", 1, "%", "0,1\u00a0%"),
        ("2.5", 0, "h", "3\u00a0h"),
        ("-0.4", 0, "", "0"),
    ],
)
def test_a_number_and_its_unit(number: str, decimals: int, unit: str, expected: str) -> None:
    assert format_with_unit(Decimal(number), decimals, unit) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [("12.0000", "12"), ("12.5000", "12,5"), ("1200", "1\u202f200")]
)
def test_a_number_with_the_decimals_it_has(number: str, expected: str) -> None:
    assert format_exact(Decimal(number)) == expected


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("12", "", "12"),
        (" 12 500 ", "", "12500"),
        ("12\u00a0500", "", "12500"),
        ("12\u202f500,50", "", "12500.50"),
        ("12\u2009500", "", "12500"),
        ("\t12500\r\n", "", "12500"),
        ("12500,5 €", "€", "12500.5"),
        ("12500 euros", "€", "12500"),
        ("66,7%", "%", "66.7"),
        ("1 personne", "personnes", "1"),
        ("1 820 h", "h", "1820"),
        ("148 000 m²", "m²", "148000"),
        ("-5", "", "-5"),
        ("\u22125", "", "-5"),
        ("\u2013 5", "", "-5"),
        ("+5", "", "5"),
        ("1.5", "", "1.5"),
        ("1234.56", "", "1234.56"),
        ("007", "", "7"),
        ("0,25", "", "0.25"),
    ],
)
def test_what_people_type_is_read(text: str, unit: str, expected: str) -> None:
    assert parse_number(text, unit) == Decimal(expected)


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u202f\t\n", "\ufeff"])
def test_a_blank_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1.234",  # one thousand, or one and a bit?
        "1.234.567",
        "1,234,567",
        "1.234,5",
        "12 50",
        "1 2 3",
        "12 5000",
        "0 500",
        "1 234,567 8",
        "12,",
        ",5",
        "12,5,",
        "douze",
        "12 personnes",  # not the unit of the indicator
        "12 %",
        "12 €",
        "12 k€",
        "1,2 M€",
        "3 millions d’euros",
        "(12)",
        "--5",
        "5-",
        "1e5",
        "NaN",
        "Infinity",
        "∞",
        "½",
        "١٢",
        "１２",
        "12\x00",
        "=1+1",
        "#DIV/0!",
        "9" * 41,
        " " * 100_000 + "9",
        "<script>",
    ],
)
def test_what_is_not_one_number_for_sure_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(text)
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 250


def test_the_units_of_money_in_thousands_are_refused_for_money_too() -> None:
    with pytest.raises(NumberError, match="montant entier"):
        parse_number("12 k€", "€")


numbers = st.decimals(
    min_value=-(10**10) + 1, max_value=10**10 - 1, places=4, allow_nan=False, allow_infinity=False
)


@example(Decimal("1.5"), 0, "personnes")
@given(numbers, st.integers(0, 4), st.sampled_from(UNITS))
def test_what_is_written_is_read_back(number: Decimal, decimals: int, unit: str) -> None:
    shown = round(number, decimals) if decimals == 4 else None
    text = format_with_unit(number, decimals, unit)
    again = parse_number(text, unit)
    assert again is not None
    assert shown is None or again == shown
    assert format_with_unit(again, decimals, unit) == text
    assert parse_number(format_number(again, decimals)) == again


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        number = parse_number(text)
    except NumberError:
        return
    assert number is None or number.is_finite()
