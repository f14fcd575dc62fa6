"""Platforms' deliveries in the database: kept, leased for reading, noted as read, listed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.purview import Purview
from orders.domain.platform_orders import Delivery, DeliveryNotFound, Problem, Shop, Step
from orders.store.tables import order_references, orders, platform_deliveries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.purview import Regions

_LEASE_SECONDS = 60
_TABLE = platform_deliveries.c
_NAMES = (
    *("id", "platform", "source", "received_at", "delivery_id", "topic", "read_at"),
    *("placed", "known", "order_ids", "problems"),
)
_HOME = _TABLE.shop["home_region"].astext
_SHOWN: tuple[ColumnElement[Any], ...] = (*(_TABLE[name] for name in _NAMES), _HOME)
_HAS_PROBLEMS = text("problems <> '[]'::jsonb")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDelivery:
    """A delivery that is to be read: for which shop, by whom, and how far that client sees."""

    id: UUID
    platform: str
    payload: bytes
    shop: Shop
    client_id: str
    purview: Purview
    received_at: datetime


async def keep_delivery(
    tx: Transaction,
    delivery: Delivery,
    *,
    shop: Shop,
    body_hash: bytes,
    payload: bytes,
    client_id: str,
    purview: Purview,
) -> Delivery | None:
    """Keep what a platform sent; gives the earlier one where the shop sent the same body before.

    A delivery's own id is no proof: WooCommerce gives one id to all that it sends in one second.
    """
    statement = (
        insert(platform_deliveries)
        .values(
            id=delivery.id,
            platform=delivery.platform,
            source=delivery.source,
            delivery_id=delivery.delivery_id,
            topic=delivery.topic,
            body_hash=body_hash,
            payload=payload,
            shop=shop.document(),
            client_id=client_id,
            purview=purview.document(),
            received_at=delivery.received_at,
            order_ids=[],
            problems=[],
        )
        .on_conflict_do_nothing()
        .returning(_TABLE.id)
    )
    if await tx.scalar(statement) is not None:
        return None
    same = select(*_SHOWN).where(
        _TABLE.platform == delivery.platform,
        _TABLE.source == delivery.source,
        _TABLE.body_hash == body_hash,
    )
    return _delivery((await tx.execute(same)).one())


async def load_delivery(connection: AsyncConnection, identity: UUID) -> Delivery:
    """Give what became of a delivery; raises `DeliveryNotFound`."""
    row = (await connection.execute(select(*_SHOWN).where(_TABLE.id == identity))).one_or_none()
    if row is None:
        raise DeliveryNotFound
    return _delivery(row)


async def list_deliveries(
    connection: AsyncConnection,
    *,
    with_problems: bool,
    regions: Regions,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Delivery]:
    """Give deliveries, the latest first: all, or those of which something was not applied."""
    statement = select(*_SHOWN).order_by(_TABLE.received_at.desc(), _TABLE.id.desc()).limit(limit)
    if with_problems:
        statement = statement.where(_HAS_PROBLEMS)
    if not regions.are_all:
        named = _HOME.in_(regions.named)
        statement = statement.where(~named if regions.all_but else named)
    if before is not None:
        statement = statement.where(tuple_(_TABLE.received_at, _TABLE.id) < tuple_(*before))
    return [_delivery(row) for row in await connection.execute(statement)]


async def wish_read_again(tx: Transaction, identity: UUID) -> bool:
    """Have a delivery read again; False where its payload is kept no longer."""
    statement = (
        update(platform_deliveries)
        .where(_TABLE.id == identity, _TABLE.payload.is_not(None))
        .values(read_at=None, leased_until=None)
    )
    return (await tx.execute(statement)).rowcount == 1


async def lease_deliveries(tx: Transaction, *, limit: int) -> list[WaitingDelivery]:
    """Take deliveries to read, those that came first; nobody else does for a minute."""
    due = (
        select(_TABLE.id)
        .where(
            _TABLE.read_at.is_(None),
            or_(_TABLE.leased_until.is_(None), _TABLE.leased_until < func.now()),
        )
        .order_by(_TABLE.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(platform_deliveries)
        .where(_TABLE.id.in_(due))
        .values(leased_until=func.now() + text(f"interval '{_LEASE_SECONDS} seconds'"))
        .returning(
            _TABLE.id,
            _TABLE.platform,
            _TABLE.payload,
            _TABLE.shop,
            _TABLE.client_id,
            _TABLE.purview,
            _TABLE.received_at,
        )
    )
    rows = sorted(await tx.execute(statement), key=lambda row: row.received_at)
    return [
        WaitingDelivery(
            id=row.id,
            platform=row.platform,
            payload=row.payload or b"",
            shop=Shop.of_document(row.shop),
            client_id=row.client_id,
            purview=Purview.of_document(row.purview),
            received_at=row.received_at,
        )
        for row in rows
    ]


async def order_ids_of(
    connection: AsyncConnection, source: str, external_refs: Sequence[str]
) -> dict[str, UUID]:
    """Give the orders of a source by those of the references that are known."""
    named = order_references.c
    statement = select(named.external_ref, named.order_id).where(
        named.source == source, named.external_ref.in_(external_refs)
    )
    return {row.external_ref: row.order_id for row in await connection.execute(statement)}


async def note_delivery_read(tx: Transaction, read: Delivery) -> None:
    """Note what became of a delivery; of an erased order no payload stays behind."""
    of_erased = exists().where(orders.c.id.in_(read.order_ids), orders.c.erased_at.is_not(None))
    is_erased = bool(await tx.scalar(select(of_erased)))
    values: dict[str, Any] = {
        "read_at": read.read_at,
        "placed": read.placed,
        "known": read.known,
        "order_ids": list(read.order_ids),
        "problems": [asdict(problem) for problem in read.problems],
    }
    if is_erased:
        values["payload"] = None
    await tx.execute(update(platform_deliveries).where(_TABLE.id == read.id).values(values))


async def empty_deliveries(tx: Transaction, *, read_before: datetime) -> int:
    """Delete the payloads of deliveries that were read long ago; gives their number."""
    statement = (
        update(platform_deliveries)
        .where(_TABLE.read_at < read_before, _TABLE.payload.is_not(None))
        .values(payload=None)
    )
    return (await tx.execute(statement)).rowcount


def _delivery(row: Sequence[Any]) -> Delivery:
    told: dict[str, Any] = dict(zip((*_NAMES, "home_region"), row, strict=True))
    told["order_ids"] = tuple(told["order_ids"])
    told["problems"] = tuple(
        Problem(**{**problem, "step": Step(problem["step"])}) for problem in told["problems"]
    )
    return Delivery(**told)
