"""Liveness, readiness and metrics of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Check = Callable[[], Awaitable[str | None]]


def add_health_routes(router: Router, *checks: Check) -> None:
    """Serve /livez, /readyz and /metrics; a check gives what is wrong, or None.

    Live means the process answers; ready means that all it needs answers too.
    """

    async def live(_request: Request) -> Response:
        return PlainTextResponse("live\n")

    async def ready(_request: Request) -> Response:
        problems = [problem for check in checks if (problem := await check()) is not None]
        body = {"ready": not problems, "problems": problems}
        return Response(orjson.dumps(body), 503 if problems else 200, media_type="application/json")

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    router.routes.extend(
        [Route("/livez", live), Route("/readyz", ready), Route("/metrics", metrics)]
    )
