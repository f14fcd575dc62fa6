"""The FastAPI application behind the door: what is composed rather than forwarded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chassis.database import Database
from chassis.health import add_health_routes
from chassis.problems import add_problem_handlers
from gateway.api import customer_export, customer_view, reference, whoami
from gateway.api.health import readiness_route
from gateway.domain.parts import Part
from gateway.door.key_ring import KeyRing
from gateway.door.purview_follower import PurviewFollower
from gateway.upstream.pool import Pool
from gateway.use_cases.export_customer import CustomerExporter
from gateway.use_cases.view_customer import CustomerViewer

ROUTERS = (customer_view.router, customer_export.router, whoami.router, reference.router)


def create_inner_app(
    *,
    database: Database,
    key_ring: KeyRing,
    follower: PurviewFollower,
    pools: Mapping[Part, Pool],
    streams: Pool,
    viewer: CustomerViewer,
    exporter: CustomerExporter,
) -> FastAPI:
    """Make the application; its life is that of what it follows and of the pools."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncGenerator[None]:
        following = [asyncio.create_task(one.run()) for one in (key_ring, follower)]
        try:
            yield
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
            for pool in (*pools.values(), streams):
                pool.close()
            await database.close()

    app = FastAPI(
        title="gateway", version="1", openapi_url=None, lifespan=life, redirect_slashes=False
    )
    app.state.viewer = viewer
    app.state.exporter = exporter
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(readiness_route(database, key_ring, pools))
    add_health_routes(app.router)
    add_problem_handlers(app, part=Part.GATEWAY)
    return app
