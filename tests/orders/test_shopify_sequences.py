"""What Shopify tells comes late, twice and shuffled, and ends the same."""

from random import Random

import httpx
import pytest

from chassis.database import Database
from orders.api.order_in import order_of
from orders.jobs.read_platform_orders import PlatformReader
from orders.store.claims import ClaimCipher
from tests.orders.platform_payloads import BELT, LINES, SCARF, Told, fulfilment, refund, shopify
from tests.orders.test_platform_orders import Platform


@pytest.fixture
def platform(client: httpx.AsyncClient, database: Database, cipher: ClaimCipher) -> Platform:
    return Platform(client, PlatformReader(database, cipher, order_of))


async def state(platform: Platform, read: Told) -> Told:
    """Give where an order is, without how it came there."""
    order = await platform.order(read)
    payments = await platform.payments(read)
    quantities: dict[str, dict[str, int]] = {}
    for line in order["lines"]:
        sums = quantities.setdefault(line["sku"], dict.fromkeys(line["quantities"], 0))
        for name, count in line["quantities"].items():
            sums[name] += count
    return {
        "quantities": quantities,
        "present_total_minor": order["present_total_minor"],
        "commercial": order["commercial"],
        "fulfilment": order["fulfilment"],
        "parcels": sorted(one["tracking_number"].partition("-")[0] for one in order["parcels"]),
        "payments": {
            name: payments[name] for name in ("state", "captured_minor", "refunded_minor")
        },
    }


def _course() -> list[Told]:
    """Give what a platform tells of an order from its placing on, each body with all before it."""
    edited = {
        "line_items": [*LINES, BELT],
        "total_price": "149.00",
        "current_total_price": "149.00",
        "financial_status": "paid",
    }
    first = fulfilment(31, line_items=[SCARF])
    rest = fulfilment(32, line_items=[LINES[1], BELT], tracking_numbers=["8X0002", "8X0003"])
    removed = refund(7, "cancel", LINES[0], "45.00")
    returned = refund(8, "return", BELT, "24.00")
    kept = refund(9, "no_restock", LINES[1], "30.00")
    goods = [LINES[0] | {"fulfillable_quantity": 0}, LINES[1], BELT]
    states: list[Told] = [
        {},
        {"financial_status": "authorized"},
        edited,
        edited | {"fulfillments": [first]},
        edited | {"fulfillments": [first], "refunds": [removed]},
        edited | {"line_items": goods, "fulfillments": [first, rest], "refunds": [removed]},
        edited
        | {
            "line_items": goods,
            "fulfillments": [first, rest],
            "refunds": [removed, returned, kept],
            "current_total_price": "50.00",
        },
    ]
    hours = range(10, 10 + len(states))
    return [
        one | {"updated_at": f"2026-03-02T{hour}:00:00+01:00"}
        for hour, one in zip(hours, states, strict=True)
    ]


def _named(told: Told, number: int) -> Told:
    """Give the course of another order: its own id, fulfilments, refunds and parcels."""
    renamed = shopify(id=1_000 + number, **told)
    renamed["fulfillments"] = [
        one
        | {
            "id": one["id"] + 100 * number,
            "tracking_numbers": [f"{parcel}-{number}" for parcel in one["tracking_numbers"]],
        }
        for one in renamed["fulfillments"]
    ]
    renamed["refunds"] = [one | {"id": one["id"] + 100 * number} for one in renamed["refunds"]]
    return renamed


async def test_bodies_that_come_late_twice_or_shuffled_end_the_same(platform: Platform) -> None:
    random = Random(7)
    ends: list[Told] = []
    for number in range(7):
        course = [_named(told, number) for told in _course()]
        if number:
            course += random.sample(course, 2)
            random.shuffle(course)
        reads = [
            await platform.tell(told | {"tags": f"{place}"}) for place, told in enumerate(course)
        ]
        assert [one["problems"] for one in reads] == [[]] * len(course)
        ends.append(await state(platform, reads[-1]))

    assert ends == [ends[0]] * 7
    assert ends[0] == {
        "quantities": {
            "SCARF-01": _counts(handed_over=1, cancelled=1),
            "variant-77": _counts(handed_over=1),
            "BELT-02": _counts(returned=1),
        },
        "present_total_minor": 14_900 - 4_500,
        "commercial": "confirmed",
        "fulfilment": "partly-returned",
        "parcels": ["8X0001", "8X0002", "8X0003"],
        "payments": {"state": "part_refunded", "captured_minor": 14_900, "refunded_minor": 9_900},
    }


def _counts(**told: int) -> dict[str, int]:
    names = (
        *("unallocated", "allocated", "picked"),
        *("handed_over", "delivered", "returned", "cancelled"),
    )
    return {name: told.get(name, 0) for name in names}


@pytest.mark.parametrize("is_told_first", [False, True], ids=["later", "first"])
async def test_a_fulfilment_that_was_called_off_leaves_only_where_it_had_left(
    platform: Platform, *, is_told_first: bool
) -> None:
    bodies = [
        shopify(fulfillments=[fulfilment()]),
        shopify(fulfillments=[fulfilment(status="cancelled")]),
    ]
    reads = [await platform.tell(told) for told in bodies[:: -1 if is_told_first else 1]]
    again = await platform.tell(bodies[1] | {"tags": "again"})

    found = [[one["problem"] for one in read["problems"]] for read in (*reads, again)]
    withdrawn = [] if is_told_first else ["fulfilment-withdrawn"]
    assert found == [[], withdrawn, withdrawn]
    expected = "unallocated" if is_told_first else "handed-over"
    assert (await platform.order(again))["fulfilment"] == expected
