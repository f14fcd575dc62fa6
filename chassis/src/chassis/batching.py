"""Group commit: calls that queue while one commit runs share the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from chassis.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

I = TypeVar("I")  # noqa: E741 - what goes in
O = TypeVar("O")  # noqa: E741 - what comes out


class QueueFull(Unavailable):
    """More calls wait than will be served in time."""

    slug = "queue-full"
    title = "Too many requests wait already"


@dataclass(slots=True, eq=False)
class _Call(Generic[I, O]):
    item: I
    answer: asyncio.Future[O]


class Batcher(Generic[I, O]):
    """Runs a use case that takes a list, with whatever queued during its previous run.

    No timer: an idle batcher serves a single call at once, a busy one fills its batches. When a
    batch fails, each of its calls is run alone, so that one bad item cannot fail the others.
    """

    def __init__(
        self,
        work: Callable[[Sequence[I]], Awaitable[Sequence[O]]],
        *,
        limit: int = 64,
        queue: int = 2000,
        workers: int = 2,
    ) -> None:
        """`work` commits before it returns, and gives an answer for each item, in order."""
        self._work = work
        self._limit = limit
        self._queue: asyncio.Queue[_Call[I, O]] = asyncio.Queue(queue)
        self._worker_count = workers
        self._workers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to serve."""
        self._workers = [asyncio.create_task(self._serve()) for _ in range(self._worker_count)]

    async def stop(self) -> None:
        """Serve what is queued, then end."""
        await self._queue.join()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def submit(self, item: I) -> O:
        """Have an item served; returns after its commit, raises what its work raises."""
        answer: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(_Call(item, answer))
        except asyncio.QueueFull:
            message = "The service is overloaded. Send the request again after a moment."
            raise QueueFull(message, retry_after_seconds=1) from None
        return await answer

    async def _serve(self) -> None:
        while True:
            calls = [await self._queue.get()]
            while len(calls) < self._limit and not self._queue.empty():
                calls.append(self._queue.get_nowait())
            try:
                wanted = [call for call in calls if not call.answer.cancelled()]
                if wanted:
                    await self._run(wanted)
            finally:
                for _ in calls:
                    self._queue.task_done()

    async def _run(self, calls: list[_Call[I, O]]) -> None:
        try:
            answers = await self._work([call.item for call in calls])
        except Exception as error:  # noqa: BLE001 - handed to the caller, or tried alone
            if len(calls) == 1:
                _fail(calls[0], error)
                return
            for call in calls:
                await self._run([call])
        else:
            for call, answer in zip(calls, answers, strict=True):
                if not call.answer.done():
                    call.answer.set_result(answer)


def _fail(call: _Call[I, O], error: Exception) -> None:
    if not call.answer.done():
        call.answer.set_exception(error)
