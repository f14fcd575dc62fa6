"""Making the data quality report: soon after somebody asks for it, else now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
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
    while not stop.is_set():
        try:
            report = await make_data_quality(database, kept=kept)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("data_quality.waiting", cause=type(error).__name__)
        else:
            if report is not None:
                records = report.whole.records
                log.info("data_quality.made", records=records, seconds=report.seconds)
        await wait_for_any(stop, timeout_seconds=_LOOK_EVERY_SECONDS)
