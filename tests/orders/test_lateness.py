"""Late parcels are foreseen: learnt from real ones, warned of once, before the promise, and why."""

import asyncio
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from sqlalchemy import insert, select, update

from chassis.database import Database, unit_of_work
from chassis.ids import new_uuid
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.domain.estimates import TransitTimes, ends_of
from orders.domain.lanes import HOUSE, Lane
from orders.domain.lateness import Factor, HandOver, LatenessModel, look_ahead
from orders.domain.pace import MULTIPLES, cumulative
from orders.domain.transits import Transit
from orders.models.fitting import fit
from orders.models.foretelling import foretell
from orders.models.measuring import measure
from orders.models.transit_history import replay
from orders.store import tables
from orders.store.transits import model_in_force
from orders.use_cases.learn_transits import learn_transits
from orders.use_cases.watch_parcels import watch_parcels
from tests.orders.conftest import OUTBOX, Body, Place, Rows

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
OLIST = DATA / "orders" / "olist"
CARNET = Path(sys.executable).with_name("carnet")
LANE = Lane("olist", None, None, "BR-SP")
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
def olist() -> list[Transit]:
    """Give Olist's real parcels that arrived, oldest first."""
    if not OLIST.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{OLIST} is missing; CARNET_DATA names the folder that holds the data.")
        pytest.skip(f"{OLIST} is missing; CARNET_DATA names the folder that holds the data.")
    query = """
        SELECT order_purchase_timestamp, order_delivered_carrier_date,
            order_delivered_customer_date, order_estimated_delivery_date, customer_state,
            customer_zip_code_prefix
        FROM read_csv(?) JOIN read_csv(?, all_varchar = true) USING (customer_id)
        WHERE order_status = 'delivered' AND order_delivered_carrier_date
            BETWEEN order_purchase_timestamp AND order_delivered_customer_date
        ORDER BY order_delivered_carrier_date, order_id"""
    files = [str(OLIST / f"olist_{name}.csv") for name in ("orders", "customers")]
    return [
        Transit(
            lane=Lane("olist", None, None, f"BR-{state}-{code[:2]}-{code[:3]}"),
            placed_at=placed.replace(tzinfo=UTC),
            handed_over_at=handed_over.replace(tzinfo=UTC),
            promised_until=promised.replace(tzinfo=UTC) + timedelta(days=1),
            delivered_at=delivered.replace(tzinfo=UTC),
        )
        for placed, handed_over, delivered, promised, state, code in duckdb.connect()
        .execute(query, files)
        .fetchall()
    ]


def times(days: Iterable[float]) -> TransitTimes:
    found = list(days)
    logs = sum(math.log(day) for day in found) / len(found)
    return TransitTimes(
        group=HOUSE,
        parcels=len(found),
        ends=ends_of(found),
        expected_log=logs,
        recent=None,
        hazards=cumulative([0.2] * (len(MULTIPLES) - 1), 1.0),
    )


def a_hand_over(*, slack: float) -> HandOver:
    return HandOver(
        lane=LANE,
        placed_at=NOW - timedelta(days=1),
        handed_over_at=NOW,
        promised_until=NOW + timedelta(days=slack),
    )


MODEL = LatenessModel(
    version=3,
    intercept=-2.5,
    weights=(1.0, 0.4, 0.2),
    means=(-3.0, 0.0, 1.0),
    spreads=(1.5, 0.2, 0.7),
    parcels=1_000,
    missed=80,
    trained_at=NOW,
)


def test_later_orders_of_olist_are_judged_by_what_the_earlier_ones_taught(
    olist: list[Transit],
) -> None:
    split = olist[len(olist) * 2 // 3].handed_over_at
    _, cases = replay(olist, until=datetime(2020, 1, 1, tzinfo=UTC))
    later = [one for one in cases if one.transit.handed_over_at >= split]
    said = foretell(cases, later)
    assert said is not None
    found = measure(said, [one.transit.missed for one in later])
    assert found.auc >= 0.75
    assert found.auc_low >= 0.70
    assert found.calibration_error <= 0.03


def test_what_happens_after_a_hand_over_changes_nothing_that_was_known_at_it(
    olist: list[Transit],
) -> None:
    cut = olist[2_000].handed_over_at
    _, whole = replay(olist, until=datetime(2020, 1, 1, tzinfo=UTC))
    _, before = replay(olist, until=cut)
    assert len(before) > 1_000
    assert whole[: len(before)] == before


def test_with_too_few_missed_promises_nothing_is_learnt(olist: list[Transit]) -> None:
    _, cases = replay(olist[:400], until=olist[399].handed_over_at)
    assert fit(cases, version=1, trained_at=NOW) is None


def test_without_a_model_the_times_of_its_like_judge() -> None:
    known = [times(float(day) for day in range(1, 101))]
    outlook = look_ahead(a_hand_over(slack=60), known, None, now=NOW)
    assert outlook is not None
    assert outlook.model_version is None
    assert outlook.probability == pytest.approx(0.4, abs=0.02)


def test_where_too_few_are_alike_nothing_is_said() -> None:
    assert look_ahead(a_hand_over(slack=6), [times([3.0] * 19)], MODEL, now=NOW) is None
    assert look_ahead(a_hand_over(slack=6), [], MODEL, now=NOW) is None


@pytest.mark.parametrize("model", [MODEL, None], ids=["model", "times"])
def test_less_time_left_and_more_time_gone_make_it_likelier_to_be_late(
    model: LatenessModel | None,
) -> None:
    known = [times(1 + day / 5 for day in range(100))]

    def chance(slack: float, elapsed: float = 0) -> float:
        now = NOW + timedelta(days=elapsed)
        outlook = look_ahead(a_hand_over(slack=slack), known, model, now=now)
        assert outlook is not None
        return outlook.probability

    assert chance(4) > chance(8) > chance(16)
    assert chance(16) < chance(16, 8) < chance(16, 14)


def test_the_factors_add_up_to_what_is_said() -> None:
    known = [times(1 + day / 5 for day in range(100))]
    now = NOW + timedelta(days=3)
    outlook = look_ahead(a_hand_over(slack=9), known, MODEL, now=now)
    assert outlook is not None
    assert set(outlook.factors) == set(Factor)
    odds = MODEL.intercept + sum(outlook.factors.values())
    assert outlook.probability == pytest.approx(1 / (1 + math.exp(-odds)))


async def store(database: Database, transits: Iterable[Transit]) -> None:
    """Store parcels of the past as they stand once they have arrived."""
    rows = [
        {
            "id": new_uuid(),
            "shipment_id": new_uuid(),
            "order_id": new_uuid(),
            "placed_at": one.placed_at,
            "carrier": one.lane.carrier,
            "tracking_number": str(number),
            "token": f"token-{number}",
            "holds_rest": True,
            "status": "delivered",
            "status_at": one.delivered_at,
            "is_disputed": False,
            "registered_at": one.handed_over_at,
            "version": 2,
            "terminal_at": one.delivered_at,
            "terminal_status": "delivered",
            "promised_until": one.promised_until,
            "destination": one.lane.destination,
        }
        for number, one in enumerate(transits)
    ]
    async with unit_of_work(database) as tx:
        await tx.execute(insert(tables.parcels), rows)


async def ship(client: httpx.AsyncClient, order: Body, *, days: float, **told: Any) -> Body:
    parcel = {
        "carrier": "olist",
        "tracking_number": "N-1",
        "destination": "BR-SP",
        "promised_until": (datetime.now(UTC) + timedelta(days=days)).isoformat(),
    }
    url = f"/v1/orders/{order['order_id']}/shipments"
    answer = await client.post(url, json={"parcels": [parcel | told]})
    assert answer.status_code == 201, answer.text
    return answer.json()["parcels"][0]


@pytest.fixture
async def learnt(database: Database, olist: list[Transit]) -> LatenessModel:
    """Give the model that a house with Olist's first 4,000 parcels learns."""
    await store(database, olist[:4_000])
    found = await learn_transits(database, now=datetime.now(UTC))
    assert found is not None
    assert found.parcels == 4_000
    assert found.model is not None
    return found.model


async def at_risk(client: httpx.AsyncClient) -> list[Body]:
    answer = await client.get("/v1/parcels/at-risk")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def warnings(database: Database) -> list[Body]:
    async with database.engine.connect() as connection:
        statement = select(OUTBOX).where(OUTBOX.c.type == "shipment.at-risk.v1")
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def test_a_parcel_that_will_likely_be_late_is_told_once_listed_and_explained(
    client: httpx.AsyncClient, place: Place, database: Database, learnt: LatenessModel
) -> None:
    parcel = await ship(client, await place(), days=2)
    for hours in (0, 7, 14):
        now = datetime.now(UTC) + timedelta(hours=hours)
        assert await watch_parcels(database, now=now, warn_at=0.3) == 1
    [warning] = await warnings(database)
    assert warning["aggregateid"] == parcel["parcel_id"]
    assert warning["payload"]["probability"] >= 0.3
    assert warning["payload"]["factors"][0]["factor"] == "transit"
    [listed] = await at_risk(client)
    assert listed["parcel_id"] == parcel["parcel_id"]
    assert listed["outlook"]["at_risk_at"] is not None
    told = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert {each["factor"] for each in told["outlook"]["factors"]} == set(Factor)


async def test_a_parcel_with_time_enough_is_warned_of_once_too_much_of_it_has_gone(
    client: httpx.AsyncClient, place: Place, database: Database, learnt: LatenessModel
) -> None:
    parcel = await ship(client, await place(), days=25)
    assert await watch_parcels(database, now=datetime.now(UTC), warn_at=0.3) == 1
    assert await warnings(database) == []
    for days in (12, 23):
        await watch_parcels(database, now=datetime.now(UTC) + timedelta(days=days), warn_at=0.3)
    [warning] = await warnings(database)
    assert warning["payload"]["parcel_id"] == parcel["parcel_id"]
    assert warning["payload"]["noticed_at"] < warning["payload"]["promised_until"]


async def test_whoever_looks_at_the_same_time_warns_once(
    client: httpx.AsyncClient, place: Place, database: Database, learnt: LatenessModel
) -> None:
    for number in range(5):
        await ship(client, await place(external_ref=str(number)), days=2)
    now = datetime.now(UTC)
    await asyncio.gather(*(watch_parcels(database, now=now, warn_at=0.3) for _ in range(4)))
    assert len(await warnings(database)) == 5
    pages = (await client.get("/v1/parcels/at-risk?limit=3")).json()
    rest = (await client.get(f"/v1/parcels/at-risk?cursor={pages['next_cursor']}")).json()
    assert (len(pages["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, None)


async def test_what_arrived_goes_back_or_is_past_its_promise_is_not_warned_of(
    client: httpx.AsyncClient, place: Place, database: Database, rows: Rows, learnt: LatenessModel
) -> None:
    for number, status in enumerate(("delivered", "return_to_sender", "in_transit")):
        parcel = await ship(client, await place(external_ref=str(number)), days=2)
        told = {"status": status, "occurred_at": datetime.now(UTC).isoformat()}
        await client.post(f"/v1/parcels/{parcel['parcel_id']}/tracking-events", json=told)
    later = datetime.now(UTC) + timedelta(days=3)
    assert await watch_parcels(database, now=later, warn_at=0.3) == 3
    assert await warnings(database) == []
    assert [row["look_at"] for row in await rows(tables.parcel_outlooks)] == [None] * 3


async def test_one_that_was_warned_of_leaves_the_list_as_it_arrives(
    client: httpx.AsyncClient, place: Place, database: Database, learnt: LatenessModel
) -> None:
    parcel = await ship(client, await place(), days=2)
    await watch_parcels(database, now=datetime.now(UTC), warn_at=0.3)
    assert len(await at_risk(client)) == 1
    told = {"status": "delivered", "occurred_at": datetime.now(UTC).isoformat()}
    await client.post(f"/v1/parcels/{parcel['parcel_id']}/tracking-events", json=told)
    assert await at_risk(client) == []


async def test_without_a_promise_nothing_is_watched(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    parcel = await ship(client, await place(), days=2, promised_until=None)
    assert await watch_parcels(database, now=datetime.now(UTC), warn_at=0.3) == 0
    told = (await client.get(f"/v1/parcels/{parcel['parcel_id']}")).json()
    assert told["outlook"] is None


async def test_learning_waits_its_time_and_keeps_the_models_before(
    database: Database, learnt: LatenessModel
) -> None:
    now = datetime.now(UTC)
    assert await learn_transits(database, now=now + timedelta(hours=1)) is None
    again = await learn_transits(database, now=now + timedelta(hours=25))
    assert again is not None
    assert again.model is not None
    assert again.model.version == 2
    async with database.engine.connect() as connection:
        assert await model_in_force(connection) == again.model


async def test_learning_twice_at_once_writes_once(database: Database, olist: list[Transit]) -> None:
    await store(database, olist[:500])
    now = datetime.now(UTC)
    both = await asyncio.gather(*(learn_transits(database, now=now) for _ in range(2)))
    assert [one is None for one in both].count(True) == 1
    async with unit_of_work(database) as tx:
        await tx.execute(update(tables.transit_times).values(learnt_at=now - timedelta(hours=7)))
    assert await learn_transits(database, now=now) is not None


async def test_the_commands_learn_and_tell_how_well_it_is_foreseen(
    database: Database, olist: list[Transit]
) -> None:
    await store(database, olist[:3_500])
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def carnet(command: str, *more: str) -> Body:
        arguments = ["orders", "lateness", command, "--house-database", url, "--json", *more]
        done = await asyncio.to_thread(
            subprocess.run, [CARNET, *arguments], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    learnt = await carnet("train")
    assert learnt["parcels"] == 3_500
    assert learnt["model"]["missed"] >= 20
    told = await carnet("evaluate", "--test-share", "0.3")
    assert told["model"]["auc_low"] < told["model"]["auc"] < told["model"]["auc_high"]
    assert told["model"]["auc"] > told["slack"]["auc"]


async def test_parcels_at_risk_are_listed_where_they_are_at_home_only(
    client: httpx.AsyncClient,
    principal_keys: tuple[str, str],
    place: Place,
    database: Database,
    learnt: LatenessModel,
) -> None:
    await ship(client, await place(external_ref="jp", home_region="JP"), days=2)
    french = await ship(client, await place(external_ref="fr", home_region="FR"), days=2)
    await watch_parcels(database, now=datetime.now(UTC), warn_at=0.3)
    assert len(await at_risk(client)) == 2
    but_japan = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    reader = Principal("till", frozenset({"orders:read"}), but_japan)
    client.headers[HEADER] = PrincipalSigner(principal_keys[0]).sign(reader)
    [listed] = await at_risk(client)
    assert listed["parcel_id"] == french["parcel_id"]
