"""Days of the calendar that come again every year."""

from __future__ import annotations

from datetime import date, timedelta

_LAST_OF_FEBRUARY = (2, 28)
_LEAP_DAY = "02-29"


def days_of_the_year(first: date, last: date) -> list[str]:
    """Give each day from the first to the last as `MM-DD`; a leap day comes on 28 February."""
    found: set[str] = set()
    for number in range(min((last - first).days, 366) + 1):
        day = first + timedelta(days=number)
        found.add(f"{day:%m-%d}")
        if (day.month, day.day) == _LAST_OF_FEBRUARY and (day + timedelta(days=1)).day == 1:
            found.add(_LEAP_DAY)
    return sorted(found)
