"""Making the data quality report: soon after somebody asks for it, else now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from customer.use_cases.report_data_quality import make_data_quality

if TYPE_CHECKING:
    import asyncio
    from datetime import timedelta

    from chassis.database import Database

_LOOK_EVERY_SECONDS = 2.0

log = get_logger()


async def keep_making_data_quality(
    database: Database, kept: timedelta, stop: asyncio.Event
) -> None:
    """Make reports that are asked for, or older than `kept`, until `stop` is set."""

    async def step() -> None:
        report = await make_data_quality(database, kept=kept)
        if report is not None:
            records = report.whole.records
            log.info("data_quality.made", records=records, seconds=report.seconds)

    await repeat("data-quality", step, every_seconds=_LOOK_EVERY_SECONDS, stop=stop)
