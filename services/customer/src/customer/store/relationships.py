"""Relationships as they are kept, read from either side by whose they are now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, delete, insert, or_, select, text, update

from chassis.database import lock
from chassis.ids import IdType
from customer.domain.owners import ToldOf
from customer.domain.relationships import (
    RULES,
    EndKind,
    OtherEnd,
    Relationship,
    RelationshipType,
    Terms,
)
from customer.store.owners import are_owned_by, is_owned_by, present_owner
from customer.store.tables.relations import relationships

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

RELATIONSHIP = IdType("rel")
_COLUMNS = relationships.c
_FROM = present_owner(_COLUMNS.told_customer_id, _COLUMNS.source_record_id)
_TO = present_owner(_COLUMNS.to_customer_id, _COLUMNS.to_record_id)
_ADVICE_READ = 10_000

# All that come before a customer in relationships of the type, whatever ids told them. Upwards,
# because one has few parents and one referrer, but may have thousands of the other kind.
_COMES_AFTER = """
WITH RECURSIVE before (customer_id) AS (
    SELECT CAST(:start AS text) COLLATE "C"
    UNION
    SELECT coalesce(
        (SELECT customer_id FROM source_records WHERE id = r.source_record_id),
        (SELECT survivor_id FROM customer_aliases WHERE retired_id = r.told_customer_id),
        r.told_customer_id)
    FROM before
    CROSS JOIN LATERAL (
        SELECT t.told_customer_id, t.source_record_id
        FROM source_records s JOIN relationships t ON t.to_record_id = s.id
        WHERE s.customer_id = before.customer_id AND t.type = :type
        UNION ALL
        SELECT t.told_customer_id, t.source_record_id
        FROM (
            SELECT before.customer_id AS id
            UNION ALL
            SELECT retired_id FROM customer_aliases WHERE survivor_id = before.customer_id
        ) AS ids JOIN relationships t ON t.to_customer_id = ids.id
        WHERE t.type = :type
    ) AS r
)
SELECT EXISTS (SELECT FROM before WHERE customer_id = :sought)
"""


async def hold_ends(tx: Transaction, new: Relationship) -> None:
    """Let nobody else relate the same two, nor close a circle, until this transaction ends."""
    names = {f"relationships:{new.type}:{end}" for end in (new.customer_id, new.to.present)}
    if RULES[new.type].acyclic:
        names.add(f"relationships:{new.type}")
    await lock(tx, *names)


async def rivals(tx: Transaction, new: Relationship) -> list[Relationship]:
    """Give the relationships of the same type that could make a new one senseless."""
    to = new.to
    if to.kind is EndKind.HOUSEHOLD:
        condition = _COLUMNS.to_household_id == to.household_id
    elif to.kind is EndKind.COMPANY:
        condition = _is_from(new.customer_id) & (_COLUMNS.to_company_id == to.company_id)
    elif to.kind is EndKind.ASSOCIATE:
        condition = _is_from(new.customer_id)
    else:
        assert to.customer_id is not None  # noqa: S101 - the only kind that is left
        condition = _is_to(to.customer_id)
        if RULES[new.type].symmetric:
            condition = or_(condition, _is_from(to.customer_id))
    rows = await tx.execute(_select().where(condition, _COLUMNS.type == new.type))
    return [_relationship(row) for row in rows]


async def would_close_circle(tx: Transaction, new: Relationship) -> bool:
    """Tell whether the one at the end comes, by however many steps, before the one that begins."""
    values = {"start": new.customer_id, "sought": new.to.customer_id, "type": new.type}
    return bool(await tx.scalar(text(_COMES_AFTER), values))


async def insert_relationship(tx: Transaction, relationship: Relationship) -> None:
    """Keep a relationship."""
    await tx.execute(insert(relationships).values(**_row(relationship)))


async def update_relationship(tx: Transaction, relationship: Relationship) -> None:
    """Write a held relationship anew."""
    mine = _COLUMNS.id == relationship.id
    await tx.execute(update(relationships).where(mine).values(**_row(relationship)))


async def delete_relationship(tx: Transaction, relationship_id: UUID) -> None:
    """Forget a relationship."""
    await tx.execute(delete(relationships).where(_COLUMNS.id == relationship_id))


async def find_relationship(
    connection: AsyncConnection, relationship_id: UUID, *, hold: bool = False
) -> Relationship | None:
    """Find a relationship by its id; held, until the transaction ends."""
    query = _select().where(_COLUMNS.id == relationship_id)
    if hold:
        query = query.with_for_update(of=relationships)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _relationship(row)


async def relationships_of(
    connection: AsyncConnection,
    customer_id: str,
    *,
    type_: RelationshipType | None,
    before: UUID | None,
    limit: int,
) -> list[Relationship]:
    """List a customer's relationships from either side, those told last first.

    One whose two ends came to be one customer is left out until they part.
    """
    query = _select().where(
        or_(_is_from(customer_id), _is_to(customer_id)), _TO.is_distinct_from(_FROM)
    )
    return await _page(connection, query, type_=type_, before=before, limit=limit)


async def relationships_from(
    connection: AsyncConnection,
    customer_id: str,
    *,
    type_: RelationshipType,
    before: UUID | None,
    limit: int,
) -> list[Relationship]:
    """List a customer's relationships to others, those told last first."""
    query = _select().where(_is_from(customer_id), _TO.is_distinct_from(_FROM))
    return await _page(connection, query, type_=type_, before=before, limit=limit)


async def relationships_to(
    connection: AsyncConnection,
    to: OtherEnd,
    *,
    type_: RelationshipType | None,
    before: UUID | None,
    limit: int,
) -> list[Relationship]:
    """List who is related to one end, those told last first."""
    query = _select()
    if to.kind is EndKind.COMPANY:
        query = query.where(_COLUMNS.to_company_id == to.company_id)
    elif to.kind is EndKind.HOUSEHOLD:
        query = query.where(_COLUMNS.to_household_id == to.household_id)
    elif to.customer_id is not None:
        query = query.where(_is_to(to.customer_id), _TO.is_distinct_from(_FROM))
    else:
        query = query.where(_COLUMNS.to_associate == to.associate)
    return await _page(connection, query, type_=type_, before=before, limit=limit)


async def advice_of(connection: AsyncConnection, customer_ids: Sequence[str]) -> list[Relationship]:
    """Give all advice that customers have or had, for telling which is in force."""
    theirs = are_owned_by(customer_ids, _COLUMNS.told_customer_id, _COLUMNS.source_record_id)
    query = _select().where(theirs, _COLUMNS.type == RelationshipType.ADVISED)
    rows = await connection.execute(query.order_by(_COLUMNS.id.desc()).limit(_ADVICE_READ))
    return [_relationship(row) for row in rows]


async def _page(
    connection: AsyncConnection,
    query: Select[Any],
    *,
    type_: RelationshipType | None,
    before: UUID | None,
    limit: int,
) -> list[Relationship]:
    query = query.order_by(_COLUMNS.id.desc()).limit(limit)
    if type_ is not None:
        query = query.where(_COLUMNS.type == type_)
    if before is not None:
        query = query.where(_COLUMNS.id < before)
    return [_relationship(row) for row in await connection.execute(query)]


def _select() -> Select[Any]:
    return select(relationships, _FROM.label("customer_id"), _TO.label("to_present_id"))


def _is_from(customer_id: str) -> ColumnElement[bool]:
    return is_owned_by(customer_id, _COLUMNS.told_customer_id, _COLUMNS.source_record_id)


def _is_to(customer_id: str) -> ColumnElement[bool]:
    return is_owned_by(customer_id, _COLUMNS.to_customer_id, _COLUMNS.to_record_id)


def _row(one: Relationship) -> dict[str, Any]:
    to, terms = one.to, one.terms
    return {
        "id": one.id,
        "type": one.type,
        "told_customer_id": one.told.customer_id,
        "source_record_id": one.told.source_record_id,
        "to_customer_id": None if to.told is None else to.told.customer_id,
        "to_record_id": None if to.told is None else to.told.source_record_id,
        "to_company_id": to.company_id,
        "to_household_id": to.household_id,
        "to_associate": to.associate,
        "site": terms.site,
        "brand": terms.brand,
        "store": terms.store,
        "roles": list(terms.roles),
        "since": terms.since,
        "until": terms.until,
        "source": one.source,
        "version": one.version,
        "client_id": one.client_id,
        "actor": one.actor,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _relationship(row: Row[Any]) -> Relationship:
    to = OtherEnd(
        company_id=row.to_company_id,
        household_id=row.to_household_id,
        associate=row.to_associate,
    )
    if to.present is None:
        told = ToldOf(row.to_customer_id, row.to_record_id)
        to = replace(to, told=told, customer_id=row.to_present_id)
    return Relationship(
        id=row.id,
        type=RelationshipType(row.type),
        told=ToldOf(row.told_customer_id, row.source_record_id),
        customer_id=row.customer_id,
        to=to,
        terms=Terms(row.site, row.brand, row.store, tuple(row.roles), row.since, row.until),
        source=row.source,
        version=row.version,
        client_id=row.client_id,
        actor=row.actor,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
