"""Sent twice, or sixty-four times at once, a request has one effect."""

import asyncio
from collections import Counter

import httpx
import pytest

from complaints.store import tables
from tests.complaints.conftest import CUSTOMER, SOURCE_RECORD, Count, a_complaint

WORDS = {"text": "We are sorry and will mend it.", "by": "agent-7"}


async def test_sixty_four_at_once_with_one_key_file_one_complaint(
    client: httpx.AsyncClient, count: Count
) -> None:
    async def post() -> httpx.Response:
        return await client.post(
            "/v1/complaints", json=a_complaint(), headers={"Idempotency-Key": "call-77"}
        )

    answers = await asyncio.gather(*(post() for _ in range(64)))
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {201, 409}
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert await count(tables.complaints) == 1
    assert (await post()).headers["idempotent-replayed"] == "true"


async def test_sixty_four_at_once_with_one_reference_file_one_complaint(
    client: httpx.AsyncClient, count: Count
) -> None:
    body = a_complaint(external_ref="call-77")
    answers = await asyncio.gather(*(client.post("/v1/complaints", json=body) for _ in range(64)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["complaint_id"] for answer in answers}) == 1
    assert await count(tables.complaints) == 1


@pytest.mark.parametrize("path", ["/answers", "/resolve", "/reopen"])
async def test_a_step_that_is_sent_again_is_taken_once(
    client: httpx.AsyncClient, count: Count, path: str
) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    url = f"/v1/complaints/{filed['complaint_id']}"
    resolution = WORDS | {"resolution": "repair"}
    if path == "/reopen":
        await client.post(f"{url}/resolve", json=resolution)
    body = resolution if path == "/resolve" else WORDS
    headers = {"Idempotency-Key": "step-1"}
    before = await count(tables.history_entries)
    first = await client.post(url + path, json=body, headers=headers)
    second = await client.post(url + path, json=body, headers=headers)
    assert first.is_success
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert await count(tables.history_entries) == before + 1


async def test_the_first_answer_is_replayed_as_it_was(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "call-77"}
    first = (await client.post("/v1/complaints", json=a_complaint(), headers=headers)).json()
    await client.post(f"/v1/complaints/{first['complaint_id']}/answers", json=WORDS)
    again = (await client.post("/v1/complaints", json=a_complaint(), headers=headers)).json()
    assert again == first


async def test_the_first_answer_is_replayed_while_the_customer_service_is_down(
    client: httpx.AsyncClient,
) -> None:
    claimed = a_complaint(customer={"source": "web-fr", "external_id": "visitor-1"})
    headers = {"Idempotency-Key": "call-77"}
    resolved = {"Carnet-Customer-Id": CUSTOMER, "Carnet-Source-Record-Id": SOURCE_RECORD}
    first = await client.post("/v1/complaints", json=claimed, headers=headers | resolved)
    again = await client.post("/v1/complaints", json=claimed, headers=headers)
    assert again.json() == first.json()


async def test_a_key_with_another_body_is_refused(client: httpx.AsyncClient, count: Count) -> None:
    headers = {"Idempotency-Key": "call-77"}
    await client.post("/v1/complaints", json=a_complaint(), headers=headers)
    refused = await client.post("/v1/complaints", json=a_complaint(country="US"), headers=headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await count(tables.complaints) == 1


async def test_of_many_who_resolve_at_once_one_does(client: httpx.AsyncClient) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    url = f"/v1/complaints/{filed['complaint_id']}"
    answers = await asyncio.gather(
        *(client.post(f"{url}/resolve", json=WORDS | {"resolution": "repair"}) for _ in range(16))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 15}
    assert (await client.get(url)).json()["version"] == 3


async def test_answers_written_at_once_are_all_kept_in_one_order(
    client: httpx.AsyncClient,
) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    url = f"/v1/complaints/{filed['complaint_id']}"
    await asyncio.gather(
        *(client.post(f"{url}/answers", json=WORDS | {"text": f"{n}"}) for n in range(16))
    )
    history = (await client.get(url)).json()["history"]
    assert [entry["version"] for entry in history] == list(range(1, 19))
    assert {entry["text"] for entry in history[2:]} == {f"{n}" for n in range(16)}
