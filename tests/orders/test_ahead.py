"""Events from the future are kept as what they are, and end nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.database import Database
from orders.domain.telling import ToldEvent
from orders.domain.times import is_ahead
from orders.domain.tracking import Story, Tracking, TrackingEvent, fold
from orders.events import PARCEL
from orders.store import tables
from orders.use_cases.record_tracking import record_tracking
from tests.orders.conftest import OUTBOX, Body, Count, Place, Rows
from tests.orders.test_fold import event, stories
from tests.orders.test_tracking import EVENTS, parcels_of, record

NOW = datetime.now(UTC)
WRONG = {"status": "delivered", "occurred_at": "2099-01-01T10:00:00Z"}
DISPUTE = {"status": "in_transit", "occurred_at": "2026-03-04T10:00:00Z"}


@pytest.mark.parametrize(
    ("hours", "ahead"), [(-9_000, False), (26, False), (36, False), (37, True)]
)
def test_a_time_is_ahead_where_no_wrong_zone_explains_it(hours: int, ahead: bool) -> None:  # noqa: FBT001 - what is expected
    assert is_ahead(NOW + timedelta(hours=hours), received_at=NOW) is ahead


@given(stories, stories, st.randoms(use_true_random=False))
def test_events_that_are_ahead_change_no_story_in_any_sequence(
    told: list[TrackingEvent], wrong: list[TrackingEvent], random: Random
) -> None:
    ahead = [replace(one, is_ahead=True) for one in wrong]
    shuffled = [*told, *ahead, *random.choices([*told, *ahead], k=5)] if told or ahead else []
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(told)
    assert fold(ahead) == Story()


def test_an_event_told_again_once_its_time_has_come_is_another_one() -> None:
    wrong = replace(event(Tracking.DELIVERED, 100), is_ahead=True)
    right = replace(wrong, is_ahead=False)
    assert wrong.dedupe_key != right.dedupe_key
    assert fold([wrong, right]) == fold([right, wrong]) == fold([right])


async def test_a_delivery_in_the_future_closes_no_order_and_is_kept(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    order = await place()
    [parcel] = await parcels_of(client, order)
    await record(client, parcel, EVENTS[1])
    told = (await record(client, parcel, WRONG)).json()
    again = await record(client, parcel, WRONG)

    assert (told["status"], told["status_at"]) == ("in_transit", "2026-03-03T01:00:00Z")
    assert again.headers["Idempotent-Replayed"] == "true"
    url = f"/v1/orders/{order['order_id']}"
    assert (await client.get(url)).json()["commercial"] == "confirmed"
    file = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert [(one["status"], one["is_ahead"]) for one in file["events"]] == [
        ("delivered", True),
        ("in_transit", False),
    ]
    public = (await client.get(f"/v1/tracking/{parcel['tracking_token']}")).json()
    assert [one["status"] for one in public["events"]] == ["in_transit"]
    assert "shipment.delivered.v1" not in {row["type"] for row in await rows(OUTBOX)}


async def test_the_true_delivery_counts_and_may_be_disputed(
    client: httpx.AsyncClient, place: Place
) -> None:
    [parcel] = await parcels_of(client, await place())
    for told in (WRONG, EVENTS[3], DISPUTE):
        parcel = (await record(client, parcel, told)).json()
    assert (parcel["status"], parcel["is_disputed"]) == ("delivered", True)
    assert parcel["status_at"] == "2026-03-03T09:00:00Z"


async def test_it_counts_when_it_is_told_again_in_its_time(
    client: httpx.AsyncClient, database: Database, place: Place, count: Count
) -> None:
    order = await place()
    [parcel] = await parcels_of(client, order)
    at = NOW + timedelta(days=3)
    told = ToldEvent(
        parcel=PARCEL.read(parcel["parcel_id"]),
        status=Tracking.DELIVERED,
        occurred_told=at.isoformat(),
        received_at=NOW,
    )
    await record_tracking(database, [told])
    early = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    await record_tracking(database, [replace(told, received_at=at)])
    late = (await client.get(f"/v1/orders/{order['order_id']}")).json()

    assert (early["commercial"], late["commercial"]) == ("confirmed", "closed")
    assert await count(tables.tracking_events) == 2


async def test_a_batch_says_which_events_are_ahead(client: httpx.AsyncClient, place: Place) -> None:
    [parcel] = await parcels_of(client, await place())
    named = {"carrier": parcel["carrier"], "tracking_number": parcel["tracking_number"]}
    body: list[Body] = [EVENTS[0] | named, WRONG | named, WRONG | named]
    answer = await client.post("/v1/tracking-events", json=body)
    assert [one["outcome"] for one in answer.json()] == ["recorded", "ahead", "repeated"]


async def test_what_waits_for_its_parcel_is_judged_by_when_it_was_told(
    client: httpx.AsyncClient, place: Place
) -> None:
    await client.post(
        "/v1/tracking-events", json=[WRONG | {"carrier": "laposte", "tracking_number": "8V0"}]
    )
    [parcel] = await parcels_of(client, await place())
    file = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert (file["status"], [one["is_ahead"] for one in file["events"]]) == ("pre_transit", [True])
