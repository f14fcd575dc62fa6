"""A complaints API over a fresh database, and the words that its tests use."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Table, func, select

from chassis.api import create_app
from chassis.database import Database
from chassis.principal import Principal, PrincipalSigner
from complaints.api import answers, complaints, exports, routing
from complaints.settings import Settings
from complaints.store import tables
from tests.conftest import MakeDatabase

CUSTOMER = "7K3M-92QX-F4TF"
SOURCE_RECORD = "src_01jzq3v5c8e7m9r2t4w6y8a0be"

Count = Callable[[Table], Awaitable[int]]
MakeClient = Callable[..., httpx.AsyncClient]


def a_complaint(**changes: Any) -> dict[str, Any]:
    """Give a good body, changed as told; None leaves a field out."""
    body = {
        "channel": "phone",
        "source": "call-centre",
        "subject": "The clasp came loose",
        "text": "I wore it twice and the clasp came loose.",
        "country": "GB",
        "language": "en",
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


@pytest.fixture
async def database(make_database: MakeDatabase) -> Database:
    return await make_database("complaints")


@pytest.fixture
async def make_client(
    database: Database, principal_keys: tuple[str, str]
) -> AsyncGenerator[MakeClient]:
    private, public = principal_keys
    settings = Settings(
        database_url=SecretStr("unused"),
        bus_url=SecretStr("unused"),
        principal_public_key=public,
        port=0,
        worker_port=0,
    )
    app = create_app(
        title="complaints",
        settings=settings,
        database=database,
        routers=[complaints.router, answers.router, routing.router, exports.router],
    )
    opened: list[httpx.AsyncClient] = []

    def make(*scopes: str) -> httpx.AsyncClient:
        token = PrincipalSigner(private).sign(Principal("call-centre", frozenset(scopes)))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://complaints",
            headers={"Carnet-Principal": token},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(make_client: MakeClient) -> httpx.AsyncClient:
    return make_client("complaints:read", "complaints:write")


@pytest.fixture
def count(database: Database) -> Count:
    async def rows_of(table: Table) -> int:
        async with database.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(table)) or 0

    return rows_of


@pytest.fixture
def outbox(database: Database) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    """Read what was announced, oldest first."""
    announced = tables.METADATA.tables["outbox"]

    async def read() -> list[dict[str, Any]]:
        async with database.engine.connect() as connection:
            rows = await connection.execute(select(announced).order_by(announced.c.seq))
            return [dict(row) for row in rows.mappings()]

    return read
