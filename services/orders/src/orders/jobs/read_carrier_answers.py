"""Reading what carriers sent as it comes, and emptying what was read long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.domain.carrier_answers import KEPT
from orders.use_cases.record_tracking import record_batches
from orders.use_cases.take_carrier_answers import forget_payloads, read_waiting_answers

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database

_EVERY_SECONDS = 0.5
_EMPTY_EVERY = timedelta(hours=1)

log = get_logger()


async def keep_reading_answers(database: Database, stop: asyncio.Event) -> None:
    """Read answers until `stop` is set."""
    emptied_at = datetime.min.replace(tzinfo=UTC)

    async def step() -> bool:
        nonlocal emptied_at
        count = await read_waiting_answers(database, record_batches)
        now = datetime.now(UTC)
        if now - emptied_at > _EMPTY_EVERY:
            emptied_at = now
            await forget_payloads(database, read_before=now - KEPT)
        return bool(count)

    await repeat("carrier-answers", step, every_seconds=_EVERY_SECONDS, stop=stop)
