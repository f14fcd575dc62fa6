"""Requests that came again: their first answers, and for review those that brought another body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from chassis.at_home import at_home_in
from chassis.ids import new_uuid
from orders.domain.commercial import initial
from orders.domain.placing import HOUSE, CustomerState, Receipt
from orders.domain.references import Fact, ReusedReference
from orders.store.tables import order_references, orders, reused_references

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions
    from orders.domain.references import Request

_PERSONAL = frozenset({"customer", "contact"})

Reference = tuple[str, str]
"""(source, external_ref)."""


async def first_answers(
    tx: Transaction, references: Collection[Reference]
) -> Mapping[Reference, tuple[bytes, Receipt | None]]:
    """Give for each used reference the first request's body hash, and what it was answered.

    There is no answer where the order was put away with its year.
    """
    place = tuple_(order_references.c.source, order_references.c.external_ref)
    statement = (
        select(
            order_references,
            orders.c.currency,
            orders.c.total_minor,
            orders.c.placed_at,
            orders.c.time_zone,
            orders.c.placed_on,
            orders.c.received_at,
            orders.c.clock_skew_seconds,
            orders.c.taken_away,
            orders.c.confirmed_at,
            orders.c.erased_at,
        )
        .outerjoin_from(order_references, orders, orders.c.id == order_references.c.order_id)
        .where(place.in_(references))
    )
    return {
        (row.source, row.external_ref): (
            row.body_hash,
            None if row.placed_at is None else _receipt(row),
        )
        for row in await tx.execute(statement)
    }


async def keep_for_review(
    tx: Transaction, *, kind: Fact, reference: Reference, first_id: UUID, request: Request
) -> None:
    """Keep what came under a used reference, without who bought; a repetition is counted."""
    source, external_ref = reference
    body = {
        name: value for name, value in orjson.loads(request.body).items() if name not in _PERSONAL
    }
    for line in body["lines"]:
        line.pop("made_to_measure", None)
    statement = insert(reused_references).values(
        id=new_uuid(),
        kind=kind,
        source=source,
        external_ref=external_ref,
        body_hash=request.body_hash,
        first_id=first_id,
        client_id=request.client_id,
        body=body,
        times=1,
        first_received_at=request.received_at,
        last_received_at=request.received_at,
    )
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "source", "external_ref", "body_hash"],
            set_={
                "times": reused_references.c.times + 1,
                "last_received_at": request.received_at,
            },
        )
    )


async def latest_reuses(
    connection: AsyncConnection,
    *,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ReusedReference]:
    """Give what is kept for review, the latest first, from a place in that list."""
    home_region = reused_references.c.body["home_region"].astext
    statement = (
        select(reused_references)
        .where(at_home_in(func.coalesce(home_region, HOUSE), regions))
        .order_by(reused_references.c.first_received_at.desc(), reused_references.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        place = tuple_(reused_references.c.first_received_at, reused_references.c.id)
        statement = statement.where(place < tuple_(*before))
    return [_reuse(row) for row in await connection.execute(statement)]


def _receipt(row: Row[Any]) -> Receipt:
    if row.erased_at is not None:
        customer = CustomerState.ERASED
    elif row.customer_is_pending:
        customer = CustomerState.PENDING
    else:
        customer = CustomerState.LINKED if row.customer_id else CustomerState.ANONYMOUS
    return Receipt(
        order_id=row.order_id,
        source=row.source,
        external_ref=row.external_ref,
        commercial=initial(
            taken_away=row.taken_away, confirmed=row.confirmed_at == row.received_at
        ),
        customer=customer,
        customer_id=row.customer_id,
        source_record_id=row.source_record_id,
        currency=row.currency,
        total_minor=row.total_minor,
        placed_at=row.placed_at,
        time_zone=row.time_zone,
        placed_on=row.placed_on,
        received_at=row.received_at,
        clock_skew_seconds=row.clock_skew_seconds,
        is_replayed=True,
    )


def _reuse(row: Row[Any]) -> ReusedReference:
    return ReusedReference(
        id=row.id,
        kind=Fact(row.kind),
        source=row.source,
        external_ref=row.external_ref,
        first_id=row.first_id,
        client_id=row.client_id,
        body=row.body,
        times=row.times,
        first_received_at=row.first_received_at,
        last_received_at=row.last_received_at,
    )
