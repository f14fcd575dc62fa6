"""Making a service's HTTP application: the door, problem documents, health, and dependencies."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from chassis.database import Database
from chassis.door import Door
from chassis.errors import Forbidden
from chassis.health import add_health_routes
from chassis.hot_routes import HotRoutes
from chassis.principal import Principal, PrincipalVerifier
from chassis.problems import add_problem_handlers, problem_response
from chassis.settings import ProcessSettings

__all__ = [
    "CHECK_HEADER",
    "DatabaseDep",
    "Now",
    "OnlyCheck",
    "StrictModel",
    "create_app",
    "is_only_check",
    "json_response",
    "principal_of",
    "problem_response",
    "requires",
    "would_be_taken",
]

CHECK_HEADER = "Carnet-Check"
"""With it the gateway asks whether a request would be taken; no client can send it."""

_api_key = APIKeyHeader(
    name="X-API-Key",
    scheme_name="ApiKey",
    description="A key of `carnet keys create`, with the scopes that the operation names.",
    auto_error=False,
)


class StrictModel(BaseModel):
    """A request's body: unknown fields are refused, values are not changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MissingScope(Forbidden):
    """The key has not the scope that the operation needs."""

    slug = "missing-scope"
    title = "The key lacks a scope"


class Service(FastAPI):
    """A service's application: hot routes go from their door straight to their endpoint."""

    hot_routes: HotRoutes
    hot_door: Door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self.hot_routes.serves(scope):
            await self.hot_door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    *,
    title: str,
    settings: ProcessSettings,
    database: Database,
    routers: Sequence[APIRouter],
    hot_routes: Sequence[Route] = (),
    media_types: Mapping[str, str] | None = None,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:
    """Make a service's application.

    `title` is the part's name in problem documents; `media_types` names, for a path, what it reads
    besides JSON; `lifespan` holds what runs beside requests, such as batchers; the database is
    closed last.
    """

    @asynccontextmanager
    async def whole_life(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            if lifespan is not None:
                await stack.enter_async_context(lifespan(app))
            yield

    app = Service(
        title=title,
        lifespan=whole_life,
        openapi_url=None,
        version="1",
        redirect_slashes=False,  # a redirect would tell clients the service's own address
    )
    app.state.database = database
    app.router.routes.extend(hot_routes)
    verifier = PrincipalVerifier(settings.principal_public_key)
    for router in routers:
        app.include_router(router)

    add_health_routes(app.router, database.problem)
    add_problem_handlers(app, part=title)
    app.hot_routes = HotRoutes(app, hot_routes)
    app.hot_door = Door(app.hot_routes, verifier=verifier, part=title)
    app.add_middleware(
        Door,
        verifier=verifier,
        part=title,
        media_types=media_types,
    )
    return app


def _database(request: Request) -> Database:
    return request.app.state.database


DatabaseDep = Annotated[Database, Depends(_database)]


def utc_now() -> datetime:
    """Give the present instant, aware and in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(utc_now)]


def is_only_check(request: Request) -> bool:
    """Whether it is only asked if the request would be taken: nothing of it may be stored."""
    return CHECK_HEADER in request.headers


async def _only_check(request: Request) -> bool:
    return is_only_check(request)


OnlyCheck = Annotated[bool, Depends(_only_check)]
"""Depend on `is_only_check`, which then stands in no OpenAPI document."""


def would_be_taken() -> Response:
    """Answer a check of a request that nothing is wrong with (204)."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def requires(scope: str) -> Any:
    """Depend on the caller, who must have the scope.

    Written `caller: Annotated[Principal, requires("orders:read")]`.
    """

    async def check(
        request: Request, _documented: Annotated[str | None, Security(_api_key, scopes=[scope])]
    ) -> Principal:
        return principal_of(request, scope)

    return Depends(check)


def principal_of(request: Request, scope: str | None = None) -> Principal:
    """Give the caller of a request; raises `MissingScope` when it lacks the scope."""
    principal: Principal = request.state.principal
    if scope is not None and scope not in principal.scopes:
        message = f"The operation needs the scope {scope}. Ask for a key that has it."
        raise MissingScope(message)
    return principal


def json_response(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON that is already written."""
    return Response(body, status, headers=headers, media_type="application/json")
