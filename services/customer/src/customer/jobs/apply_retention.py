"""Applying the retention rules that a machine may apply, every hour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from customer.use_cases.retention import apply_retention

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 3600.0

log = get_logger()


async def keep_applying_retention(database: Database, stop: asyncio.Event) -> None:
    """Apply the rules each hour until `stop` is set; a database out of reach is waited for."""

    async def step() -> None:
        for what, count in (await apply_retention(database, now=datetime.now(UTC))).items():
            log.info("retention.applied", what=what, count=count)

    await repeat("retention", step, every_seconds=_EVERY_SECONDS, stop=stop)
