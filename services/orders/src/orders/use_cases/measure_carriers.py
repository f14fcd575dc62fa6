"""Measuring carriers: months of which something is new are written anew, the others stay."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from chassis.database import lock, snapshot, unit_of_work
from orders.store.scorecards import first_month, measure, measured_months, told_since

if TYPE_CHECKING:
    from datetime import date, datetime

    from chassis.database import Database

YOUNG = timedelta(days=92)
"""For so long time alone changes a month: promises pass, and parcels stay under way."""
_YOUNG_EVERY = timedelta(days=1)
_SLACK = timedelta(minutes=10)
"""Longer than any transaction, so that no event is missed that was received before a measuring."""


async def measure_carriers(database: Database, *, now: datetime) -> list[date]:
    """Write the months anew that are due, each in a transaction of its own, and give them.

    Due is a month that was never measured, one of whose parcels something was told since, and one
    that is young and was not measured for a day. What stops in between is done by the next call:
    the month that waits the longest comes first.
    """
    async with snapshot(database) as connection:
        first = await first_month(connection)
        known = await measured_months(connection)
        since = max(known.values(), default=now) - _YOUNG_EVERY
        told = await told_since(connection, since) if known else {}
    this = now.astimezone(UTC).date().replace(day=1)
    due = [
        month
        for month in _months(first, this)
        if month not in known
        or told.get(month, known[month] - _SLACK) > known[month] - _SLACK
        or (now.date() - month <= YOUNG and now - known[month] >= _YOUNG_EVERY)
    ]
    for month in sorted(due, key=lambda one: (known.get(one, now - YOUNG), one)):
        async with unit_of_work(database) as tx:
            await lock(tx, f"scorecards-{month}")
            await measure(tx, month, following=_following(month), now=now)
    return due


def _months(first: date | None, last: date) -> list[date]:
    found: list[date] = []
    while first is not None and first <= last:
        found.append(first)
        first = _following(first)
    return found


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
