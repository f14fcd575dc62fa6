"""An orders API over a fresh database, and the words that its tests use."""

import base64
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Table, func, select

from chassis.database import Database
from chassis.principal import Principal, PrincipalSigner
from orders.main import build
from orders.settings import Settings
from orders.store.claims import ClaimCipher
from orders.store.tables import METADATA
from tests.conftest import MakeUrl
from tests.orders.front import Front, served

CUSTOMER = "7K3M-92QX-F4TF"
SOURCE_RECORD = "src_01jzq3v5c8e7m9r2t4w6y8a0be"
RESOLVED = {"Carnet-Customer-Id": CUSTOMER, "Carnet-Source-Record-Id": SOURCE_RECORD}
CLAIM = {
    "source": "web-fr",
    "external_id": "visitor-1",
    "channel": "web",
    "country": "FR",
    "emails": ["anna@example.com"],
}
CLAIM_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
OUTBOX = METADATA.tables["outbox"]

Body = dict[str, Any]
MakeClient = Callable[..., httpx.AsyncClient]
Count = Callable[[Table], Awaitable[int]]
Rows = Callable[[Table], Awaitable[list[Body]]]
Place = Callable[..., Awaitable[Body]]


def an_order(**changes: Any) -> Body:
    """Give a good body, changed as told; None leaves a field out."""
    body: Body = {
        "source": "shop-fr",
        "external_ref": "W-1001",
        "channel": "web",
        "country": "FR",
        "currency": "EUR",
        "placed_at": "2026-03-01T23:30:00+01:00",
        "lines": [
            {"sku": "SCARF-01", "quantity": 2, "unit_price_minor": 12_900, "tax_minor": 200},
            {"sku": "PEN-07", "quantity": 1, "unit_price_minor": 450, "discount_minor": 50},
        ],
        "shipping_minor": 600,
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


TOTAL = 2 * 12_900 + 200 + 400 + 600


def a_return(**changes: Any) -> Body:
    """Give a good body, changed as told; None leaves a field out."""
    body: Body = {
        "source": "shop-fr",
        "external_ref": "R-1",
        "channel": "web",
        "country": "FR",
        "currency": "EUR",
        "returned_at": "2026-03-09T16:30:00+01:00",
        "lines": [{"sku": "SCARF-01", "quantity": 1, "refund_minor": 13_000}],
        "refund_minor": 13_000,
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


def _settings(database_url: str, public_key: str) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        bus_url=SecretStr("unused"),
        principal_public_key=public_key,
        port=0,
        worker_port=0,
        claim_key=SecretStr(CLAIM_KEY),
    )


@pytest.fixture
async def app(database_url: MakeUrl, principal_keys: tuple[str, str]) -> AsyncGenerator[FastAPI]:
    app = build(_settings(await database_url("orders"), principal_keys[1]))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def front(
    database_url: MakeUrl, principal_keys: tuple[str, str]
) -> AsyncGenerator[tuple[Front, str]]:
    """Serve the API behind what stands where the gateway does, for commands that send to it."""
    url = await database_url("orders")
    app = build(_settings(url, principal_keys[1]))
    signer = PrincipalSigner(principal_keys[0])
    front = Front(app, signer, source_record=SOURCE_RECORD, database_url=url)
    async with served(front) as address:
        yield front, address


@pytest.fixture
def database(app: FastAPI) -> Database:
    return app.state.database


@pytest.fixture
def cipher() -> ClaimCipher:
    return ClaimCipher(CLAIM_KEY)


@pytest.fixture
async def make_client(app: FastAPI, principal_keys: tuple[str, str]) -> AsyncGenerator[MakeClient]:
    opened: list[httpx.AsyncClient] = []

    def make(*scopes: str, client_id: str = "web-shop") -> httpx.AsyncClient:
        signer = PrincipalSigner(principal_keys[0])
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://orders",
            headers={"Carnet-Principal": signer.sign(Principal(client_id, frozenset(scopes)))},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(make_client: MakeClient) -> httpx.AsyncClient:
    return make_client("orders:read", "orders:write", "orders:steward")


@pytest.fixture
def count(database: Database) -> Count:
    async def rows_of(table: Table) -> int:
        async with database.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    return rows_of


@pytest.fixture
def rows(database: Database) -> Rows:
    """Read a whole table, in the sequence of its first column."""

    async def read(table: Table) -> list[Body]:
        async with database.engine.connect() as connection:
            found = await connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in found.mappings()]

    return read


@pytest.fixture
def place(client: httpx.AsyncClient) -> Place:
    """Place a good order, changed as told, and give the order as it stands."""

    async def placed(headers: dict[str, str] | None = None, **changes: Any) -> Body:
        answer = await client.post("/v1/orders", json=an_order(**changes), headers=headers)
        assert answer.status_code == 201, answer.text
        return orjson.loads((await client.get(answer.headers["Location"])).content)

    return placed
