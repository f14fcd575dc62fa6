"""A segmentation database, and its API for a reader of segments."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from pydantic import SecretStr

from chassis.api import create_app
from chassis.database import Database
from chassis.principal import Principal, PrincipalSigner
from segmentation.api import customers, exports, segments, written_segments
from segmentation.settings import Settings
from tests.conftest import MakeDatabase


@pytest.fixture
async def database(make_database: MakeDatabase) -> Database:
    return await make_database("segmentation")


@pytest.fixture
async def twin(make_database: MakeDatabase) -> Database:
    """Give a second database, to do the same in another way."""
    return await make_database("segmentation")


@pytest.fixture
async def client(
    database: Database, principal_keys: tuple[str, str]
) -> AsyncGenerator[httpx.AsyncClient]:
    private, public = principal_keys
    settings = Settings(
        database_url=SecretStr("unused"),
        bus_url=SecretStr("unused"),
        principal_public_key=public,
        port=0,
        worker_port=0,
    )
    app = create_app(
        title="segmentation",
        settings=settings,
        database=database,
        routers=[customers.router, segments.router, written_segments.router, exports.router],
    )
    token = PrincipalSigner(private).sign(
        Principal("marketing", frozenset({"segments:read", "segments:write", "customers:privacy"}))
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://segmentation",
        headers={"Carnet-Principal": token},
    ) as client:
        yield client
