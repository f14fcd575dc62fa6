"""Whether the gateway is ready, and which parts behind it are."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.database import Database
from gateway.domain.parts import Part
from gateway.door.key_ring import KeyRing
from gateway.upstream.pool import Pool
from gateway.use_cases.ask_parts import PartState, ask_parts


def readiness_route(database: Database, key_ring: KeyRing, pools: Mapping[Part, Pool]) -> Route:
    """Serve /readyz: ready when keys can be checked and at least one part takes requests.

    A part that is down leaves the gateway ready: it answers for that part with 503, and the
    others go on. The body names the state of each.
    """

    async def ready(_request: Request) -> Response:
        parts = await ask_parts(pools)
        problems = [problem for problem in (await database.problem(), key_ring.problem) if problem]
        if PartState.READY not in parts.values():
            problems.append("parts: none is ready")
        states = {part.value: state.value for part, state in parts.items()}
        body = {"ready": not problems, "problems": problems, "parts": states}
        return Response(orjson.dumps(body), 503 if problems else 200, media_type="application/json")

    return Route("/readyz", ready)
