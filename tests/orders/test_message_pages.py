"""Lists of messages and of templates' versions are read page by page, nothing twice or left out."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.orders.conftest import Body, Place
from tests.orders.test_changing import slug

VERSIONS = "/v1/message-templates/confirmed/en/versions"
GOOD = {"subject": "Order {{ order.reference }}", "text": "Hi", "html": "<p>Hi</p>"}


async def pages_of(client: httpx.AsyncClient, path: str) -> list[list[Body]]:
    """Read a list to its end, two at a time."""
    pages: list[list[Body]] = []
    query: dict[str, Any] = {"limit": 2}
    while query.get("cursor", "") is not None:
        answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["items"])
        query["cursor"] = answer.json()["next_cursor"]
    return pages


async def test_messages_are_listed_page_by_page_the_first_one_first(
    client: httpx.AsyncClient, place: Place
) -> None:
    now = datetime.now(UTC).isoformat()
    order = await place(
        placed_at=now, time_zone=None, confirmed=True, contact={"email": "anna@example.com"}
    )
    url = f"/v1/orders/{order['order_id']}"
    shipment = {"parcels": [{"carrier": "laposte", "tracking_number": "LP"}]}
    paid = {"method": "card", "at": now, "amount_minor": 9, "kind": "captured", "reference": "tok"}
    refunds = [
        paid | {"kind": "refunded", "amount_minor": 1, "reference": f"tok-{number}"}
        for number in range(3)
    ]
    sent = [("shipments", shipment), ("payments", paid), *(("payments", one) for one in refunds)]
    for what, body in sent:
        answer = await client.post(f"{url}/{what}", json=body)
        assert answer.status_code == 201, answer.text
    whole = (await client.get(f"{url}/messages")).json()

    pages = await pages_of(client, f"{url}/messages")

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == whole["items"]
    assert whole["next_cursor"] is None
    assert [one["happened_at"] for one in whole["items"]] == sorted(
        one["happened_at"] for one in whole["items"]
    )


async def test_versions_are_listed_page_by_page_the_houses_own_last(
    client: httpx.AsyncClient,
) -> None:
    for number in range(4):
        edited = GOOD | {"text": f"{number}"}
        answer = await client.put(VERSIONS.removesuffix("/versions"), json=edited)
        assert answer.status_code == 201

    pages = await pages_of(client, VERSIONS)

    assert [[one["version"] for one in page] for page in pages] == [[4, 3], [2, 1], [0]]


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "Wy0xXQ", "WzEsMl0"])
async def test_a_cursor_of_another_list_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get(VERSIONS, params={"cursor": cursor})

    assert (answer.status_code, slug(answer)) == (422, "invalid-cursor")
