"""Listing: by customer, team and status, page by page, those received last first."""

from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.complaints.conftest import CUSTOMER, a_complaint

OTHER = "0000-0000-0000"


async def pages(client: httpx.AsyncClient, **query: Any) -> AsyncIterator[list[dict[str, Any]]]:
    cursor = None
    while True:
        params = query if cursor is None else query | {"cursor": cursor}
        answer = await client.get("/v1/complaints", params=params)
        assert answer.status_code == 200, answer.text
        yield answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return


async def subjects(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return [item["subject"] async for page in pages(client, **query) for item in page]


async def file(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/v1/complaints", json=a_complaint(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()["complaint_id"]


async def test_pages_hold_each_complaint_once_newest_first(client: httpx.AsyncClient) -> None:
    for number in range(7):
        await file(client, subject=f"complaint {number}")
    sizes = [len(page) async for page in pages(client, limit=3)]
    assert sizes == [3, 3, 1]
    assert await subjects(client, limit=3) == [f"complaint {n}" for n in reversed(range(7))]


async def test_a_last_page_that_is_full_has_no_next(client: httpx.AsyncClient) -> None:
    for _ in range(4):
        await file(client)
    assert [len(page) async for page in pages(client, limit=2)] == [2, 2]


async def test_complaints_are_found_by_customer_team_and_status(
    client: httpx.AsyncClient,
) -> None:
    await file(client, subject="hers", customer_id=CUSTOMER)
    late = await file(client, subject="hers, late", customer_id=CUSTOMER, category="delivery")
    await file(client, subject="his, late", customer_id=OTHER, category="delivery")
    await file(client, subject="nobody's")
    words = {"text": "It is on its way.", "by": "agent-7"}
    await client.post(f"/v1/complaints/{late}/answers", json=words)

    assert await subjects(client, customer_id=CUSTOMER) == ["hers, late", "hers"]
    assert await subjects(client, team="delivery") == ["his, late", "hers, late"]
    assert await subjects(client, status="answered") == ["hers, late"]
    assert await subjects(client, team="delivery", status="routed") == ["his, late"]
    assert await subjects(client, customer_id=CUSTOMER, team="delivery") == ["hers, late"]
    assert await subjects(client, team="nobody") == []
