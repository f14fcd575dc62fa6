"""When a parcel arrives: quantiles of its like, revised while it is under way, told to the day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.database import Database
from orders.domain.estimates import (
    MINIMUM,
    Estimate,
    TransitTimes,
    chance_beyond,
    days_between,
    ends_of,
    estimate,
)
from orders.domain.lanes import HOUSE, Lane, Level, TransitGroup
from orders.domain.live import Live
from orders.jobs.watch_parcels import keep_learning_transits, keep_watching_parcels
from orders.use_cases.learn_transits import learn_transits
from tests.orders.conftest import Body, Place
from tests.orders.test_tracking_page import page_of

HANDED_OVER = datetime(2026, 3, 2, 10, tzinfo=UTC)
LANE = Lane("laposte", "express", "FR", "FR-75")


def times(days: list[float], group: TransitGroup = HOUSE) -> TransitTimes:
    return TransitTimes(group=group, parcels=len(days), ends=ends_of(days), expected_log=1.0)


def at(days: float) -> datetime:
    return HANDED_OVER + timedelta(days=days)


def rounded(found: Estimate | None) -> tuple[float, ...] | None:
    if found is None:
        return None
    moments = (found.early_at, found.likely_at, found.late_at)
    return tuple(round(days_between(HANDED_OVER, moment), 2) for moment in moments)


def test_a_lane_is_of_ever_wider_groups() -> None:
    told = [(group.level, group.destination) for group in LANE.groups]
    assert told == [
        (Level.SERVICE, "FR-75"),
        (Level.AREA, "FR-75"),
        (Level.COUNTRY, "FR"),
        (Level.CARRIER, ""),
        (Level.HOUSE, ""),
    ]
    assert [group.level for group in Lane("dhl", None, None, None).groups] == ["carrier", "house"]


def test_an_estimate_gives_the_days_of_one_in_ten_half_and_nine_in_ten() -> None:
    known = [times([float(day) for day in range(41)])]
    assert rounded(estimate(known, handed_over_at=HANDED_OVER, now=HANDED_OVER)) == (4, 20, 36)


def test_once_under_way_only_those_count_that_took_at_least_as_long() -> None:
    known = [times([float(day) for day in range(41)])]
    assert rounded(estimate(known, handed_over_at=HANDED_OVER, now=at(20))) == (22, 30, 38)


def test_where_too_few_are_left_the_next_wider_group_is_asked_and_it_is_said() -> None:
    narrow = times([2.0] * (MINIMUM - 1), LANE.groups[1])
    wide = times([4.0] * MINIMUM + [9.0] * MINIMUM, LANE.by_carrier)
    found = estimate([narrow, wide], handed_over_at=HANDED_OVER, now=HANDED_OVER)
    assert found is not None
    assert (found.level, found.parcels) == (Level.CARRIER, 2 * MINIMUM)
    later = estimate([narrow, wide], handed_over_at=HANDED_OVER, now=at(5))
    assert later is not None
    assert later.parcels < 2 * MINIMUM


def test_nothing_is_told_where_even_the_house_has_too_few() -> None:
    known = [times([3.0] * (MINIMUM - 1))]
    assert estimate(known, handed_over_at=HANDED_OVER, now=HANDED_OVER) is None
    enough = [times([3.0] * MINIMUM)]
    assert estimate(enough, handed_over_at=HANDED_OVER, now=at(4)) is None
    assert estimate([], handed_over_at=HANDED_OVER, now=HANDED_OVER) is None


@given(
    st.lists(st.floats(0, 400), min_size=MINIMUM, max_size=200),
    st.floats(0, 500),
    st.floats(0, 500),
)
def test_estimates_ascend_and_never_lie_in_the_past(
    days: list[float], elapsed: float, beyond: float
) -> None:
    known = times(days)
    found = estimate([known], handed_over_at=HANDED_OVER, now=at(elapsed))
    if found is not None:
        assert at(elapsed) <= found.early_at <= found.likely_at <= found.late_at
    assert 0 < chance_beyond(known, beyond, elapsed_days=elapsed) < 1


def test_days_are_those_of_the_place_where_it_was_bought() -> None:
    found = Estimate(
        early_at=datetime(2026, 3, 3, 16, tzinfo=UTC),
        likely_at=datetime(2026, 3, 4, tzinfo=UTC),
        late_at=datetime(2026, 3, 5, 14, tzinfo=UTC),
        level=Level.HOUSE,
        parcels=30,
    )
    parcel: Any = None
    live = Live(parcel, (), "1.0", "Asia/Tokyo", found)
    assert live.expected_on == (date(2026, 3, 4), date(2026, 3, 5))


async def travel(
    client: httpx.AsyncClient, place: Place, number: int, *, days: float, **told: Any
) -> Body:
    """Have a parcel travel for so many days, the last of which was yesterday."""
    order = await place(external_ref=f"T-{number}")
    parcel = {"carrier": "laposte", "tracking_number": f"T{number}", "destination": "FR-75"}
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": [parcel | told]})
    assert answer.status_code == 201, answer.text
    delivered = datetime.now(UTC) - timedelta(days=1)
    events = [
        {"status": "picked_up", "occurred_at": (delivered - timedelta(days=days)).isoformat()},
        {"status": "delivered", "occurred_at": delivered.isoformat()},
    ]
    named = {"carrier": "laposte", "tracking_number": f"T{number}"}
    sent = await client.post("/v1/tracking-events", json=[event | named for event in events])
    assert sent.status_code == 200, sent.text
    return answer.json()["parcels"][0]


@pytest.fixture
async def under_way(client: httpx.AsyncClient, place: Place, database: Database) -> Body:
    """Give a parcel under way, of a house of which enough parcels arrived in two to six days."""
    for number in range(40):
        await travel(client, place, number, days=2 + number % 5)
    learnt = await learn_transits(database, now=datetime.now(UTC))
    assert learnt is not None
    assert learnt.parcels == 40
    order = await place(external_ref="now")
    promised = datetime.now(UTC) + timedelta(days=3)
    parcel = {
        "carrier": "laposte",
        "tracking_number": "NOW",
        "destination": "FR-75",
        "promised_until": promised.isoformat(),
    }
    url = f"/v1/orders/{order['order_id']}/shipments"
    return (await client.post(url, json={"parcels": [parcel]})).json()["parcels"][0]


async def test_a_parcel_tells_when_it_will_arrive_and_on_what_that_rests(
    client: httpx.AsyncClient, under_way: Body
) -> None:
    told = (await client.get(f"/v1/parcels/{under_way['parcel_id']}")).json()
    found = told["estimate"]
    assert (found["level"], found["parcels"]) == ("area", 40)
    now = datetime.now(UTC)
    early, likely, late = (
        days_between(now, datetime.fromisoformat(found[name]))
        for name in ("early_at", "likely_at", "late_at")
    )
    assert 1.9 < early < likely < late < 6.1


async def test_the_public_page_tells_the_promise_and_the_days_in_each_language(
    client: httpx.AsyncClient, under_way: Body
) -> None:
    token = under_way["tracking_token"]
    told = (await client.get(f"/v1/tracking/{token}")).json()
    assert told["promised_on"] is not None
    assert told["expected"]["from_on"] < told["expected"]["until_on"]
    for language, words in {
        "fr": ("Promis au plus tard le", "Arrivée prévue", "entre le"),
        "en": ("Promised by", "Expected", "between"),
        "ja": ("お届け予定期限", "到着見込み", "の間"),
    }.items():
        page = (await page_of(client, token, language)).text
        assert all(word in page for word in words)


async def test_what_has_arrived_is_expected_no_more(
    client: httpx.AsyncClient, under_way: Body
) -> None:
    event = {"status": "delivered", "occurred_at": datetime.now(UTC).isoformat()}
    url = f"/v1/parcels/{under_way['parcel_id']}"
    await client.post(f"{url}/tracking-events", json=event)
    assert (await client.get(url)).json()["estimate"] is None
    told = (await client.get(f"/v1/tracking/{under_way['tracking_token']}")).json()
    assert (told["promised_on"], told["expected"]) == (None, None)


async def test_the_worker_looks_at_parcels_by_itself_and_stops_when_told(
    client: httpx.AsyncClient, under_way: Body, database: Database
) -> None:
    stop = asyncio.Event()
    jobs = asyncio.gather(
        keep_learning_transits(database, stop), keep_watching_parcels(database, 0.5, stop)
    )
    listed: list[Body] = []
    async with asyncio.timeout(20):
        while not listed:
            await asyncio.sleep(0.05)
            listed = (await client.get("/v1/parcels/at-risk")).json()["items"]
    stop.set()
    await jobs
    assert [one["parcel_id"] for one in listed] == [under_way["parcel_id"]]
    assert listed[0]["outlook"]["probability"] >= 0.5
