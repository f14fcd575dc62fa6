"""Hot routes: from the door straight to their endpoint, past the framework's stack.

Routing, exit stacks and three layers of exception handling cost a request some 80 µs, a quarter of
what an order takes. A hot route is of one exact path and method; what its endpoint raises is
answered by the application's own handlers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

    Endpoint = Callable[[Request], Awaitable[Response]]
    Handler = Callable[[Request, Exception], Awaitable[Response]]


class HotRoutes:
    """An ASGI application of the routes whose paths have no parameters."""

    def __init__(self, app: FastAPI, routes: Sequence[Route]) -> None:
        """Serve those of `routes` that are of an exact path; `app` answers what they raise."""
        self._app = app
        self._handlers = cast("dict[object, Handler]", app.exception_handlers)
        self._routes = {
            (method, route.path): route
            for route in routes
            if "{" not in route.path
            for method in route.methods or ()
        }

    def serves(self, scope: Scope) -> bool:
        """Tell whether a request is for one of them."""
        return scope["type"] == "http" and (scope["method"], scope["path"]) in self._routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what nobody expected is answered 500 and raised for the log."""
        scope["app"] = self._app
        request = Request(scope, receive)
        endpoint: Endpoint = self._routes[scope["method"], scope["path"]].endpoint
        try:
            response = await self._answer(endpoint, request)
        except Exception as error:
            await (await self._handlers[Exception](request, error))(scope, receive, send)
            raise
        await response(scope, receive, send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:
            for kind in type(error).__mro__:
                if kind in self._handlers and kind is not Exception:
                    return await self._handlers[kind](request, error)
            raise
