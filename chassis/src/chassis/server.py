"""Running the two kinds of process: an API, and a worker with a health page."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from chassis.logs import configure_logs, get_logger
from chassis.settings import ProcessSettings, ServerSettings

Task: TypeAlias = Callable[[asyncio.Event], Awaitable[None]]

KEEP_ALIVE_SECONDS = 75
_DRAIN_SECONDS = 10

log = get_logger()


def run_api(
    name: str,
    settings: ServerSettings,
    build: Callable[[], ASGIApp],
    *,
    protocol: type[asyncio.Protocol] | None = None,
) -> None:
    """Serve an application until SIGTERM or Ctrl-C; open requests are answered first.

    `protocol` speaks HTTP in the place of uvicorn's own.
    """
    configure_logs(name, settings.log_level)
    app = build()
    gc.freeze()  # else a full collection walks all of it, and for 100 ms nobody is answered
    config = _config(app, settings, settings.port, protocol)
    uvicorn.Server(config).run()


def run_beside_health(
    name: str, settings: ProcessSettings, app: Starlette, tasks: Sequence[Task]
) -> None:
    """Run tasks until SIGTERM or Ctrl-C sets the event that each is given, and let them end.

    A task that fails ends the process with exit code 1, so that whoever supervises it starts it
    afresh. `app`, which answers health checks, is served on `worker_port`.
    """
    configure_logs(name, settings.log_level)
    failed = False

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncGenerator[None]:
        stop = asyncio.Event()
        running = [asyncio.create_task(_run(task, stop)) for task in tasks]
        try:
            yield
        finally:
            stop.set()
            done, late = await asyncio.wait(running, timeout=_DRAIN_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*done, *late, return_exceptions=True)

    async def _run(task: Task, stop: asyncio.Event) -> None:
        nonlocal failed
        try:
            await task(stop)
        except Exception:  # the process ends: its supervisor starts it afresh
            log.exception("worker.failed")
            failed = True
            server.should_exit = True

    app.router.lifespan_context = life
    server = uvicorn.Server(_config(app, settings, settings.worker_port))
    server.run()
    if failed:
        sys.exit(1)


def _config(
    app: ASGIApp,
    settings: ServerSettings,
    port: int,
    protocol: type[asyncio.Protocol] | None = None,
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        loop="uvloop",
        http=protocol or "httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
