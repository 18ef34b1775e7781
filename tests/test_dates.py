"""Dates and hours as French readers write them."""

from datetime import UTC, date, datetime, time

import pytest

from pages.templatetags.french_dates import long_date
from pages.templatetags.site_tags import clock


@pytest.mark.parametrize(
    ("day", "form", "written"),
    [
        (date(2026, 11, 23), "j F Y", "23 novembre 2026"),
        (date(2026, 12, 1), "j F Y", "1er décembre 2026"),
        (date(2026, 12, 1), "l j F Y", "mardi 1er décembre 2026"),
        (date(2026, 12, 11), "j F Y", "11 décembre 2026"),
        (date(2026, 12, 31), "l j F Y", "jeudi 31 décembre 2026"),
        (None, "j F Y", ""),
    ],
)
def test_only_the_first_day_of_a_month_is_an_ordinal(day, form, written):
    assert long_date(day, form) == written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (time(9), "9\u00a0h"),
        (time(9, 5), "9\u00a0h\u00a005"),
        (time(14, 30), "14\u00a0h\u00a030"),
        (None, ""),
    ],
)
def test_hours(moment, written):
    assert clock(moment) == written


def test_a_moment_is_told_in_paris_time():
    from django.template import Context, Template

    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    text = Template("{% load site_tags %}{{ m|long_date }} {{ m|clock }}").render(
        Context({"m": moment})
    )
    assert text == "1er décembre 2026 0\u00a0h\u00a030"
