"""The same key and body replays the first answer; nothing is done twice."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter
from pydantic import SecretStr

from chassis.api import DatabaseDep, StrictModel, create_app
from chassis.database import unit_of_work
from chassis.idempotency import Once, once_of
from chassis.principal import Principal, PrincipalSigner
from chassis.settings import ProcessSettings
from tests.conftest import MakeDatabase


@dataclass(frozen=True, slots=True)
class Visit:
    number: int
    at: datetime


class VisitIn(StrictModel):
    shop: str
    fail: bool = False


router = APIRouter()
visits: list[Visit] = []


@router.post("/v1/visits", status_code=201)
async def visit(
    body: VisitIn, database: DatabaseDep, once: Annotated[Once[Visit], once_of(Visit)]
) -> Visit:
    async with unit_of_work(database) as tx:
        if (earlier := await once.earlier(tx)) is not None:
            return earlier
        await asyncio.sleep(0.02)
        visits.append(Visit(len(visits) + 1, datetime.now(UTC)))
        if body.fail:
            raise RuntimeError
        return await once.keep(tx, visits[-1])


@pytest.fixture
async def client(
    make_database: MakeDatabase, principal_keys: tuple[str, str]
) -> AsyncGenerator[httpx.AsyncClient]:
    visits.clear()
    private, public = principal_keys
    settings = ProcessSettings(
        database_url=SecretStr("unused"),
        bus_url=SecretStr("unused"),
        principal_public_key=public,
        port=0,
        worker_port=0,
    )
    database = await make_database("chassis")
    app = create_app(title="visits", settings=settings, database=database, routers=[router])
    token = PrincipalSigner(private).sign(Principal("till", frozenset()))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://visits",
        headers={"Carnet-Principal": token},
    ) as client:
        yield client


async def test_the_first_answer_is_replayed(client: httpx.AsyncClient) -> None:
    first = await client.post(
        "/v1/visits", content=b'{"shop": "Ginza", "fail": false}', headers=json_with("k1")
    )
    second = await client.post(
        "/v1/visits", content=b'{ "fail":false,"shop":"Ginza"}', headers=json_with("k1")
    )
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(visits) == 1


async def test_another_body_under_the_same_key_is_refused(client: httpx.AsyncClient) -> None:
    await client.post("/v1/visits", json={"shop": "Ginza"}, headers={"Idempotency-Key": "k"})
    second = await client.post(
        "/v1/visits", json={"shop": "Paris"}, headers={"Idempotency-Key": "k"}
    )
    assert second.status_code == 422
    assert second.json()["type"] == "urn:carnet:problem:idempotency-key-reused"
    assert len(visits) == 1


async def test_a_body_nested_too_deeply_is_refused(client: httpx.AsyncClient) -> None:
    content = b'{"shop":"Ginza","x":' + b"[" * 300 + b"]" * 300 + b"}"
    answer = await client.post("/v1/visits", content=content, headers=json_with("deep"))
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:carnet:problem:malformed-json"
    assert not visits


async def test_without_a_key_each_request_counts(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post("/v1/visits", json={"shop": "Ginza"})
    assert len(visits) == 2


async def test_a_failed_request_leaves_its_key_free(client: httpx.AsyncClient) -> None:
    failed = await client.post(
        "/v1/visits", json={"shop": "Ginza", "fail": True}, headers={"Idempotency-Key": "k"}
    )
    again = await client.post(
        "/v1/visits", json={"shop": "Ginza"}, headers={"Idempotency-Key": "k"}
    )
    assert (failed.status_code, again.status_code) == (500, 201)


async def test_sixty_four_at_once_do_it_once(client: httpx.AsyncClient) -> None:
    async def send() -> int:
        while True:
            response = await client.post(
                "/v1/visits", json={"shop": "Ginza"}, headers={"Idempotency-Key": "k"}
            )
            if response.status_code != 409:
                return response.json()["number"]
            assert response.headers["Retry-After"] == "1"
            await asyncio.sleep(0.01)

    assert set(await asyncio.gather(*(send() for _ in range(64)))) == {1}
    assert len(visits) == 1


def json_with(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key}
