"""Whose a sold piece was and is: sold, handed on, taken over, returned; and its warranty."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database, unit_of_work
from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.domain.warranties import Warranty, WarrantySource, months_after
from orders.store import tables
from tests.identity_story import Fact, Story, arrivals, shown, stories
from tests.orders.conftest import Body, MakeClient, Place, Rows
from tests.orders.test_serial_numbers import PATH, found, sell, take_back
from tests.orders.test_unmerging import FORGET, follow

TRANSFERS = f"{PATH}/transfers"
ANNA, BEN, CARL = (show_global_id(new_global_id()) for _ in range(3))


async def hand_on(
    client: httpx.AsyncClient,
    giver: str | None,
    receiver: str | None,
    *,
    day: int | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    body: Body = {"from_customer_id": giver, "to_customer_id": receiver, **more}
    if day is not None:
        body["transferred_at"] = f"2026-03-{day:02}T12:00:00Z"
    return await client.post(TRANSFERS, json=body, headers=headers)


def slug(answer: httpx.Response) -> str:
    return answer.json()["type"].rpartition(":")[2]


async def test_a_piece_is_handed_on_and_its_history_is_told(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await sell(place, "1", day=1, customer_id=ANNA, channel="shop")
    given = await hand_on(client, ANNA, BEN, day=2)
    left = await hand_on(client, BEN, None, day=3)
    came_back = await hand_on(client, None, CARL, day=4)
    whole = await found(client)
    await take_back(client, order)

    after = await found(client)

    assert [one.status_code for one in (given, left, came_back)] == [201, 201, 201]
    assert whole["owned_by"]["owner"] == {
        "state": "linked",
        "customer_id": CARL,
        "since": "2026-03-04T12:00:00Z",
    }
    assert (whole["owned_by"]["customer_id"], after["owned_by"]) == (ANNA, None)
    told = [(one["what"], one["owner"] and one["owner"]["customer_id"]) for one in after["history"]]
    assert told == [
        ("sold", ANNA),
        ("transferred", BEN),
        ("left", None),
        ("taken-over", CARL),
        ("returned", None),
    ]
    assert after["history"][2]["owner"]["state"] == "out-of-sight"
    assert after["history"][1]["transfer_id"] == given.json()["transfer_id"]


async def test_only_its_present_owner_hands_a_piece_on(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await sell(place, "1", day=1, customer_id=ANNA)
    refused = [
        await hand_on(client, BEN, CARL),
        await hand_on(client, None, CARL),
        await hand_on(client, ANNA, ANNA),
        await hand_on(client, ANNA, BEN, transferred_at="2026-02-01T00:00:00Z"),
        await hand_on(client, ANNA, BEN, transferred_at="2100-02-01T00:00:00Z"),
    ]
    assert (await hand_on(client, ANNA, BEN)).status_code == 201
    refused.append(await hand_on(client, ANNA, CARL))
    await take_back(client, order)
    refused.append(await hand_on(client, BEN, CARL))
    unknown = await client.post(
        "/v1/serial-numbers/none/transfers", json={"from_customer_id": None, "to_customer_id": ANNA}
    )

    assert [slug(one) for one in refused] == [
        "not-the-owner",
        "not-the-owner",
        "transfer-to-nobody-else",
        "transfer-at-another-time",
        "transfer-at-another-time",
        "not-the-owner",
        "piece-not-owned",
    ]
    assert slug(unknown) == "serial-number-unknown"


async def test_a_transfer_that_comes_again_is_one(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    await sell(place, "1", day=1, customer_id=ANNA)
    key = {"Idempotency-Key": "counter-7"}
    answers = await asyncio.gather(
        *(hand_on(client, ANNA, BEN, day=2, headers=key) for _ in range(5))
    )
    other = await hand_on(client, BEN, CARL, headers=key)

    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["transfer_id"] for one in answers}) == 1
    assert sum("idempotent-replayed" in one.headers for one in answers) == 4
    assert slug(other) == "idempotency-key-reused"
    assert len(await rows(tables.serial_transfers)) == 1


async def test_of_many_who_hand_a_piece_on_at_once_one_does(
    client: httpx.AsyncClient, place: Place, rows: Rows
) -> None:
    await sell(place, "1", day=1, customer_id=ANNA)

    answers = await asyncio.gather(*(hand_on(client, ANNA, one) for one in [BEN, CARL] * 5))

    assert sorted(one.status_code for one in answers) == [201] + [409] * 9
    assert [row["position"] for row in await rows(tables.serial_transfers)] == [1]


async def test_sales_without_a_return_in_between_are_told_as_a_conflict(
    client: httpx.AsyncClient, place: Place
) -> None:
    first = await sell(place, "1", day=1, customer_id=ANNA)
    second = await sell(place, "2", day=2, customer_id=BEN)
    doubtful = await found(client)
    refused = await hand_on(client, ANNA, CARL)
    meant = await hand_on(client, ANNA, CARL, order_id=first["order_id"])
    await take_back(client, first)
    settled = await found(client)
    await take_back(client, second)
    third = await sell(place, "3", day=20)

    last = await found(client)

    pair = {"earlier_order_id": first["order_id"], "later_order_id": second["order_id"]}
    assert doubtful["conflicts"] == [pair | {"is_settled": False}]
    assert (slug(refused), meant.status_code) == ("serial-number-doubtful", 201)
    assert (settled["is_doubtful"], settled["conflicts"]) == (False, [pair | {"is_settled": True}])
    assert last["owned_by"]["order_id"] == third["order_id"]
    assert len(last["conflicts"]) == 1


async def test_a_piece_of_a_closed_region_is_not_handed_on(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    await sell(place, "1", day=1, customer_id=ANNA, home_region="JP")
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:write"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}

    assert slug(await hand_on(client, ANNA, BEN, headers=headers)) == "home-region-closed"


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_pieces_follow_merges_unmerges_and_erasures_in_any_arrival(
    make_client: MakeClient, place: Place, database: Database, data: st.DataObject
) -> None:
    story, client = data.draw(stories()), make_client("orders:read", "orders:write")
    async with unit_of_work(database) as tx:
        await tx.execute(text(f"{FORGET}, serial_transfers"))
    facts: list[Fact] = []
    for arrived in data.draw(arrivals(story)):
        if not isinstance(arrived, Fact):
            await follow(database, arrived)
        elif arrived.record is None:
            line = {"sku": "BAG", "quantity": 1, "unit_price_minor": 1}
            line["serial_number"] = f"S{arrived.number}"
            await place(external_ref=f"{arrived.number}", lines=[line], shipping_minor=0)
            told = {"from_customer_id": None, "to_customer_id": shown(arrived.told)}
            path = f"/v1/serial-numbers/S{arrived.number}/transfers"
            assert (await client.post(path, json=told)).status_code == 201
            facts.append(arrived)
    for fact in facts:
        read = (await client.get(f"/v1/serial-numbers/S{fact.number}")).json()
        owner = story.owner(fact)
        assert read["owned_by"]["owner"]["state"] == ("erased" if owner is None else "linked")
        expected = None if owner is None else shown(owner)
        assert read["owned_by"]["owner"]["customer_id"] == expected


async def test_an_owner_known_by_a_retired_id_hands_on_what_is_the_survivors(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    story = Story()
    survivor, retired, other = story.come(), story.come(), story.come()
    await sell(place, "1", day=1, customer_id=shown(retired))
    await follow(database, story.merge(retired, survivor))

    to_itself = await hand_on(client, shown(survivor), shown(retired))
    given = await hand_on(client, shown(retired), shown(other))

    assert slug(to_itself) == "transfer-to-nobody-else"
    assert given.json()["owner"]["customer_id"] == shown(other)


async def test_an_export_shows_what_was_had_and_nobody_elses_id(
    make_client: MakeClient, place: Place, database: Database
) -> None:
    client = make_client("orders:read", "orders:write", "customers:privacy")
    story = Story()
    anna, ben, carl = (shown(story.come()) for _ in range(3))
    await sell(place, "1", day=1, customer_id=anna)
    await hand_on(client, anna, ben, day=2)
    await hand_on(client, ben, carl, day=3)
    exports = [(await client.get(f"/v1/exports/{one}")).text for one in (anna, ben, carl)]
    await follow(database, story.erase(1))

    whole = await found(client)

    for mine, export in zip((anna, ben, carl), exports, strict=True):
        assert "serial_transfers" in export
        assert [one in export for one in (anna, ben, carl)] == [
            one == mine for one in (anna, ben, carl)
        ]
    assert [one["owner"]["state"] for one in whole["history"]] == [
        "linked",
        "erased",
        "linked",
    ]


async def warranty(client: httpx.AsyncClient, **query: str) -> Body:
    answer = await client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["sales"][0]["warranty"]


async def test_a_warranty_begins_with_the_sale_at_the_counter_and_goes_with_the_piece(
    client: httpx.AsyncClient, place: Place
) -> None:
    for since_on, months in (("2020-01-01", 12), ("2026-03-01", 24), ("2026-03-02", 36)):
        body = {"since_on": since_on, "months": months}
        assert (await client.put("/v1/warranty-terms/bags", json=body)).status_code == 200
    order = await sell(place, "1", day=1, customer_id=ANNA, channel="shop", category="bags")
    await hand_on(client, ANNA, BEN, day=2)
    states = [
        (await warranty(client, on=day))["state"]
        for day in ("2026-02-28", "2026-03-01", "2028-03-01", "2028-03-02")
    ]
    terms = (await client.get("/v1/warranty-terms")).json()["items"]
    whole = await warranty(client, on="2026-04-01")
    await take_back(client, order)

    ended = await warranty(client, on="2026-04-01")

    assert states == ["not-begun", "in-force", "in-force", "over"]
    assert whole == {
        "months": 24,
        "days": 0,
        "source": "category",
        "starts_on": "2026-03-01",
        "until_on": "2028-03-01",
        "ended_on": None,
        "on": "2026-04-01",
        "state": "in-force",
    }
    assert (ended["state"], ended["ended_on"]) == ("ended", "2026-03-09")
    assert [one["months"] for one in terms] == [12, 24, 36]


async def test_a_warranty_of_what_is_sent_begins_with_its_delivery(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await sell(place, "1", day=1, customer_id=ANNA, warranty_months=6)
    sold = await warranty(client, on="2026-03-05")
    url = f"/v1/orders/{order['order_id']}/shipments"
    parcels = {"parcels": [{"carrier": "laposte", "tracking_number": "LP"}]}
    [parcel] = (await client.post(url, json=parcels)).json()["parcels"]
    told = {"status": "delivered", "occurred_at": "2026-03-04T23:30:00Z"}
    await client.post(f"/v1/parcels/{parcel['parcel_id']}/tracking-events", json=told)

    delivered = await warranty(client, on="2026-03-05")

    assert (sold["state"], sold["starts_on"], sold["source"]) == ("not-begun", None, "line")
    assert (delivered["state"], delivered["starts_on"]) == ("in-force", "2026-03-05")
    assert delivered["until_on"] == "2026-09-05"


async def test_a_warranty_may_count_days_alone_or_after_months(
    client: httpx.AsyncClient, place: Place
) -> None:
    for since_on, told in (("2020-01-01", {"days": 90}), ("2026-03-02", {"months": 1, "days": 10})):
        body = {"since_on": since_on} | told
        assert (await client.put("/v1/warranty-terms/bags", json=body)).status_code == 200
    untold = await client.put("/v1/warranty-terms/bags", json={"since_on": "2026-01-01"})
    lasts: list[tuple[str, int, int, str]] = []
    for day, of_line in enumerate(({}, {}, {"warranty_days": 5}, {"warranty_months": 0}), start=1):
        await sell(place, f"{day}", day=day, channel="shop", category="bags", **of_line)
        told = await warranty(client, on="2026-03-10")
        lasts.append((told["state"], told["months"], told["days"], told["until_on"]))

    assert untold.status_code == 422
    assert lasts == [
        ("in-force", 0, 90, "2026-05-30"),
        ("in-force", 1, 10, "2026-04-12"),
        ("over", 0, 5, "2026-03-08"),
        ("none", 0, 0, None),
    ]


async def test_a_piece_of_no_terms_has_no_warranty(client: httpx.AsyncClient, place: Place) -> None:
    await sell(place, "1", day=1)
    assert (await warranty(client))["state"] == "none"


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 3, 1), 24, date(2028, 3, 1)),
    ],
    ids=["short month", "leap year", "two years"],
)
def test_a_period_of_months_ends_on_its_date_or_the_last_of_its_month(
    day: date, months: int, last: date
) -> None:
    assert months_after(day, months) == last


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 600), st.integers(0, 30_000))
def test_a_warranty_is_in_force_on_a_stretch_of_days(day: date, months: int, later: int) -> None:
    told = Warranty(months=months, source=WarrantySource.LINE, starts_on=day)
    on = day + timedelta(days=later)
    assert (told.state(on) == "in-force") is (on <= months_after(day, months))
