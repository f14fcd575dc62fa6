"""Places that were let go are forgotten a month after their window, and no promise with them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from chassis.database import Database
from orders.jobs.forget_let_go import keep_forgetting
from orders.store.tables import delivery_slots, slot_holds
from orders.use_cases import forget_let_go as forgetting
from orders.use_cases.forget_let_go import forget_let_go
from tests.orders.conftest import Rows
from tests.orders.test_delivery_slots import AnOrder, an_order, do, expire, hold, slots
from tests.orders.test_promises import begin, shares

__all__ = ["an_order", "slots"]  # fixtures

MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)


async def furnish(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], order: AnOrder, database: Database
) -> None:
    """Have one place expired, one released, one booked and one held, in the same window."""
    held = [await hold(client, slots[0])]
    await expire(database)
    held += [await hold(client, slots[0], **{"Idempotency-Key": f"{n}"}) for n in range(3)]
    for one, what, body in (
        (held[1], "release", {}),
        (held[2], "confirm", {"order_id": await order()}),
    ):
        assert (await do(client, one, what, **body)).status_code == 200


async def states(rows: Rows) -> list[str]:
    return sorted(row["state"] for row in await rows(slot_holds))


async def test_what_was_let_go_is_forgotten_and_what_counts_stays(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    an_order: AnOrder,
    database: Database,
    rows: Rows,
) -> None:
    await furnish(client, slots, an_order, database)
    month_later = begin(slots[0]) + MONTH
    counted, promised = await rows(delivery_slots), await shares(database, slots[0], at=month_later)

    soon = await forget_let_go(database, now=month_later - HOUR)
    forgotten = await forget_let_go(database, now=month_later + HOUR)

    assert (soon, forgotten) == (0, 2)
    assert await states(rows) == ["booked", "held"]
    assert await rows(delivery_slots) == counted
    assert await shares(database, slots[0], at=month_later) == promised
    assert [sum(share.counts.values()) for share in promised] == [1]


async def test_a_key_whose_hold_is_forgotten_asks_for_another(
    client: httpx.AsyncClient, slots: list[dict[str, Any]], database: Database
) -> None:
    key = {"Idempotency-Key": "basket-7"}
    first = await hold(client, slots[0], **key)
    await do(client, first, "release")
    known = await hold(client, slots[0], **key)
    await forget_let_go(database, now=begin(slots[0]) + MONTH + HOUR)

    again = await hold(client, slots[0], **key)

    assert known.json()["hold_id"] == first.json()["hold_id"]
    assert again.json()["hold_id"] != first.json()["hold_id"]
    assert again.json()["state"] == "held"


async def test_the_worker_forgets_some_at_a_time_until_none_is_left(
    client: httpx.AsyncClient,
    slots: list[dict[str, Any]],
    an_order: AnOrder,
    database: Database,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await furnish(client, slots, an_order, database)
    async with database.engine.begin() as connection:
        long_ago = datetime.now(UTC) - 2 * MONTH
        await connection.execute(slot_holds.update().values(starts_at=long_ago))
    monkeypatch.setattr(forgetting, "TOGETHER", 1)
    monkeypatch.setattr("orders.jobs.forget_let_go.TOGETHER", 1)
    stop = asyncio.Event()

    working = asyncio.create_task(keep_forgetting(database, stop))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if len(await states(rows)) == 2:
            break
    stop.set()
    await working

    assert await states(rows) == ["booked", "held"]
