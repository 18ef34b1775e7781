"""Working days in France: Monday to Friday, but for the holidays of the Code du travail."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

# Month and day of those that do not move (Code du travail, art. L3133-1).
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days after Easter: its Monday, Ascension, Whit Monday.
AFTER_EASTER = (1, 39, 50)
SATURDAY = 5


@lru_cache(maxsize=32)
def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    sunday = easter(year)
    moving = (sunday + timedelta(days=days) for days in AFTER_EASTER)
    return frozenset({*(date(year, month, day) for month, day in FIXED), *moving})


def is_working_day(day: date) -> bool:
    """Whether the association is at work that day."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def after_working_days(day: date, count: int) -> date:
    """The day on which so many working days are over since ``day``, which does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
