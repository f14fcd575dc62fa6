"""The catalogue of attributes, and the values that customers declared."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, delete, exists, insert, select

from customer.domain.attribute_definitions import AttributeDefinition
from customer.domain.attribute_values import Declaration, DeclaredValue
from customer.domain.owners import ToldOf
from customer.domain.standard_attributes import STANDARD
from customer.store.owners import is_owned_by
from customer.store.tables.attributes import attribute_definitions, attribute_values

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_DEFINITION = TypeAdapter(AttributeDefinition)
VALUES_READ = 2000
"""So many of a customer's values are read: their whole history, save of who declares for sport."""


async def load_catalogue(connection: AsyncConnection) -> dict[str, AttributeDefinition]:
    """Give every definition by name: those shipped, unless the house replaced them, and its own."""
    rows = await connection.execute(select(attribute_definitions.c.definition))
    own = [_DEFINITION.validate_python(definition) for definition in rows.scalars()]
    return STANDARD | {definition.name: definition for definition in own}


async def find_definition(connection: AsyncConnection, name: str) -> AttributeDefinition | None:
    """Find one definition by its name."""
    query = select(attribute_definitions.c.definition).where(attribute_definitions.c.name == name)
    own = await connection.scalar(query)
    return STANDARD.get(name) if own is None else _DEFINITION.validate_python(own)


async def write_definition(
    tx: Transaction,
    definition: AttributeDefinition,
    *,
    client_id: str,
    actor: str | None,
    now: datetime,
) -> None:
    """Replace a definition; the caller holds its lock."""
    name = definition.name
    await tx.execute(delete(attribute_definitions).where(attribute_definitions.c.name == name))
    await tx.execute(
        insert(attribute_definitions).values(
            name=name,
            type=definition.type,
            sensitive=definition.sensitive,
            definition=asdict(definition),
            version=definition.version,
            client_id=client_id,
            actor=actor,
            updated_at=now,
        )
    )


async def is_in_use(connection: AsyncConnection, name: str) -> bool:
    """Tell whether any customer has a value of the attribute."""
    used = exists().where(attribute_values.c.name == name)
    return bool(await connection.scalar(select(used)))


async def values_of(
    connection: AsyncConnection, customer_id: str, *, name: str | None = None
) -> list[DeclaredValue]:
    """Give a customer's values, those observed last first; of one attribute, or of all."""
    values = attribute_values.c
    query = (
        select(attribute_values)
        .where(is_owned_by(customer_id, values.told_customer_id, values.source_record_id))
        .order_by(values.observed_at.desc(), values.received_at.desc(), values.id.desc())
        .limit(VALUES_READ)
    )
    if name is not None:
        query = query.where(values.name == name)
    return [_value(row) for row in (await connection.execute(query)).mappings()]


async def insert_value(tx: Transaction, value: DeclaredValue) -> None:
    """Keep a value beside those that were declared before."""
    told = value.declaration
    await tx.execute(
        insert(attribute_values).values(
            id=value.id,
            name=value.name,
            told_customer_id=value.told.customer_id,
            source_record_id=value.told.source_record_id,
            value=told.value,
            source=told.source,
            purpose=told.purpose,
            observed_at=told.observed_at,
            valid_until=told.valid_until,
            received_at=value.received_at,
            client_id=value.client_id,
            actor=value.actor,
        )
    )


async def delete_value(tx: Transaction, value_id: UUID) -> None:
    """Forget a value."""
    await tx.execute(delete(attribute_values).where(attribute_values.c.id == value_id))


def _value(row: RowMapping) -> DeclaredValue:
    kept: dict[str, Any] = dict(row)
    return DeclaredValue(
        id=kept["id"],
        name=kept["name"],
        told=ToldOf(kept["told_customer_id"], kept["source_record_id"]),
        declaration=Declaration(
            value=kept["value"],
            source=kept["source"],
            purpose=kept["purpose"],
            observed_at=kept["observed_at"],
            valid_until=kept["valid_until"],
        ),
        received_at=kept["received_at"],
        client_id=kept["client_id"],
        actor=kept["actor"],
    )
