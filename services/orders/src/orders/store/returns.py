"""Returns in the database: stored under their reference, announced once their customer is known."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from orders.domain.placing import Channel
from orders.domain.taking_back import Return, ReturnedLine, ReturnNotFound
from orders.store.aliases import present_customer_id
from orders.store.identity_tables import customer_aliases
from orders.store.tables import return_lines, returns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from orders.domain.references import Request


async def insert_return(tx: Transaction, new: Return, request: Request) -> bool:
    """Store a return with its lines; gives False when its source used the reference before."""
    statement = (
        insert(returns)
        .values(
            id=new.id,
            source=new.source,
            external_ref=new.external_ref,
            body_hash=request.body_hash,
            client_id=request.client_id,
            order_id=new.order_id,
            customer_id=new.customer_id,
            told_customer_id=new.told_customer_id,
            source_record_id=new.source_record_id,
            erased_at=new.erased_at,
            channel=new.channel,
            store=new.store,
            country=new.country,
            brand=new.brand,
            legal_entity=new.legal_entity,
            home_region=new.home_region,
            currency=new.currency,
            refund_minor=new.refund_minor,
            returned_at=new.returned_at,
            time_zone=new.time_zone,
            returned_on=new.returned_on,
            received_at=new.received_at,
            reason=new.reason,
        )
        .on_conflict_do_nothing(index_elements=["source", "external_ref"])
        .returning(returns.c.id)
    )
    if await tx.scalar(statement) is None:
        return False
    rows = [
        {
            "return_id": new.id,
            "line_no": line.line_no,
            "order_line_no": line.order_line_no,
            "sku": line.sku,
            "quantity": line.quantity,
            "refund_minor": line.refund_minor,
        }
        for line in new.lines
    ]
    await tx.execute(return_lines.insert(), rows)
    return True


async def returned_of(connection: AsyncConnection, order_id: UUID) -> int:
    """Give what the goods that came back of an order are worth by now, in minor units."""
    refunds = func.coalesce(func.sum(returns.c.refund_minor), 0)
    found = await connection.scalar(select(refunds).where(returns.c.order_id == order_id))
    return int(found or 0)


async def lock_return(tx: Transaction, return_id: UUID) -> None:
    """Let nobody else exchange the return until this transaction ends."""
    await tx.execute(select(returns.c.id).where(returns.c.id == return_id).with_for_update())


async def load_return(connection: AsyncConnection, return_id: UUID) -> Return:
    """Give a return; raises `ReturnNotFound`."""
    found = await _load(connection, returns.c.id == return_id)
    if not found:
        raise ReturnNotFound
    return found[0]


async def first_return(
    tx: Transaction, source: str, external_ref: str
) -> tuple[bytes, Return] | None:
    """Give the body hash of the first request under a reference, and its return."""
    place = (returns.c.source == source) & (returns.c.external_ref == external_ref)
    found = await _load(tx, place)
    if not found:
        return None
    body_hash = await tx.scalar(select(returns.c.body_hash).where(place))
    return (body_hash or b"", found[0])


async def unannounced_returns(
    tx: Transaction, *, order_id: UUID | None = None, return_id: UUID | None = None
) -> list[Return]:
    """Give those returns, of an order or one by itself, that wait for their customer."""
    which = returns.c.order_id == order_id if order_id else returns.c.id == return_id
    return await _load(tx, which & returns.c.announced_at.is_(None))


async def set_announced(tx: Transaction, told: Return, *, at: datetime) -> None:
    """Store whose a return is, and that it has been told."""
    await tx.execute(
        update(returns)
        .where(returns.c.id == told.id)
        .values(
            customer_id=told.customer_id,
            told_customer_id=told.told_customer_id,
            source_record_id=told.source_record_id,
            announced_at=at,
        )
    )


async def _load(connection: AsyncConnection, which: ColumnElement[bool]) -> list[Return]:
    alias = customer_aliases.c.retired_id == returns.c.customer_id
    statement = (
        select(returns, present_customer_id(returns).label("present_customer_id"))
        .select_from(returns.outerjoin(customer_aliases, alias))
        .where(which)
        .order_by(returns.c.id)
    )
    rows = (await connection.execute(statement)).all()
    lines = await _lines_of(connection, [row.id for row in rows])
    return [_return(row, tuple(lines[row.id])) for row in rows]


async def _lines_of(
    connection: AsyncConnection, ids: Sequence[UUID]
) -> Mapping[UUID, list[ReturnedLine]]:
    found: defaultdict[UUID, list[ReturnedLine]] = defaultdict(list)
    if not ids:
        return found
    statement = (
        select(return_lines)
        .where(return_lines.c.return_id.in_(ids))
        .order_by(return_lines.c.return_id, return_lines.c.line_no)
    )
    for row in await connection.execute(statement):
        found[row.return_id].append(
            ReturnedLine(
                line_no=row.line_no,
                order_line_no=row.order_line_no,
                sku=row.sku,
                quantity=row.quantity,
                refund_minor=row.refund_minor,
            )
        )
    return found


def _return(row: Row[Any], lines: tuple[ReturnedLine, ...]) -> Return:
    return Return(
        id=row.id,
        source=row.source,
        external_ref=row.external_ref,
        order_id=row.order_id,
        customer_id=row.present_customer_id,
        told_customer_id=row.told_customer_id,
        source_record_id=row.source_record_id,
        erased_at=row.erased_at,
        channel=Channel(row.channel),
        store=row.store,
        country=row.country,
        brand=row.brand,
        legal_entity=row.legal_entity,
        home_region=row.home_region,
        currency=row.currency,
        refund_minor=row.refund_minor,
        returned_at=row.returned_at,
        time_zone=row.time_zone,
        returned_on=row.returned_on,
        received_at=row.received_at,
        reason=row.reason,
        lines=lines,
    )
