"""Checking a complaint for the gateway: judged as if it were filed, and nothing is stored."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from complaints.api import complaints
from complaints.store.tables import METADATA
from tests.complaints.conftest import CUSTOMER, Count, MakeClient, a_complaint

CHECK = {"Carnet-Check": "1"}
CLAIM = {"source": "web-fr", "external_id": "visitor-1"}


async def stored(count: Count) -> dict[str, int]:
    return {table.name: await count(table) for table in METADATA.sorted_tables}


@pytest.mark.parametrize(
    "body",
    [
        a_complaint(customer=CLAIM, external_ref="call-77", filed_at="2026-03-02T10:15:00+01:00"),
        a_complaint(customer_id=CUSTOMER),
        a_complaint(),
    ],
)
async def test_a_good_complaint_passes_the_check_and_nothing_is_stored(
    client: httpx.AsyncClient, count: Count, body: dict[str, Any]
) -> None:
    before = await stored(count)
    headers = CHECK | {"Idempotency-Key": "call-77"}
    answer = await client.post("/v1/complaints", json=body, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await stored(count) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "fax"},
        {"text": None},
        {"agent": "agent-7"},
        {"filed_at": "yesterday"},
        {"customer_id": CUSTOMER},
        {"customer": {"source": "web-fr"}},
    ],
)
async def test_a_bad_complaint_fails_the_check_as_it_would_fail_itself(
    client: httpx.AsyncClient, count: Count, changes: dict[str, Any]
) -> None:
    before = await stored(count)
    body = a_complaint(**{"customer": CLAIM} | changes)
    checked = await client.post("/v1/complaints", json=body, headers=CHECK)
    filed = await client.post("/v1/complaints", json=body)
    assert checked.status_code == filed.status_code == 422
    assert checked.headers["content-type"] == "application/problem+json"
    assert checked.content == filed.content
    assert await stored(count) == before


async def test_a_key_that_is_too_long_fails_the_check(client: httpx.AsyncClient) -> None:
    headers = CHECK | {"Idempotency-Key": "k" * 256}
    answer = await client.post("/v1/complaints", json=a_complaint(), headers=headers)
    assert answer.status_code == 422


async def test_a_check_needs_the_scope(make_client: MakeClient) -> None:
    client = make_client("complaints:read")
    answer = await client.post("/v1/complaints", json=a_complaint(), headers=CHECK)
    assert answer.status_code == 403


async def test_the_check_takes_no_key_from_the_complaint_that_follows(
    client: httpx.AsyncClient,
) -> None:
    key, body = {"Idempotency-Key": "call-77"}, a_complaint()
    await client.post("/v1/complaints", json=body, headers=CHECK | key)
    filed = await client.post("/v1/complaints", json=body, headers=key)
    assert filed.status_code == 201
    assert "idempotent-replayed" not in filed.headers
    known = await client.post("/v1/complaints", json=body, headers=CHECK | key)
    assert known.status_code == 204


def test_the_check_is_documented_nowhere() -> None:
    app = FastAPI()
    app.include_router(complaints.router)
    document = app.openapi()
    assert "carnet-check" not in str(document).lower()
    assert "204" not in document["paths"]["/v1/complaints"]["post"]["responses"]
