"""From where goods come: allocated to few locations, picked, shipped, collected, released."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from chassis.database import Database
from orders.domain.allocation import Allocation, Offer, choose_locations, leave
from orders.domain.fulfilment import LineQuantities
from orders.domain.order import Line
from tests.orders.conftest import Body, Place, a_return
from tests.orders.test_changing import cancel, slug


def offer(location: str, **lines: int) -> Body:
    told = [{"line_no": int(name[1:]), "quantity": count} for name, count in lines.items()]
    return {"location": location, "lines": told}


async def post(client: httpx.AsyncClient, order: Body, what: str, **body: Any) -> httpx.Response:
    return await client.post(f"/v1/orders/{order['order_id']}/{what}", json=body)


def kept(order: Body) -> list[list[tuple[str, int, int]]]:
    return [
        [(one["location"], one["allocated"], one["picked"]) for one in line["allocations"]]
        for line in order["lines"]
    ]


async def test_one_location_that_has_all_is_chosen_before_several(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    offers = [offer("lyon", l1=1), offer("paris", l1=5, l2=5), offer("lille", l2=1)]
    answer = await post(client, order, "allocations", offers=offers)
    assert answer.status_code == 200, answer.text
    assert kept(answer.json()) == [[("paris", 2, 0)], [("paris", 1, 0)]]
    assert answer.json()["fulfilment"] == "allocated"


async def test_an_order_is_allocated_from_several_locations_and_leaves_from_each(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    offers = [offer("lyon", l1=1, l2=1), offer("paris", l1=1)]
    await post(client, order, "allocations", offers=offers)
    parcels = [{"carrier": "dhl", "tracking_number": "1"}]
    unsaid = await post(client, order, "shipments", parcels=parcels)
    assert (unsaid.status_code, slug(unsaid)) == (409, "location-needed")
    first = await post(client, order, "shipments", location="lyon", parcels=parcels)
    assert first.json()["fulfilment"] == "partly-handed-over"
    assert kept(first.json()) == [[("paris", 1, 0)], []]
    parcels = [{"carrier": "dhl", "tracking_number": "2"}]
    second = await post(client, order, "shipments", location="paris", parcels=parcels)
    assert second.json()["fulfilment"] == "handed-over"


async def test_what_nobody_has_stays_unallocated_until_it_is_offered(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    first = await post(client, order, "allocations", offers=[offer("lyon", l1=1)])
    assert first.json()["fulfilment"] == "partly-allocated"
    again = await post(client, order, "allocations", offers=[offer("lyon", l1=9, l2=9)])
    assert kept(again.json()) == [[("lyon", 2, 0)], [("lyon", 1, 0)]]
    done = await post(client, order, "allocations", offers=[offer("lyon", l1=9)])
    assert (done.status_code, slug(done)) == (409, "nothing-to-allocate")
    unknown = await post(client, order, "allocations", offers=[offer("lyon", l7=1)])
    assert (unknown.status_code, slug(unknown)) == (422, "unknown-line")


async def test_goods_are_allocated_once_however_many_ask(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    offers = [offer("paris", l1=2, l2=1)]
    answers = await asyncio.gather(
        *(post(client, order, "allocations", offers=offers) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5


async def test_an_order_is_collected_where_it_stands_picked(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(delivery={"method": "collect", "location": "paris"})
    offers = [offer("lyon", l1=9, l2=9), offer("paris", l1=1, l2=1), offer("lille", l1=1)]
    allocated = (await post(client, order, "allocations", offers=offers)).json()
    assert kept(allocated)[1] == [("paris", 1, 0)]
    await post(client, order, "releases", location="lyon")
    await post(client, order, "allocations", offers=[offer("paris", l1=1)])
    assert (await post(client, order, "picks", location="lyon")).status_code == 409
    ready = (await post(client, order, "picks", location="paris")).json()
    assert (ready["is_ready_for_collection"], ready["fulfilment"]) == (True, "picked")
    collected = await post(client, order, "collections", location="paris")
    assert collected.status_code == 201
    after = collected.json()
    assert (after["fulfilment"], after["commercial"]) == ("delivered", "closed")
    assert kept(after) == [[], []]


async def test_a_store_ships_what_it_keeps_and_no_more(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await post(client, order, "allocations", offers=[offer("store-9", l1=1)])
    parcel = {"carrier": "dhl", "tracking_number": "1", "lines": [{"line_no": 1, "quantity": 2}]}
    more = await post(client, order, "shipments", location="store-9", parcels=[parcel])
    assert (more.status_code, slug(more)) == (409, "quantity-not-there")
    parcel["lines"] = [{"line_no": 1, "quantity": 1}]
    sent = await post(client, order, "shipments", location="store-9", parcels=[parcel])
    assert sent.json()["lines"][0]["quantities"] == {
        "unallocated": 1,
        "allocated": 0,
        "picked": 0,
        "handed_over": 1,
        "delivered": 0,
        "returned": 0,
        "cancelled": 0,
    }


async def test_released_goods_are_free_again(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    await post(client, order, "allocations", offers=[offer("paris", l1=2, l2=1)])
    await post(client, order, "picks", location="paris", lines=[{"line_no": 1, "quantity": 1}])
    one = [{"line_no": 1, "quantity": 2}]
    after = (await post(client, order, "releases", location="paris", lines=one)).json()
    assert kept(after) == [[], [("paris", 1, 0)]]
    nothing = await post(client, order, "releases", location="lyon")
    assert (nothing.status_code, slug(nothing)) == (409, "nothing-kept-there")


async def test_a_cancelled_order_is_kept_nowhere(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    await post(client, order, "allocations", offers=[offer("paris", l1=2, l2=1)])
    gone = (await cancel(client, order)).json()
    assert (kept(gone), gone["fulfilment"]) == ([[], []], "cancelled")
    late = await post(client, order, "allocations", offers=[offer("paris", l1=1)])
    assert (late.status_code, slug(late)) == (409, "order-already-cancelled")


async def test_what_came_back_had_left_from_where_it_was_kept(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()
    await post(client, order, "allocations", offers=[offer("paris", l1=2, l2=1)])
    back = a_return(order_id=order["order_id"])
    assert (await client.post("/v1/returns", json=back)).status_code == 201
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert kept(after) == [[("paris", 1, 0)], [("paris", 1, 0)]]
    assert after["lines"][0]["quantities"]["returned"] == 1


@pytest.mark.parametrize("told", [None, 5_000])
async def test_an_exchange_pays_for_the_new_order(
    client: httpx.AsyncClient, place: Place, told: int | None
) -> None:
    first = await place(channel="shop")
    back = await client.post("/v1/returns", json=a_return(order_id=first["order_id"]))
    return_id = back.json()["return_id"]
    line = {"sku": "BELT", "quantity": 1, "unit_price_minor": 20_000}
    new = await place(external_ref="2", lines=[line], shipping_minor=0)
    url = f"/v1/orders/{new['order_id']}/exchanges/{return_id}"
    body = {} if told is None else {"credit_minor": told}
    answers = [await client.put(url, json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    paid = (await client.get(f"/v1/orders/{new['order_id']}/payments")).json()
    credit = told or 13_000
    assert (paid["state"], paid["credit_minor"]) == ("part_paid", credit)
    assert paid["due_minor"] == 20_000 - credit
    other = await place(external_ref="3")
    again = await client.put(f"/v1/orders/{other['order_id']}/exchanges/{return_id}", json={})
    assert (again.status_code, slug(again)) == (409, "already-exchanged")


async def test_no_more_is_credited_than_came_back(client: httpx.AsyncClient, place: Place) -> None:
    first, new = await place(channel="shop"), await place(external_ref="2")
    back = await client.post("/v1/returns", json=a_return(order_id=first["order_id"]))
    url = f"/v1/orders/{new['order_id']}/exchanges/{back.json()['return_id']}"
    refused = await client.put(url, json={"credit_minor": 13_001})
    assert (refused.status_code, slug(refused)) == (422, "credit-above-refund")


def a_line(line_no: int, quantities: LineQuantities, *allocations: Allocation) -> Line:
    return Line(
        line_no=line_no,
        sku=str(line_no),
        description=None,
        category=None,
        quantity=10,
        unit_price_minor=1,
        discount_minor=0,
        tax_minor=0,
        total_minor=10,
        serial_number=None,
        unit_cost_minor=None,
        is_gift=False,
        quantities=quantities,
        allocations=allocations,
    )


@given(st.data())
def test_a_choice_gives_no_more_than_is_offered_and_no_less_than_can_be(
    data: st.DataObject,
) -> None:
    wanted = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    lines = [a_line(no, LineQuantities(count)) for no, count in enumerate(wanted, start=1)]
    shares = st.dictionaries(st.sampled_from(range(1, len(wanted) + 1)), st.integers(1, 4))
    told = data.draw(st.lists(shares, min_size=1, max_size=5))
    offers = [Offer(f"place-{number}", share) for number, share in enumerate(told)]
    most = {
        no: min(count, sum(share.get(no, 0) for share in told))
        for no, count in enumerate(wanted, start=1)
    }
    if not any(most.values()):
        return
    changed = choose_locations(lines, offers, preferred=None)
    for no, most_given in most.items():
        given = changed.get(no, ())
        assert sum(one.allocated for one in given) == most_given
        for one in given:
            assert one.allocated <= told[int(one.location.removeprefix("place-"))].get(no, 0)


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 6))
def test_what_leaves_takes_picked_goods_first(allocated: int, picked: int, gone: int) -> None:
    there = Allocation(location="a", allocated=allocated, picked=picked)
    line = a_line(1, LineQuantities(9), there)
    [after] = leave([line], {1: gone}, "a").get(1, (there,)) or (
        Allocation(location="a", allocated=0),
    )
    assert after.kept == max(0, allocated + picked - gone)
    assert after.picked == max(0, picked - gone)


COLLECTED = {"method": "collect", "location": "paris"}
PARCEL = {"parcels": [{"carrier": "dhl", "tracking_number": "1"}]}


async def test_an_order_is_collected_only_where_that_was_agreed(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(delivery=COLLECTED)
    elsewhere = await post(client, order, "collections", location="tokyo")
    there = await post(client, order, "collections", location="paris")
    assert (elsewhere.status_code, slug(elsewhere)) == (409, "collected-elsewhere")
    assert "paris" in elsewhere.json()["errors"][0]["mend"]
    assert there.status_code == 201


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("allocations", {"offers": [offer("paris", l1=1)]}),
        ("picks", {"location": "lyon"}),
        ("releases", {"location": "lyon"}),
        ("collections", {"location": "lyon"}),
        ("shipments", {"location": "lyon"} | PARCEL),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_goods_move_only_as_the_order_was_read(
    client: httpx.AsyncClient, place: Place, step: str, body: Body
) -> None:
    order = await place()
    kept_there = await post(client, order, "allocations", offers=[offer("lyon", l2=1)])
    url = f"/v1/orders/{order['order_id']}/{step}"
    old = await client.post(url, json=body, headers={"If-Match": '"77"'})
    wrong = await client.post(url, json=body, headers={"If-Match": "seven"})
    fresh = await client.post(url, json=body, headers={"If-Match": kept_there.headers["ETag"]})
    assert (old.status_code, slug(old)) == (412, "order-changed-meanwhile")
    assert (wrong.status_code, slug(wrong)) == (422, "invalid-if-match")
    assert fresh.status_code in {200, 201}, fresh.text


@pytest.mark.parametrize("step", ["shipments", "collections"])
async def test_nothing_leaves_from_where_nothing_is_kept_while_others_keep_it(
    client: httpx.AsyncClient, place: Place, step: str
) -> None:
    order = await place()
    await post(client, order, "allocations", offers=[offer("lyon", l1=2, l2=1)])
    await post(client, order, "picks", location="lyon")
    more = PARCEL if step == "shipments" else {}
    whole = await post(client, order, step, location="paris", **more)
    assert (whole.status_code, slug(whole)) == (409, "nothing-kept-there")
    assert "lyon" in whole.json()["errors"][0]["mend"]
    assert (await post(client, order, step, location="lyon", **more)).status_code == 201


async def test_a_large_order_is_picked_and_called_off_in_a_fixed_number_of_statements(
    client: httpx.AsyncClient, database: Database, place: Place
) -> None:
    asked: Counter[str] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked[" ".join(statement.split()[:2])] += 1

    lines = [{"sku": f"S-{number}", "quantity": 2, "unit_price_minor": 5} for number in range(300)]
    order = await place(lines=lines)
    wanted = offer("lyon", **{f"l{number}": 1 for number in range(1, 301)})
    await post(client, order, "allocations", offers=[wanted])
    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    picked = await post(client, order, "picks", location="lyon")
    body = {"reason": "out-of-stock", "cancel_lines": wanted["lines"]}
    called_off = await client.post(f"/v1/orders/{order['order_id']}/amendments", json=body)
    event.remove(database.engine.sync_engine, "before_cursor_execute", count)

    assert (picked.status_code, called_off.status_code) == (200, 201), called_off.text
    assert asked["UPDATE order_lines"] == 1
    quantities = [one["quantities"] for one in called_off.json()["lines"]]
    assert {(one["picked"], one["cancelled"]) for one in quantities} == {(1, 1)}
    assert sum(asked.values()) < 60
