"""Writing the audit of reads each second, beside the requests that are noted in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from chassis.logs import get_logger
from chassis.waiting import wait_for_any

if TYPE_CHECKING:
    import asyncio

    from customer.use_cases.note_reads import ReadLog

_EVERY_SECONDS = 1.0
_DATABASE_SAYS_NO = (
    SQLAlchemyError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)

log = get_logger()


async def keep_writing_reads(reads: ReadLog, stop: asyncio.Event) -> None:
    """Write what was noted each second until `stop` is set, and once more then.

    Whatever the database says, reads go on waiting and this goes on trying.
    """
    while not stop.is_set():
        await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)
        try:
            await reads.write()
        except _DATABASE_SAYS_NO as error:
            log.warning("reads.waiting", cause=type(error).__name__, count=reads.waiting)
        if (lost := reads.take_lost()) > 0:
            log.error("reads.lost", count=lost)
