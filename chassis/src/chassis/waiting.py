"""Waiting that can be interrupted: for one of several events, or longer after each failure."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Event

_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 5.0


async def wait_for_any(*events: Event, timeout_seconds: float) -> None:
    """Return when one of the events is set, or after the time-out."""
    if any(event.is_set() for event in events):
        return
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


class Backoff:
    """Waits twice as long after each failure, up to five seconds, with jitter."""

    def __init__(self) -> None:
        """Begin with the shortest wait."""
        self._seconds = _FIRST_SECONDS

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self._seconds = _FIRST_SECONDS

    async def wait(self, stop: Event) -> None:
        """Wait, or return at once when `stop` is set."""
        seconds = self._seconds * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
        await wait_for_any(stop, timeout_seconds=seconds)
        self._seconds = min(self._seconds * 2, _LONGEST_SECONDS)
