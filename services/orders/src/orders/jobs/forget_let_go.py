"""Forgetting places that were let go and what refused claims say, every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from orders.use_cases.forget_let_go import TOGETHER, forget_let_go, forget_refused_claims

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from chassis.database import Database

_EVERY = timedelta(hours=1)

log = get_logger()


async def keep_forgetting(database: Database, stop: asyncio.Event) -> None:
    """Forget what has served, some at a time, until `stop` is set."""
    while not stop.is_set():
        now = datetime.now(UTC)
        try:
            holds = await _all(partial(forget_let_go, database, now=now), stop)
            claims = await _all(partial(forget_refused_claims, database, now=now), stop)
            log.info("let_go.forgotten", slot_holds=holds, claims=claims)
        except (SQLAlchemyError, OSError) as error:
            if not is_transient(error):
                raise
            log.warning("let_go.waiting", cause=type(error).__name__)
        await wait_for_any(stop, timeout_seconds=_EVERY.total_seconds())


async def _all(forget: Callable[[], Awaitable[int]], stop: asyncio.Event) -> int:
    forgotten = await forget()
    total = forgotten
    while forgotten == TOGETHER and not stop.is_set():
        forgotten = await forget()
        total += forgotten
    return total
