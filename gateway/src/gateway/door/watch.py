"""Noticing that a client left before its answer, so that nobody works for nobody."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

from gateway.door.refusals import ClientLeft

_WATCH_AFTER_SECONDS = 0.05


class Watch:
    """Cancels the work inside its block when the client leaves; raises `ClientLeft` then.

    It begins to look only after some time, so that a quick answer pays for one timer and no task.
    Enter it when the body has been read: it takes what `receive` gives.
    """

    __slots__ = ("_has_left", "_receive", "_timer", "_watcher", "_work")

    def __init__(self, receive: Receive) -> None:
        """Watch the client that `receive` hears."""
        self._receive = receive
        self._has_left = False
        self._work: asyncio.Task[object] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._work = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(_WATCH_AFTER_SECONDS, self._begin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._has_left and self._work is not None and isinstance(error, asyncio.CancelledError):
            self._work.uncancel()
            raise ClientLeft from error

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._work is not None:
            self._has_left = True
            self._work.cancel()
