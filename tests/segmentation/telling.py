"""What other services tell, as it comes off the bus; things and people are called by number."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from chassis.database import Database, unit_of_work
from chassis.events import Incoming
from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import IdType
from segmentation.domain.rules import Condition, Rule
from segmentation.domain.told import together
from segmentation.domain.written_segments import SegmentText
from segmentation.jobs.rules import find_members
from segmentation.use_cases.record_facts import record_facts
from segmentation.use_cases.write_segment import From, Written, write_segment
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
    topic = "customers" if type_.startswith(("customer.", "interaction.")) else "orders"
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


def amended(order: int, total_minor: int, *, currency: str = "EUR", sequence: int = 5) -> Incoming:
    return told(
        "order.amended.v1",
        sequence,
        order_id=shown("ord", order),
        amended_at="2026-03-01T09:40:00Z",
        reason="out-of-stock",
        currency=currency,
        total_minor=total_minor,
        added=[],
        called_off=[],
    )


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


def declared(
    number: int,
    by: int | None,
    attribute: str = "children",
    value: Any = 2,
    *,
    type_: str = "number",
    choices: Sequence[str] = (),
    yearly: bool = False,
    purpose: str = "marketing",
    at: datetime = NOW - timedelta(days=1),
    until: datetime | None = None,
    withdrawn: bool = False,
) -> Incoming:
    """Tell that a customer declared a value, the number-th, or took it back."""
    return told(
        "customer.attribute-changed.v1",
        1,
        **_owner(by),
        attribute=attribute,
        value_id=shown("atv", number),
        value=None if withdrawn else value,
        withdrawn=withdrawn,
        told_customer_id=None,
        purpose=purpose,
        observed_at=at.isoformat(),
        valid_until=None if until is None else until.isoformat(),
        changed_at=at.isoformat(),
        attribute_type=type_,
        choices=list(choices),
        yearly=yearly,
    )


def touched(
    number: int,
    by: int | None,
    *,
    channel: str = "e-mail",
    begun_by: str = "customer",
    at: datetime = NOW - timedelta(days=1),
    answered_at: datetime | None = None,
) -> Incoming:
    """Tell that a customer and the house were in touch."""
    return told(
        "interaction.recorded.v1",
        1 if answered_at is None else 2,
        **_owner(by),
        interaction_id=shown("int", number),
        told_customer_id=None,
        channel=channel,
        begun_by=begun_by,
        at=at.isoformat(),
        answered_at=None if answered_at is None else answered_at.isoformat(),
        received_at=at.isoformat(),
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


async def write(
    database: Database, slug: str, *conditions: Condition, now: datetime = NOW, **parts: Any
) -> Written:
    """Write a segment for marketing and find its members."""
    rule = Rule(all=conditions, **parts)
    text = SegmentText(slug.title(), "For a test.", "marketing", rule)
    made_from = From(version=None, any_will_do=True)
    written = await write_segment(database, slug, text, made_from=made_from, now=now)
    await find_members(database, now=now)
    return written
