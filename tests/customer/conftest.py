"""The customer service over a fresh database, called as the gateway calls it."""

import base64
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from chassis.database import Database, snapshot
from chassis.principal import HEADER, Principal, PrincipalSigner
from customer.main import build
from customer.settings import Settings

OFFICIAL_ID_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
SCOPES = frozenset({"customers:read", "customers:write", "customers:steward", "customers:privacy"})


@dataclass(frozen=True, slots=True)
class House:
    """The service's HTTP interface, and its database for what HTTP does not tell."""

    http: httpx.AsyncClient
    database: Database

    async def put(self, external_id: str, source: str = "till", **fields: Any) -> dict[str, Any]:
        """Put a source record that must be taken, and give the answer."""
        body = {"channel": "shop", "country": "FR", **fields}
        answer = await self.http.put(f"/v1/source-records/{source}/{external_id}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def customer(self, customer_id: str) -> dict[str, Any]:
        """Read a customer who must exist."""
        answer = await self.http.get(f"/v1/customers/{customer_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def search(self, **criteria: Any) -> list[dict[str, Any]]:
        """Search with criteria that must be good; give the first page."""
        answer = await self.http.post("/v1/customers/search", json=criteria)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def events(self) -> list[tuple[str, str, int, dict[str, Any]]]:
        """Give what was announced: type, key, sequence and body."""
        query = text("SELECT type, aggregateid, sequence, payload FROM outbox ORDER BY seq")
        async with snapshot(self.database) as connection:
            return [tuple(row) for row in await connection.execute(query)]

    async def count(self, table: str) -> int:
        """Count the rows of a table."""
        async with snapshot(self.database) as connection:
            rows = await connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
        assert rows is not None
        return rows


@pytest.fixture
async def make_house(
    database_url: Callable[[str], Awaitable[str]], principal_keys: tuple[str, str]
) -> AsyncGenerator[Callable[[], Awaitable[House]]]:
    """Give a maker of services, each with an empty database and a caller who may do everything."""
    private, public = principal_keys
    token = PrincipalSigner(private).sign(Principal("till", SCOPES))
    async with AsyncExitStack() as stack:

        async def make() -> House:
            settings = Settings(
                database_url=SecretStr(await database_url("customer")),
                bus_url=SecretStr("postgresql://unused"),
                principal_public_key=public,
                official_id_key=SecretStr(OFFICIAL_ID_KEY),
                port=0,
                worker_port=0,
            )
            app = build(settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://customer",
                headers={HEADER: token},
            )
            return House(await stack.enter_async_context(client), app.state.database)

        yield make


@pytest.fixture
async def house(make_house: Callable[[], Awaitable[House]]) -> House:
    """Give the service with an empty database and a caller who may do everything."""
    return await make_house()
