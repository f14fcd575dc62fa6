"""Calls that queue while one commit runs share the next; one bad item fails alone."""

import asyncio
from collections.abc import Sequence

import pytest

from chassis.batching import Batcher, QueueFull


async def test_calls_that_wait_share_a_run_and_get_their_own_answers() -> None:
    runs: list[int] = []

    async def double(items: Sequence[int]) -> Sequence[int]:
        runs.append(len(items))
        await asyncio.sleep(0.01)
        return [2 * item for item in items]

    batcher = Batcher(double, workers=1)
    await batcher.start()
    answers = await asyncio.gather(*(batcher.submit(item) for item in range(100)))
    await batcher.stop()
    assert answers == [2 * item for item in range(100)]
    assert len(runs) < 5


async def test_one_bad_item_fails_alone() -> None:
    async def invert(items: Sequence[int]) -> Sequence[float]:
        return [1 / item for item in items]

    batcher = Batcher(invert, workers=1)
    await batcher.start()
    answers = await asyncio.gather(
        *(batcher.submit(item) for item in (1, 0, 2)), return_exceptions=True
    )
    await batcher.stop()
    assert answers[0] == 1
    assert isinstance(answers[1], ZeroDivisionError)
    assert answers[2] == 0.5


async def test_a_full_queue_refuses_and_says_when_to_come_back() -> None:
    release = asyncio.Event()

    async def wait(items: Sequence[int]) -> Sequence[int]:
        await release.wait()
        return items

    batcher = Batcher(wait, limit=1, queue=1, workers=1)
    await batcher.start()
    running = asyncio.create_task(batcher.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    queued = asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    with pytest.raises(QueueFull) as caught:
        await batcher.submit(3)
    assert caught.value.retry_after_seconds == 1
    release.set()
    assert await asyncio.gather(running, queued) == [1, 2]
    await batcher.stop()


async def test_stopping_serves_what_is_queued() -> None:
    async def same(items: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0.01)
        return items

    batcher = Batcher(same, limit=1, workers=1)
    await batcher.start()
    calls = [asyncio.create_task(batcher.submit(item)) for item in range(5)]
    await asyncio.sleep(0)
    await batcher.stop()
    assert await asyncio.gather(*calls) == list(range(5))
