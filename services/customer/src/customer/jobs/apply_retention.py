"""Applying the retention rules that a machine may apply, every hour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from customer.use_cases.retention import apply_retention

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 3600.0

log = get_logger()


async def keep_applying_retention(database: Database, stop: asyncio.Event) -> None:
    """Apply the rules each hour until `stop` is set; a database out of reach is waited for."""
    while not stop.is_set():
        try:
            for what, count in (await apply_retention(database, now=datetime.now(UTC))).items():
                log.info("retention.applied", what=what, count=count)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("retention.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)
