"""Interactions: every touch is kept once, by whichever reference and in whichever order."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.customer.conftest import House

AT = "2026-03-01T10:00:00+09:00"
NOBODY = "7K3M-92QX-F4TF"


def call(**more: Any) -> dict[str, Any]:
    return {"source": "cti", "channel": "phone", "begun_by": "customer", "at": AT, **more}


async def post(house: House, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await house.http.post("/v1/interactions", json=body, headers=headers)


async def record(house: House, **more: Any) -> dict[str, Any]:
    answer = await post(house, call(**more))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(house: House, interaction_id: str) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/interactions/{interaction_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(house: House, customer_id: str, **query: Any) -> dict[str, Any]:
    path = f"/v1/customers/{customer_id}/interactions"
    answer = await house.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_interaction_is_read_as_it_was_told(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    told = {
        "answered_at": "2026-03-01T01:00:20Z",
        "store": "ginza",
        "agent": "agent-7",
        "subject": "order-status",
        "order_reference": "W-1001",
        "complaint_reference": "K-77",
        "duration_seconds": 185,
        "outcome": "solved",
        "time_zone": "Asia/Tokyo",
        "external_reference": "call-1",
    }

    recorded = await record(house, customer_id=customer_id, **told)

    shown = await read(house, recorded["interaction_id"])
    assert {field: shown[field] for field in told} == told
    assert shown["at"] == "2026-03-01T01:00:00Z"
    assert shown["customer_id"] == shown["told_customer_id"] == customer_id
    assert datetime.fromisoformat(shown["received_at"]) > datetime(2026, 3, 1, tzinfo=UTC)


async def test_a_time_keeps_the_offset_it_was_told_with(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    recorded = await record(house, customer_id=customer_id)

    assert (await read(house, recorded["interaction_id"]))["time_zone"] == "+09:00"


@pytest.mark.parametrize(
    "channel", ["shop", "phone", "e-mail", "chat", "message", "event", "appointment", "web"]
)
@pytest.mark.parametrize("begun_by", ["customer", "house"])
async def test_it_is_announced_with_ids_channel_and_times_alone(
    house: House, channel: str, begun_by: str
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    recorded = await record(
        house, customer_id=customer_id, channel=channel, begun_by=begun_by, subject="secret-code"
    )

    kind, key, sequence, event = (await house.events())[-1]
    assert (kind, key, sequence) == ("interaction.recorded.v1", recorded["interaction_id"], 1)
    assert event["customer_id"] == event["told_customer_id"] == customer_id
    assert (event["channel"], event["begun_by"]) == (channel, begun_by)
    assert "secret" not in str(event)


async def test_it_may_be_told_of_a_source_record(house: House) -> None:
    put = await house.put("42", source="shop-app")

    recorded = await record(house, source_record={"source": "shop-app", "external_id": "42"})
    by_id = await record(house, source_record_id=put["source_record_id"])

    assert recorded["customer_id"] == by_id["customer_id"] == put["customer_id"]
    shown = await read(house, recorded["interaction_id"])
    assert shown["source_record_id"] == put["source_record_id"]
    assert shown["told_customer_id"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"customer_id": NOBODY}, 404),
        ({"customer_id": "7K3M-92QX-F4TA"}, 422),
        ({"source_record": {"source": "till", "external_id": "nobody"}}, 404),
        ({}, 422),
        ({"customer_id": NOBODY, "source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0bg"}, 422),
        ({"customer_id": None, "source_record": None}, 422),
    ],
)
async def test_of_nobody_nothing_is_recorded(
    house: House, change: dict[str, Any], status: int
) -> None:
    answer = await post(house, call(**change))

    assert answer.status_code == status
    assert await house.count("interactions") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"begun_by": "nobody"}, "begun_by"),
        ({"at": "2026-03-01T10:00:00"}, "at"),
        ({"at": 1772326800}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "at"),
        ({"answered_at": "2026-02-28T00:00:00Z"}, "answered_at"),
        ({"duration_seconds": -1}, "duration_seconds"),
        ({"duration_seconds": 1.5}, "duration_seconds"),
        ({"duration_seconds": True}, "duration_seconds"),
        ({"agent": "Anna Martin"}, "agent"),
        ({"subject": "Where is my order?"}, "subject"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"external_reference": ""}, "external_reference"),
        ({"external_reference": "a\u0000b"}, "external_reference"),
        ({"source": "no good!"}, "source"),
        ({"text": "she said"}, "text"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    house: House, change: dict[str, Any], field: str
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await post(house, call(customer_id=customer_id, **change))

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert await house.count("interactions") == 0


async def test_a_reference_names_one_interaction_for_ever(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    first = await record(house, customer_id=customer_id, external_reference="call-1")

    again = await record(house, customer_id=customer_id, external_reference="call-1")
    other = await post(
        house, call(customer_id=customer_id, external_reference="call-1", outcome="lost")
    )
    elsewhere = await record(
        house, customer_id=customer_id, external_reference="call-1", source="chat-tool"
    )

    assert again == {**first, "outcome": "unchanged"}
    assert other.status_code == 422
    assert other.json()["type"].endswith("interaction-reference-reused")
    assert elsewhere["outcome"] == "recorded"
    assert await house.count("interactions") == 2


async def test_racing_requests_with_one_reference_record_once(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answers = await asyncio.gather(
        *(record(house, customer_id=customer_id, external_reference="call-1") for _ in range(32))
    )

    assert len({answer["interaction_id"] for answer in answers}) == 1
    assert [answer["outcome"] for answer in answers].count("recorded") == 1
    assert len(await house.events()) == 1 + 1


async def test_an_idempotency_key_replays_where_there_is_no_reference(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    body = call(customer_id=customer_id)

    answers = [await post(house, body, **{"Idempotency-Key": "k-1"}) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert await house.count("interactions") == 1


async def test_a_batch_has_a_result_for_each_and_bad_ones_spoil_nothing(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    items: list[Any] = [
        call(customer_id=customer_id, external_reference="a"),
        call(customer_id=NOBODY, external_reference="b"),
        call(customer_id=customer_id, external_reference="a"),
        call(customer_id=customer_id, external_reference="a", outcome="lost"),
        "no interaction",
        {**call(customer_id=customer_id), "channel": "pigeon"},
        call(customer_id=customer_id),
    ]

    answer = await house.http.post("/v1/interactions/batch", json=items)

    told = answer.json()
    assert [one["status"] for one in told] == [200, 404, 200, 422, 422, 422, 200]
    assert [one["index"] for one in told] == list(range(7))
    assert told[2]["result"] == {**told[0]["result"], "outcome": "unchanged"}
    assert told[1]["problem"]["type"].endswith("customer-unknown")
    assert await house.count("interactions") == 2


@pytest.mark.parametrize("size", [0, 501])
async def test_a_batch_is_bounded(house: House, size: int) -> None:
    items = [call(customer_id=NOBODY)] * size

    answer = await house.http.post("/v1/interactions/batch", json=items)

    assert answer.status_code == 422


async def test_batches_that_overlap_record_each_reference_once(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    calls = [call(customer_id=customer_id, external_reference=f"c-{n}") for n in range(100)]
    turned = [calls[turn:] + calls[:turn] for turn in range(0, 100, 20)]

    answers = await asyncio.gather(
        *(house.http.post("/v1/interactions/batch", json=batch) for batch in turned)
    )

    assert {one["status"] for answer in answers for one in answer.json()} == {200}
    assert await house.count("interactions") == 100


async def test_a_customers_interactions_come_page_by_page_the_newest_first(house: House) -> None:
    put = await house.put("1")
    await record(house, customer_id=(await house.put("2"))["customer_id"])
    for day in (3, 1, 5, 2, 4, 4):
        at = f"2026-03-0{day}T10:00:00Z"
        whom = (
            {"customer_id": put["customer_id"]}
            if day % 2
            else {"source_record_id": put["source_record_id"]}
        )
        await record(house, at=at, **whom)

    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await listed(house, put["customer_id"], **query)
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert [item["at"][8:10] for item in seen] == ["05", "04", "04", "03", "02", "01"]
    assert len({item["interaction_id"] for item in seen}) == 6


async def test_the_list_may_be_of_one_channel(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await record(house, customer_id=customer_id)
    await record(house, customer_id=customer_id, channel="shop")

    page = await listed(house, customer_id, channel="shop")

    assert [item["channel"] for item in page["items"]] == ["shop"]


@pytest.mark.parametrize("cursor", ["nonsense", "WzEsMl0", "WyJ4IiwieSJd"])
async def test_a_cursor_that_was_not_given_out_is_refused(house: House, cursor: str) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await house.http.get(
        f"/v1/customers/{customer_id}/interactions", params={"cursor": cursor}
    )

    assert answer.status_code == 422


async def test_the_answer_may_come_later_and_once(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    recorded = await record(house, customer_id=customer_id, channel="e-mail")
    path = f"/v1/interactions/{recorded['interaction_id']}/answer"
    body = {"answered_at": "2026-03-02T08:00:00Z", "agent": "agent-7", "outcome": "solved"}

    first = await house.http.put(path, json=body)
    again = await house.http.put(path, json=body)
    other = await house.http.put(path, json={**body, "answered_at": "2026-03-03T08:00:00Z"})
    before = await house.http.put(path, json={"answered_at": "2026-02-01T00:00:00Z"})

    assert first.json() == again.json()
    assert first.json()["answered_at"] == body["answered_at"]
    assert [answer.status_code for answer in (other, before)] == [409, 422]
    told = [row for row in await house.events() if row[0] == "interaction.recorded.v1"]
    assert [(sequence, event["answered_at"]) for *_, sequence, event in told] == [
        (1, None),
        (2, "2026-03-02T08:00:00Z"),
    ]


async def test_an_unknown_interaction_is_not_found(house: House) -> None:
    path = "/v1/interactions/int_01jzq3v5c8e7m9r2t4w6y8a0bg"

    assert (await house.http.get(path)).status_code == 404
    body = {"answered_at": AT}
    assert (await house.http.put(f"{path}/answer", json=body)).status_code == 404
    assert (await house.http.get("/v1/interactions/ord_1")).status_code == 422


async def test_of_a_customer_who_is_erased_at_that_moment_nothing_is_recorded(
    house: House,
) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    async with house.database.engine.begin() as other:
        await other.execute(text("SELECT id FROM customers FOR UPDATE"))
        waiting = asyncio.create_task(post(house, call(customer_id=customer_id)))
        async with asyncio.timeout(20):
            waits = 0
            while waits == 0:
                waits = await house.count("pg_stat_activity WHERE wait_event_type = 'Lock'")
        await other.execute(text("DELETE FROM source_records"))
        await other.execute(text("DELETE FROM customers"))

    assert (await waiting).status_code == 404
    assert await house.count("interactions") == 0


async def test_what_is_told_while_customers_merge_is_the_survivors(house: House) -> None:
    puts = [await house.put(str(n), cards=[f"CARD-{n}"]) for n in range(6)]
    told = [
        record(
            house, customer_id=put["customer_id"], external_reference=f"{n}-{put['customer_id']}"
        )
        for put in puts
        for n in range(3)
    ]

    await asyncio.gather(
        *told, *(house.put(f"m{n}", cards=[f"CARD-{n}", f"CARD-{n + 1}"]) for n in range(5))
    )

    items = (await listed(house, puts[-1]["customer_id"]))["items"]
    assert len(items) == 18
    assert len({item["customer_id"] for item in items}) == 1
