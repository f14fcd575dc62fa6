"""Carriers' scorecards: shares with intervals, of kept months; few parcels rank nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text

from chassis.database import Database, unit_of_work
from chassis.ids import new_uuid
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.domain.scorecards import RANKED_FROM, Outcomes, Scorecard, Spread, interval, rank
from orders.store.tables import parcels, tracking_events
from orders.use_cases.measure_carriers import measure_carriers
from orders.use_cases.read_scorecards import MOST
from tests.orders.conftest import Body, Place

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HANDED_OVER = datetime(2026, 10, 5, 8, tzinfo=UTC)
PROMISE = HANDED_OVER + timedelta(days=2)


class House:
    """Parcels with a past, written as shipping and recording leave them."""

    def __init__(self, database: Database, order: Body) -> None:
        self.database = database
        self.order = order

    async def parcel(self, *events: tuple[int, str] | tuple[int, str, str], **told: Any) -> None:
        """Write a parcel and its events: hours after the hand-over, status, reason."""
        at: datetime = told.pop("at", HANDED_OVER)
        parcel_id = new_uuid(at=at)
        ends = [one for one in events if one[1] in {"delivered", "returned", "lost_or_damaged"}]
        placed_at = datetime.fromisoformat(self.order["placed_at"])
        values: dict[str, Any] = {
            "id": parcel_id,
            "shipment_id": parcel_id,
            "order_id": self.order["id"],
            "placed_at": placed_at,
            "carrier": "dhl",
            "tracking_number": parcel_id.hex,
            "token": parcel_id.hex,
            "holds_rest": True,
            "status": "in_transit",
            "is_disputed": False,
            "registered_at": at,
            "version": 1,
            "service": "express",
            "origin": "FR-69",
            "destination": "FR-75",
            "promised_until": at + (PROMISE - HANDED_OVER),
            "terminal_at": at + timedelta(hours=ends[-1][0]) if ends else None,
            "terminal_status": ends[-1][1] if ends else None,
        }
        async with unit_of_work(self.database) as tx:
            await tx.execute(insert(parcels).values(values | told))
            for number, (hours, status, *reason) in enumerate(events):
                event = {
                    "parcel_id": parcel_id,
                    "dedupe_key": f"{parcel_id}{number}".encode(),
                    "placed_at": placed_at,
                    "occurred_at": at + timedelta(hours=hours),
                    "occurred_told": "",
                    "zone_source": "offset",
                    "received_at": at + timedelta(hours=hours),
                    "status": status,
                    "reason": reason[0] if reason else None,
                }
                await tx.execute(insert(tracking_events).values(event))


@pytest.fixture
async def house(database: Database, place: Place) -> House:
    order = await place(home_region="EU")
    async with database.engine.connect() as connection:
        order_id = await connection.scalar(text("SELECT id FROM orders"))
    return House(database, order | {"id": order_id})


async def listed(client: httpx.AsyncClient, **query: Any) -> list[Body]:
    told = {"from": "2026-10", "to": "2026-10", "group_by": "service", **query}
    answer = await client.get("/v1/carrier-scorecards", params=told)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_month_is_counted_from_what_carriers_said(
    client: httpx.AsyncClient, house: House, database: Database
) -> None:
    await house.parcel((-3, "pre_transit"), (2, "picked_up"), (30, "delivered"))
    await house.parcel((2, "picked_up"), (20, "attempt_failed"), (49, "delivered"))
    await house.parcel((5, "in_transit"), (40, "lost_or_damaged", "lost"))
    await house.parcel((5, "in_transit"), (40, "lost_or_damaged", "damaged"))
    await house.parcel((5, "in_transit"), (40, "lost_or_damaged"))
    await house.parcel((5, "unknown"))
    await house.parcel((30, "delivered"), promised_until=None)
    await measure_carriers(database, now=NOW)

    [card] = await listed(client)

    assert (card["carrier"], card["service"], card["lane"], card["month"]) == (
        "dhl",
        "express",
        None,
        None,
    )
    assert (card["parcels"], card["rank"], card["not_ranked"]) == (7, None, "under-30")
    assert (card["on_time"]["of"], card["on_time"]["share"]) == (6, pytest.approx(1 / 6))
    assert (card["first_attempt"]["of"], card["first_attempt"]["share"]) == (
        3,
        pytest.approx(2 / 3),
    )
    assert (card["damage"]["of"], card["damage"]["share"]) == (6, pytest.approx(1 / 6))
    assert card["loss"]["share"] == pytest.approx(1 / 6)
    assert card["lost_or_damaged_unsaid"] == 1
    assert (card["scan_gap_hours"]["p50"], card["scan_gap_hours"]["p95"]) == (35, 35)
    assert (card["late_days"]["of"], card["late_days"]["p50"], card["late_days"]["p90"]) == (
        2,
        -0.75,
        0.04,
    )


async def test_facets_keep_lanes_and_months_apart(
    client: httpx.AsyncClient, house: House, database: Database
) -> None:
    await house.parcel((30, "delivered"))
    await house.parcel((30, "delivered"), destination="JP")
    await house.parcel((30, "delivered"), service=None, origin=None)
    await house.parcel((30, "delivered"), at=HANDED_OVER - timedelta(days=30))
    await measure_carriers(database, now=NOW)

    by_lane = await listed(client, group_by="lane")
    to_paris = await listed(client, lane="FR:FR", group_by="lane")
    by_month = await listed(client, **{"from": "2026-09"}, group_by="month")
    together = await client.get("/v1/carrier-scorecards?from=2026-09&to=2026-11")

    assert [(one["lane"]["origin"], one["lane"]["destination"]) for one in by_lane] == [
        (None, "FR-75"),
        ("FR-69", "FR-75"),
        ("FR-69", "JP"),
    ]
    assert [one["lane"] for one in to_paris] == [{"origin": "FR-69", "destination": "FR-75"}]
    assert [(one["month"], one["parcels"]) for one in by_month] == [("2026-09", 1), ("2026-10", 3)]
    [card] = together.json()["items"]
    assert (card["parcels"], card["late_days"]["of"]) == (4, 4)


async def test_a_late_fact_measures_its_month_again_and_no_other(
    client: httpx.AsyncClient, house: House, database: Database
) -> None:
    old = datetime(2026, 3, 2, tzinfo=UTC)
    await house.parcel((30, "delivered"))
    await house.parcel((30, "in_transit"), at=old, tracking_number="late")
    first = await measure_carriers(database, now=NOW)
    again = await measure_carriers(database, now=NOW + timedelta(hours=1))
    event = {
        "carrier": "dhl",
        "tracking_number": "late",
        "status": "delivered",
        "occurred_at": "2026-03-03T00:00:00Z",
    }
    assert (await client.post("/v1/tracking-events", json=[event])).status_code == 200
    async with unit_of_work(database) as tx:
        await tx.execute(
            text("UPDATE tracking_events SET received_at = :at WHERE status = 'delivered'"),
            {"at": NOW + timedelta(hours=2)},
        )
        await tx.execute(
            text("UPDATE tracking_events SET received_at = :at WHERE occurred_at > :since"),
            {"at": NOW - timedelta(days=9), "since": HANDED_OVER},
        )
    after = await measure_carriers(database, now=NOW + timedelta(hours=3))
    day_later = await measure_carriers(database, now=NOW + timedelta(hours=25))

    assert first[0] == date(2026, 3, 1)
    assert len(first) == 9
    assert (again, after) == ([], [date(2026, 3, 1)])
    assert day_later == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    [march] = await listed(client, **{"from": "2026-03", "to": "2026-03"})
    assert march["on_time"]["share"] == 1


async def test_parcels_of_closed_regions_are_left_out(
    client: httpx.AsyncClient, house: House, database: Database, principal_keys: tuple[str, str]
) -> None:
    await house.parcel((30, "delivered"))
    await measure_carriers(database, now=NOW)
    purview = Purview.of_document({"purchases": {"all_but": ["EU"]}})
    caller = Principal("till", frozenset({"orders:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(caller)}

    url = "/v1/carrier-scorecards?from=2026-10&to=2026-10"
    closed = (await client.get(url, headers=headers)).json()["items"]

    assert closed == []
    assert len(await listed(client)) == 1


async def test_more_scorecards_than_are_shown_are_refused_by_name(
    client: httpx.AsyncClient, house: House, database: Database
) -> None:
    await house.parcel((30, "delivered"))
    await measure_carriers(database, now=NOW)
    others = """INSERT INTO carrier_scorecards
        SELECT (jsonb_populate_record(told, jsonb_build_object('carrier', 'carrier-' || number))).*
        FROM carrier_scorecards AS told, generate_series(1, :others) AS number"""
    async with unit_of_work(database) as tx:
        await tx.execute(text(others), {"others": MOST})
    period = {"from": "2026-10", "to": "2026-10"}

    refused = await client.get("/v1/carrier-scorecards", params=period)

    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:carnet:problem:too-many-scorecards"
    assert str(MOST) in refused.json()["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-10", "to": "2026-09"}, "from"),
        ({"from": "2020-01", "to": "2026-09"}, "from"),
        ({"from": "2026-13"}, "from"),
        ({"lane": "Paris"}, "lane"),
        ({"group_by": "weather"}, "group_by"),
    ],
    ids=["reversed", "long", "no-month", "no-lane", "no-facet"],
)
async def test_what_cannot_be_shown_names_its_field(
    client: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await client.get("/v1/carrier-scorecards", params=query)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def a_card(carrier: str, on_time: int, promised: int) -> Scorecard:
    outcomes = Outcomes(parcels=promised, promised=promised, on_time=on_time)
    return Scorecard(carrier=carrier, service=None, lane=None, month=None, outcomes=outcomes)


def test_the_lower_bound_ranks_and_few_parcels_do_not() -> None:
    ranked = rank(
        [a_card("few", 29, 29), a_card("sure", 930, 1_000), a_card("lucky", 29, RANKED_FROM)]
    )

    assert [(one.carrier, one.rank) for one in ranked] == [
        ("sure", 1),
        ("lucky", 2),
        ("few", None),
    ]


def test_the_interval_is_wilsons() -> None:
    found = interval(0.8, 10)

    assert found is not None
    assert (found.lower, found.upper) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )
    assert interval(0, 0) is None


@given(of=st.integers(1, 10_000), data=st.data())
def test_an_interval_holds_its_share_and_stays_a_share(of: int, data: st.DataObject) -> None:
    share = data.draw(st.integers(0, of)) / of
    found = interval(share, of)

    assert found is not None
    assert 0 <= found.lower <= share <= found.upper <= 1
    assert found.lower < found.upper


SPREADS = st.dictionaries(st.integers(-50, 50), st.integers(1, 9), max_size=8).map(Spread)


@given(SPREADS, SPREADS, st.integers(1, 100))
def test_spreads_add_up_as_their_parcels_do(one: Spread, other: Spread, percent: int) -> None:
    each = sorted(hours for s in (one, other) for hours, n in s.parcels.items() for _ in range(n))
    wanted = each[max(0, -(-len(each) * percent // 100) - 1)] if each else None

    assert (one + other).total == len(each)
    assert (one + other).percentile(percent) == wanted


def test_what_is_under_way_counts_for_as_long_as_it_was() -> None:
    arrived = Outcomes(transits=Spread({24: 30, 72: 10}), ended=42)
    young = Outcomes(transits=Spread({24: 30, 72: 10}), waits=Spread({10: 1_000}), ended=42)
    stuck = Outcomes(transits=Spread({24: 30, 72: 10}), waits=Spread({500: 42}), ended=42)

    found = [one.within(48) for one in (arrived, young, stuck)]

    assert [(one.of, round(one.share, 4)) for one in found if one is not None] == [
        (42, 0.7143),
        (42, 0.7143),
        (84, 0.3571),
    ]
    assert Outcomes().within(48) is None
