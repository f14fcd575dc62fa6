"""Kept promises: what was booked for a window is held against what arrived, and when."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import ALL_REGIONS, Purview
from orders.domain.promises import BrokenPromise, KeptShare, Period, Verdict, wilson
from orders.domain.telling import ToldEvent
from orders.domain.tracking import Tracking
from orders.events import PARCEL
from orders.use_cases.read_promises import list_broken_promises, read_kept_shares
from orders.use_cases.record_tracking import record_tracking
from tests.orders.conftest import Body, Place, a_return
from tests.orders.test_delivery_slots import do, hold, slots

__all__ = ["slots"]  # a fixture

Promise = Callable[..., Awaitable[Body]]
Deliver = Callable[..., Awaitable[None]]
MINUTE = timedelta(minutes=1)


def begin(slot: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(slot["starts_at"])


@pytest.fixture
def promise(client: httpx.AsyncClient, place: Place, slots: list[dict[str, Any]]) -> Promise:
    """Book the first window for a new order."""

    async def promised(reference: str, slot: int = 0, **changes: Any) -> Body:
        order = await place(external_ref=reference, **changes)
        held = await hold(client, slots[slot])
        booked = await do(client, held, "confirm", order_id=order["order_id"])
        assert booked.status_code == 200, booked.text
        return order

    return promised


@pytest.fixture
def deliver(client: httpx.AsyncClient, database: Database) -> Deliver:
    """Ship an order in so many parcels, and have them arrive, or not."""

    async def delivered(order: Body, *arrivals: datetime | None) -> None:
        parcels = [
            {"carrier": "laposte", "tracking_number": f"{order['external_ref']}-{number}"}
            for number, _ in enumerate(arrivals)
        ]
        url = f"/v1/orders/{order['order_id']}/shipments"
        shipped = await client.post(url, json={"parcels": parcels})
        assert shipped.status_code == 201, shipped.text
        found = sorted(shipped.json()["parcels"], key=lambda parcel: parcel["tracking_number"])
        told = [
            ToldEvent(
                parcel=PARCEL.read(parcel["parcel_id"]),
                status=Tracking.DELIVERED,
                occurred_told=at.isoformat(),
                received_at=at,  # in the future as well, where the windows are
            )
            for parcel, at in zip(found, arrivals, strict=True)
            if at is not None
        ]
        await record_tracking(database, told)

    return delivered


def period_of(slot: dict[str, Any]) -> Period:
    day = begin(slot).date()
    return Period(first=day, last=day + timedelta(days=7), zone="paris")


async def shares(database: Database, slot: dict[str, Any], *, at: datetime) -> list[KeptShare]:
    return await read_kept_shares(database, period_of(slot), regions=ALL_REGIONS, now=at)


async def broken(database: Database, slot: dict[str, Any], *, at: datetime) -> list[BrokenPromise]:
    found, _ = await list_broken_promises(
        database, period_of(slot), regions=ALL_REGIONS, now=at, after=None, limit=50
    )
    return found


async def test_a_promise_is_kept_within_its_window_and_else_broken_by_minutes(
    slots: list[dict[str, Any]], promise: Promise, deliver: Deliver, database: Database
) -> None:
    starts_at = begin(slots[0])
    ends_at = starts_at + timedelta(hours=2)
    orders = [await promise(str(number), number // 3) for number in range(6)]
    for order, arrivals in zip(
        orders,
        (
            [starts_at, ends_at],
            [starts_at - 10 * MINUTE],
            [ends_at, ends_at + 3 * MINUTE],
            [ends_at - timedelta(seconds=1)],
            [None, begin(slots[1])],
        ),
        strict=False,
    ):
        await deliver(order, *arrivals)
    at = ends_at + timedelta(hours=3)

    [share] = await shares(database, slots[0], at=at)
    found = await broken(database, slots[0], at=at)

    assert share.counts == {"kept": 1, "early": 2, "late": 1, "missed": 2}
    by_order = {one.order_id: (one.verdict, one.minutes) for one in found}
    assert sorted(by_order.values()) == [
        ("early", 1),
        ("early", 10),
        ("late", 3),
        *[("missed", 60)] * 2,
    ]


async def test_a_promise_is_open_until_its_window_is_over(
    slots: list[dict[str, Any]], promise: Promise, database: Database
) -> None:
    await promise("1")
    ends_at = begin(slots[0]) + timedelta(hours=2)

    [before] = await shares(database, slots[0], at=ends_at)
    [after] = await shares(database, slots[0], at=ends_at + MINUTE)

    assert (before.counts, before.share, before.interval) == ({"open": 1}, None, None)
    assert (after.counts, after.share) == ({"missed": 1}, 0.0)


async def test_what_leaves_once_the_window_is_over_is_another_delivery(
    slots: list[dict[str, Any]], promise: Promise, deliver: Deliver, database: Database
) -> None:
    kept, late = [await promise(reference) for reference in ("1", "2")]
    over = begin(slots[0]) + timedelta(hours=2)
    await deliver(kept, over - MINUTE, over + timedelta(days=1))
    await deliver(late, over + timedelta(days=1))
    async with unit_of_work(database) as tx:
        await tx.execute(
            text("UPDATE parcels SET registered_at = :at WHERE tracking_number IN ('1-1', '2-0')"),
            {"at": over + MINUTE},
        )

    [share] = await shares(database, slots[0], at=over + timedelta(days=2))

    assert share.counts == {"kept": 1, "late": 1}


async def test_an_order_cancelled_in_time_and_a_place_let_go_promise_nothing(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], promise: Promise, database: Database
) -> None:
    order = await promise("1")
    await client.post(f"/v1/orders/{order['order_id']}/cancel", json={"reason": "late"})
    await do(client, await hold(client, slots[0]), "release")

    assert await shares(database, slots[0], at=begin(slots[1]) + timedelta(days=1)) == []


async def test_what_came_back_without_having_left_arrived_when_nobody_told(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], promise: Promise, database: Database
) -> None:
    order = await promise("1")
    back = a_return(order_id=order["order_id"])
    assert (await client.post("/v1/returns", json=back)).status_code == 201

    [share] = await shares(database, slots[0], at=begin(slots[1]) + timedelta(days=1))

    assert (share.counts, share.share) == ({"untold": 1}, None)


async def test_promises_are_read_by_zone_week_and_home_region(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    promise: Promise,
    deliver: Deliver,
    principal_keys: tuple[str, str],
) -> None:
    order = await promise("1", home_region="EU")
    await promise("2", home_region="JP")
    await deliver(order, begin(slots[0]) - MINUTE)
    day = begin(slots[0]).date()
    query = {"zone": "paris", "from": day.isoformat(), "to": day.isoformat()}
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}
    url = "/v1/delivery-promises"

    [whole] = (await client.get(url, params=query)).json()["items"]
    [seen] = (await client.get(url, params=query, headers=headers)).json()["items"]
    missed = (await client.get(f"{url}/broken", params=query)).json()["items"]
    elsewhere = (await client.get(url, params=query | {"zone": "lyon"})).json()["items"]
    until = (await client.get(url, params={"to": day.isoformat()})).json()["items"]

    monday = day - timedelta(days=day.weekday())
    assert (whole["zone"], whole["week_from"]) == ("paris", monday.isoformat())
    assert [whole[one] for one in ("kept", "early", "open")] == [0, 1, 1]
    assert (seen["early"], seen["open"], seen["kept_share"]) == (1, 0, 0.0)
    assert [(one["order_id"], one["verdict"], one["minutes"]) for one in missed] == [
        (order["order_id"], "early", 1)
    ]
    assert (elsewhere, until) == ([], [whole])


async def test_broken_promises_come_page_by_page(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], promise: Promise, deliver: Deliver
) -> None:
    for number in range(5):
        order = await promise(str(number), number % 2)
        await deliver(order, begin(slots[0]) - timedelta(hours=1))
    day = begin(slots[0]).date().isoformat()
    query = {"from": day, "to": day, "limit": "2"}
    found: list[Body] = []
    cursor: str | None = ""
    while cursor is not None:
        told = query | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/delivery-promises/broken", params=told)).json()
        found += page["items"]
        cursor = page["next_cursor"]

    assert len({one["hold_id"] for one in found}) == len(found) == 5
    assert [one["starts_at"] for one in found] == [slots[1]["starts_at"]] * 2 + [
        slots[0]["starts_at"]
    ] * 3


@pytest.mark.parametrize(
    ("first", "last"), [("2026-03-02", "2026-03-01"), ("2026-01-01", "2026-06-01")]
)
async def test_a_period_that_cannot_be_is_refused(
    client: httpx.AsyncClient, first: str, last: str
) -> None:
    answer = await client.get("/v1/delivery-promises", params={"from": first, "to": last})

    assert answer.json()["type"] == "urn:carnet:problem:period-not-possible"


def test_an_interval_is_that_of_the_books() -> None:
    low, high = wilson(8, 10)

    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)  # Brown, Cai, DasGupta 2001
    assert wilson(0, 1)[0] == 0.0


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_an_interval_holds_its_share(of: int, hits: int) -> None:
    low, high = wilson(min(hits, of), of)
    assert 0 <= low <= min(hits, of) / of + 1e-12
    assert min(hits, of) / of - 1e-12 <= high <= 1


def test_a_week_without_what_can_be_judged_has_no_share() -> None:
    empty = KeptShare(zone="z", week_from=date(2026, 3, 2), counts={Verdict.OPEN: 3})
    assert (empty.judged, empty.share, empty.interval) == (0, None, None)
