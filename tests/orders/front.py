"""A server that stands where the gateway does, for what imports through it."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from carnet.ports import free_ports
from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import Principal, PrincipalSigner

KEY = "till-key"


class Front:
    """Stands where the gateway does: takes the key, vouches for the caller, resolves the claim."""

    def __init__(
        self, app: ASGIApp, signer: PrincipalSigner, *, source_record: str, database_url: str
    ) -> None:
        self._app = app
        self._token = signer.sign(Principal("web-shop", frozenset({"orders:write"})))
        self._source_record = source_record
        self.busy_answers = 0
        self.refused_paths: frozenset[str] = frozenset()
        self.database_url = database_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if (b"x-api-key", KEY.encode()) not in scope["headers"]:
                await _answer(send, 401)
                return
            if self.busy_answers:
                self.busy_answers -= 1
                await _answer(send, 503)
                return
            if scope["path"] in self.refused_paths:
                await _answer(send, 422)
                return
            customer_id = show_global_id(new_global_id(lambda _bits: 1))
            told = {
                "carnet-principal": self._token,
                "carnet-customer-id": customer_id,
                "carnet-source-record-id": self._source_record,
            }
            extra = [(name.encode(), value.encode()) for name, value in told.items()]
            scope = dict(scope) | {"headers": [*scope["headers"], *extra]}
        await self._app(scope, receive, send)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b'{"detail": "not now"}'})


@asynccontextmanager
async def served(front: Front) -> AsyncGenerator[str]:
    """Serve on a port of its own, from a thread of its own; gives the address."""
    [port] = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(front, port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)
