"""Reading relationships: one, a customer's from either side, or all that lead to one end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.domain.owners import ToldOf, Whom
from customer.domain.relationships import (
    OtherEnd,
    Relationship,
    RelationshipType,
    RelationshipUnknown,
    advisors_now,
)
from customer.store import relationships as store
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from chassis.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class RelationshipView:
    """A relationship, and whether it is in force today."""

    relationship: Relationship
    in_force: bool

    @property
    def customer_id(self) -> str:
        """Give whose it is at present."""
        return self.relationship.customer_id

    @property
    def told(self) -> ToldOf:
        """Give of whom it was told."""
        return self.relationship.told


async def read_relationship(database: Database, relationship_id: UUID) -> Relationship:
    """Read a relationship; raises `RelationshipUnknown`."""
    async with snapshot(database) as connection:
        relationship = await store.find_relationship(connection, relationship_id)
    if relationship is None:
        message = "List the customer's relationships for their ids."
        raise RelationshipUnknown(message)
    return relationship


async def list_relationships(
    database: Database,
    customer_id: str,
    *,
    type_: RelationshipType | None,
    before: UUID | None,
    limit: int,
    today: date,
) -> list[RelationshipView]:
    """List a customer's relationships from either side, those told last first.

    Of a brand's and store's sales associates the one who began last is in force. Raises
    `CustomerUnknown`.
    """
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        found = await store.relationships_of(
            connection, owner.customer_id, type_=type_, before=before, limit=limit
        )
        return await _views(connection, found, today)


async def list_related(
    database: Database,
    to: OtherEnd,
    *,
    type_: RelationshipType | None,
    before: UUID | None,
    limit: int,
    today: date,
) -> list[RelationshipView]:
    """List who is related to a company, a household or a sales associate, the last first."""
    async with snapshot(database) as connection:
        found = await store.relationships_to(
            connection, to, type_=type_, before=before, limit=limit
        )
        return await _views(connection, found, today)


async def _views(
    connection: Transaction, found: list[Relationship], today: date
) -> list[RelationshipView]:
    advised = {one.customer_id for one in found if one.type is RelationshipType.ADVISED}
    advice = await store.advice_of(connection, sorted(advised)) if advised else []
    advisors = advisors_now(advice, today)
    return [
        RelationshipView(
            one,
            one.id in advisors if one.type is RelationshipType.ADVISED else one.holds_on(today),
        )
        for one in found
    ]
