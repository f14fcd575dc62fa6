"""A job goes on whatever one step of it meets, and ends no other."""

import asyncio

from prometheus_client import REGISTRY

from chassis.repeating import repeat


def failures(job: str) -> float:
    return REGISTRY.get_sample_value("carnet_job_failures_total", {"job": job}) or 0.0


async def test_a_step_that_fails_unforeseen_is_counted_and_taken_again() -> None:
    stop = asyncio.Event()
    tries = 0

    async def step() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            message = "nobody foresaw it"
            raise TypeError(message)
        stop.set()

    before = failures("choking")
    await asyncio.wait_for(repeat("choking", step, every_seconds=0.01, stop=stop), timeout=10)
    assert tries == 2
    assert failures("choking") == before + 1


async def test_a_database_out_of_reach_is_no_failure_of_the_job() -> None:
    stop = asyncio.Event()
    tries = 0

    async def step() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ConnectionRefusedError
        stop.set()

    await asyncio.wait_for(repeat("waiting", step, every_seconds=0.01, stop=stop), timeout=10)
    assert tries == 3
    assert failures("waiting") == 0


async def test_while_there_is_more_it_goes_on_at_once() -> None:
    stop = asyncio.Event()
    left = 100

    async def step() -> bool:
        nonlocal left
        left -= 1
        if not left:
            stop.set()
        return True

    await asyncio.wait_for(repeat("busy", step, every_seconds=60, stop=stop), timeout=10)
    assert left == 0
