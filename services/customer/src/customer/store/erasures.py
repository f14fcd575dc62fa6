"""Erasures as tracked jobs: the request, where it stands, and what each part answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, Select, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from customer.domain.erasure import (
    ASKED,
    OPEN,
    UNFINISHED,
    Erasure,
    ErasurePart,
    ErasureReason,
    ErasureRequest,
    ErasureStatus,
    Kept,
    PartAnswer,
)
from customer.store.tables.erasures import erased_customers, erasure_parts, erasures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_KEPT = TypeAdapter(tuple[Kept, ...])
_COUNTS = TypeAdapter(dict[str, int])

Position = tuple["datetime", UUID]
"""Where a page of erasures ended: received at, id."""


async def add_erasure(tx: Transaction, erasure_id: UUID, request: ErasureRequest) -> None:
    """Record that an erasure was requested."""
    values: dict[str, Any] = {
        **asdict(request),
        "id": erasure_id,
        "retired_ids": [],
        "source_record_ids": [],
        "status": ErasureStatus.REQUESTED,
        "version": 0,
    }
    await tx.execute(insert(erasures).values(values))


async def find_erasure(
    connection: AsyncConnection, erasure_id: UUID, *, hold: bool = False
) -> Erasure | None:
    """Find an erasure; with `hold` nobody else changes it until the transaction ends."""
    query = select(erasures).where(erasures.c.id == erasure_id)
    found = await _read(connection, query.with_for_update() if hold else query)
    return found[0] if found else None


async def find_erasures(
    connection: AsyncConnection, erasure_ids: Sequence[UUID]
) -> dict[UUID, Erasure]:
    """Find erasures by their ids."""
    query = select(erasures).where(erasures.c.id.in_(erasure_ids))
    return {erasure.id: erasure for erasure in await _read(connection, query)}


async def find_erasure_of(connection: AsyncConnection, customer_id: str) -> UUID | None:
    """Find the erasure that erased an id, or is about to."""
    erased = select(erased_customers.c.erasure_id).where(
        erased_customers.c.customer_id == customer_id
    )
    if (found := await connection.scalar(erased)) is not None:
        return found
    wanted = select(erasures.c.id).where(
        erasures.c.customer_id == customer_id, erasures.c.status.in_(UNFINISHED)
    )
    return await connection.scalar(wanted.order_by(erasures.c.received_at).limit(1))


async def list_erasures(
    connection: AsyncConnection,
    *,
    status: ErasureStatus | None,
    before: Position | None,
    limit: int,
) -> list[Erasure]:
    """List erasures, those received last first."""
    query = select(erasures)
    if status is not None:
        query = query.where(erasures.c.status == status)
    if before is not None:
        query = query.where(tuple_(erasures.c.received_at, erasures.c.id) < tuple_(*before))
    newest = query.order_by(erasures.c.received_at.desc(), erasures.c.id.desc())
    return await _read(connection, newest.limit(limit))


async def change_erasure(tx: Transaction, erasure_id: UUID, **values: Any) -> None:
    """Write what became of an erasure."""
    await tx.execute(update(erasures).where(erasures.c.id == erasure_id).values(values))


async def put_answer(tx: Transaction, erasure_id: UUID, answer: PartAnswer) -> None:
    """Write a part's answer, or that it is waited for, which replaces no answer."""
    written = upsert(erasure_parts).values(
        erasure_id=erasure_id,
        part=answer.part,
        erased=dict(answer.erased),
        kept=_KEPT.dump_python(answer.kept, mode="json"),
        answered_at=answer.answered_at,
    )
    await tx.execute(
        written.on_conflict_do_update(
            index_elements=["erasure_id", "part"],
            set_={name: written.excluded[name] for name in ("erased", "kept", "answered_at")},
            where=written.excluded.answered_at.is_not(None),
        )
    )


async def wait_for_parts(tx: Transaction, erasure_id: UUID) -> None:
    """Enter the parts that are to answer."""
    for part in ASKED:
        await put_answer(tx, erasure_id, PartAnswer(part, {}, (), None))


async def unfinished_erasures(
    connection: AsyncConnection, *, until: datetime, limit: int
) -> list[UUID]:
    """Name erasures that nobody has finished, though they were requested or begun before."""
    query = (
        select(erasures.c.id)
        .where(
            erasures.c.status.in_(UNFINISHED),
            func.coalesce(erasures.c.begun_at, erasures.c.received_at) < until,
        )
        .order_by(erasures.c.received_at)
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())


async def mark_late(tx: Transaction, *, now: datetime) -> list[UUID]:
    """Mark as late what waits for a part beyond its time; gives the erasures."""
    overdue = (
        update(erasures)
        .where(erasures.c.status == ErasureStatus.WAITING, erasures.c.due_at < now)
        .values(status=ErasureStatus.LATE)
        .returning(erasures.c.id)
    )
    return list((await tx.execute(overdue)).scalars())


async def count_open(connection: AsyncConnection) -> dict[ErasureStatus, int]:
    """Count the erasures that are not complete, by status."""
    query = (
        select(erasures.c.status, func.count().label("many"))
        .where(erasures.c.status.in_((*UNFINISHED, *OPEN)))
        .group_by(erasures.c.status)
    )
    counted = {row.status: row.many for row in await connection.execute(query)}
    return {status: counted.get(status, 0) for status in (*UNFINISHED, *OPEN)}


async def read_receipt(connection: AsyncConnection, erasure_id: UUID) -> dict[str, Any] | None:
    """Read the receipt of an erasure; None while it is not complete."""
    return await connection.scalar(select(erasures.c.receipt).where(erasures.c.id == erasure_id))


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Erasure]:
    rows = (await connection.execute(query)).mappings().all()
    parts = await _parts(connection, [row["id"] for row in rows])
    return [_erasure(row, parts.get(row["id"], [])) for row in rows]


async def _parts(
    connection: AsyncConnection, erasure_ids: Sequence[UUID]
) -> dict[UUID, list[PartAnswer]]:
    found: dict[UUID, list[PartAnswer]] = {}
    query = select(erasure_parts).where(erasure_parts.c.erasure_id.in_(erasure_ids))
    for row in (await connection.execute(query)).mappings():
        answer = PartAnswer(
            part=ErasurePart(row["part"]),
            erased=_COUNTS.validate_python(row["erased"]),
            kept=_KEPT.validate_python(row["kept"]),
            answered_at=row["answered_at"],
        )
        found.setdefault(row["erasure_id"], []).append(answer)
    return found


def _erasure(row: RowMapping, parts: Iterable[PartAnswer]) -> Erasure:
    order = list(ErasurePart)
    return Erasure(
        id=row["id"],
        request=ErasureRequest(
            customer_id=row["customer_id"],
            reason=ErasureReason(row["reason"]),
            requested_at=row["requested_at"],
            requested_by=row["requested_by"],
            reference=row["reference"],
            client_id=row["client_id"],
            received_at=row["received_at"],
        ),
        retired_ids=tuple(row["retired_ids"]),
        source_record_ids=tuple(row["source_record_ids"]),
        status=ErasureStatus(row["status"]),
        version=row["version"],
        begun_at=row["begun_at"],
        erased_at=row["erased_at"],
        due_at=row["due_at"],
        completed_at=row["completed_at"],
        same_as=row["same_as"],
        receipt_hash=row["receipt_hash"],
        parts=tuple(sorted(parts, key=lambda answer: order.index(answer.part))),
    )
