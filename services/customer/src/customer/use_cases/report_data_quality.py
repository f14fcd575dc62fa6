"""The data quality report: asked for, made by the worker, and read."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from customer.domain.data_quality import DataQuality, DataQualityNotKnown, assemble
from customer.store import data_quality_reports as reports
from customer.store.data_quality import count_quality, instant_of

if TYPE_CHECKING:
    from chassis.database import Database

_GIVEN_UP = timedelta(minutes=15)
"""After so long whoever began it is taken to have died."""


async def read_data_quality(database: Database) -> DataQuality:
    """Read the last report; raises `DataQualityNotKnown`."""
    async with snapshot(database) as connection:
        report = await reports.last_report(connection)
    if report is None:
        message = "The worker makes the first one within a minute of starting. Ask again soon."
        raise DataQualityNotKnown(message)
    return report


async def ask_for_data_quality(database: Database) -> reports.Asked:
    """Have a report made as of now."""
    async with unit_of_work(database) as tx:
        return await reports.ask_for_report(tx)


async def make_data_quality(database: Database, *, kept: timedelta) -> DataQuality | None:
    """Make a report if one is wanted and nobody else makes it."""
    async with unit_of_work(database) as tx:
        if not await reports.begin_report(tx, kept=kept, given_up=_GIVEN_UP):
            return None
    began = time.monotonic()
    async with snapshot(database) as connection:
        made_at = await instant_of(connection)
        tallies = [tally async for tally in count_quality(connection)]
    seconds = round(time.monotonic() - began, 3)
    report = assemble(tallies, made_at=made_at, seconds=seconds)
    async with unit_of_work(database) as tx:
        await reports.keep_report(tx, report)
    return report
