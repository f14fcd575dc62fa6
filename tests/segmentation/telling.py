"""What other services tell, as it comes off the bus; things and people are called by number."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import IdType
from segmentation.domain.told import together
from segmentation.use_cases.record_facts import record_facts
from segmentation.worker import READERS

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
FIRST_DAY = date(2025, 1, 1)
_SPACE = UUID(int=0)


def customer(number: int) -> str:
    """Give the stored form of a customer's id."""
    return new_global_id(lambda _bits: number)


def shown(kind: str, number: int) -> str:
    """Give the id of an order, return, complaint or source record as it is shown."""
    return IdType(kind).show(UUID(int=number + 1))


def told(type_: str, sequence: int, **body: Any) -> Incoming:
    """Give an event; the same event always has the same id."""
    data = orjson.dumps(body)
    topic = "customers" if type_.startswith("customer.") else "orders"
    return Incoming(
        id=str(uuid5(_SPACE, f"{type_} {sequence} {data!r}")),
        topic="complaints" if type_.startswith("complaint.") else topic,
        type=type_,
        key="unused",
        sequence=sequence,
        at=NOW,
        traceparent=None,
        data=data,
    )


def _owner(number: int | None) -> dict[str, str | None]:
    return {
        "customer_id": None if number is None else show_global_id(customer(number)),
        "source_record_id": None if number is None else shown("src", number),
    }


def placed(
    order: int,
    by: int | None,
    *,
    minor: int = 1000,
    currency: str = "EUR",
    day: int = 400,
) -> Incoming:
    on = FIRST_DAY + timedelta(days=day)
    return told(
        "order.placed.v1",
        1,
        order_id=shown("ord", order),
        source="till-1",
        external_ref=str(order),
        **_owner(by),
        channel="shop",
        country="FR",
        brand="house",
        currency=currency,
        total_minor=minor,
        placed_at=f"{on}T10:00:00+00:00",
        placed_on=str(on),
        lines=[],
    )


def linked(order: int, to: int, *, sequence: int = 2) -> Incoming:
    return told("order.linked.v1", sequence, order_id=shown("ord", order), **_owner(to))


def cancelled(order: int, *, minor: int = 1000, currency: str = "EUR") -> Incoming:
    return told(
        "order.cancelled.v1",
        9,
        order_id=shown("ord", order),
        reason="changed their mind",
        cancelled_at="2026-03-01T10:00:00Z",
        currency=currency,
        total_minor=minor,
    )


def returned(
    number: int,
    *,
    order: int | None = None,
    by: int | None = None,
    minor: int = 300,
    currency: str = "EUR",
    sequence: int = 1,
) -> Incoming:
    return told(
        "order.returned.v1",
        sequence,
        return_id=shown("ret", number),
        order_id=None if order is None else shown("ord", order),
        **_owner(by),
        currency=currency,
        refund_minor=minor,
        returned_at="2026-03-05T10:00:00Z",
        lines=[],
    )


def filed(number: int, by: int | None, *, order: int | None = None) -> Incoming:
    return told(
        "complaint.filed.v1",
        1,
        complaint_id=shown("cmp", number),
        **_owner(by),
        order_id=None if order is None else shown("ord", order),
        channel="phone",
        category="quality",
        filed_at="2026-03-06T10:00:00Z",
    )


def resolved(number: int, *, sequence: int = 4) -> Incoming:
    return told(
        "complaint.resolved.v1",
        sequence,
        complaint_id=shown("cmp", number),
        resolution="refund",
        resolved_at="2026-03-07T10:00:00Z",
    )


def reopened(number: int, *, sequence: int = 5) -> Incoming:
    return told(
        "complaint.reopened.v1",
        sequence,
        complaint_id=shown("cmp", number),
        reopened_at="2026-03-08T10:00:00Z",
    )


def merged(retired: int, into: int) -> Incoming:
    return told(
        "customer.merged.v1",
        1,
        retired_id=show_global_id(customer(retired)),
        survivor_id=show_global_id(customer(into)),
        source_record_ids=[shown("src", retired)],
        merged_at="2026-03-09T10:00:00Z",
    )


async def tell(database: Database, *events: Incoming, now: datetime = NOW) -> None:
    """Apply events together, in one transaction."""
    async with unit_of_work(database) as tx:
        everything = together(READERS[event.type](event) for event in events)
        await record_facts(tx, everything, now=now)
