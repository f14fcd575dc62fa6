"""A service's worker process: it publishes what is announced, applies what it follows, has jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from starlette.applications import Starlette

from chassis.bus import DEAD_LETTER_SUFFIX, Bus, connect_bus
from chassis.consuming import BatchHandler, Handler, Handlers, consume
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import Event
from chassis.health import add_health_routes
from chassis.logs import get_logger
from chassis.relay import relay
from chassis.server import Task, run_beside_health
from chassis.settings import ProcessSettings
from chassis.sweeping import sweep
from chassis.waiting import Backoff

_CHECK_SECONDS = 5

log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a service's worker does.

    `publishes` are the facts the service announces; `handlers` and `together` are those of
    `consume`, and the service's name is its consumer group; `jobs` run beside them.
    """

    service: str
    publishes: Sequence[type[Event]]
    handlers: Handlers = field(default_factory=dict[str, Mapping[str, Handler]])
    together: BatchHandler | None = None
    jobs: Sequence[Task] = ()


def run_worker(work: Work, settings: ProcessSettings, database: Database) -> None:
    """Work until told to stop; ready while the database and the bus answer."""
    name = f"{work.service}-worker"
    bus = connect_bus(settings.bus_url.get_secret_value(), instance=name)

    async def until_stopped(stop: asyncio.Event) -> None:
        try:
            await do(work, bus, database, stop)
        finally:
            await bus.close()
            await database.close()

    app = Starlette()
    add_health_routes(app.router, database.problem, partial(_problem, bus))
    run_beside_health(name, settings, app, [until_stopped])


async def do(work: Work, bus: Bus, database: Database, stop: asyncio.Event) -> None:
    """Publish what the service announces and apply what it follows, until `stop` is set."""
    topics = {event.topic for event in work.publishes} | set(work.handlers)
    await _ensure_topics(bus, topics, stop)
    source = f"/services/{work.service}"
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay(bus=bus, database=database, source=source, stop=stop))
        tasks.create_task(sweep(database, stop))
        for job in work.jobs:
            tasks.create_task(_as_coroutine(job, stop))
        if work.handlers:
            tasks.create_task(
                consume(
                    bus=bus,
                    database=database,
                    group=work.service,
                    handlers=work.handlers,
                    together=work.together,
                    stop=stop,
                )
            )


async def _as_coroutine(job: Task, stop: asyncio.Event) -> None:
    await job(stop)


async def _ensure_topics(bus: Bus, topics: set[str], stop: asyncio.Event) -> None:
    names = sorted(topics | {topic + DEAD_LETTER_SUFFIX for topic in topics})
    backoff = Backoff()
    while not stop.is_set():
        try:
            await bus.ensure_topics(names)
        except Unavailable as error:
            log.warning("bus.waiting", cause=str(error))
            await backoff.wait(stop)
        else:
            return


async def _problem(bus: Bus) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await bus.check()
    except (Unavailable, TimeoutError) as error:
        return f"bus: {error}" if str(error) else "bus: it does not answer"
    return None
