"""A job that is done again and again beside others, none of which it may end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.metrics import JOB_FAILURES
from chassis.waiting import wait_for_any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

_LONGEST_SECONDS = 60.0

log = get_logger()


async def repeat(
    name: str,
    step: Callable[[], Awaitable[object]],
    *,
    every_seconds: float,
    stop: asyncio.Event,
) -> None:
    """Take a step again and again until `stop` is set.

    A step that gives something true goes on at once, any other waits for `every_seconds`. A
    database out of reach is waited for. What nobody foresaw is logged and counted, and the step
    is tried again, later each time, up to a minute: what one job chokes on keeps no other from
    its work.
    """
    failures = 0
    while not stop.is_set():
        wait = every_seconds
        try:
            if await step():
                wait = 0.0
            failures = 0
        except Exception as error:
            if is_transient(error):
                log.warning("job.waiting", job=name, cause=type(error).__name__)
            else:
                log.exception("job.failed", job=name)
                JOB_FAILURES.labels(name).inc()
                wait = max(wait, min(2.0**failures, _LONGEST_SECONDS))
                failures += 1
        if wait:
            await wait_for_any(stop, timeout_seconds=wait)
