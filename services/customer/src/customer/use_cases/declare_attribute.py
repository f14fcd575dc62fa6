"""Declaring an attribute of a customer, reading what was declared, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.attribute_definitions import AttributeDefinition, AttributeUnknown
from customer.domain.attribute_values import (
    Declaration,
    DeclaredValue,
    ValueUnknown,
    check_declaration,
    in_force,
    read_value,
)
from customer.domain.owners import Whom
from customer.store.attribute_announcements import announce_value
from customer.store.attributes import (
    delete_value,
    find_definition,
    insert_value,
    load_catalogue,
    values_of,
)
from customer.store.holding import decide_once
from customer.store.owners import find_owner, hold_owner

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database, Transaction
    from customer.store.seeing import Eyes


class DeclaringOutcome(StrEnum):
    """What came of a declaration."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AttributeTold:
    """An attribute as a source tells it; `observed_at` is None where the source gives no time."""

    whom: Whom
    name: str
    value: object
    source: str
    purpose: str
    observed_at: datetime | None
    valid_until: datetime | None
    client_id: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class Declared:
    """A value that is kept, whose it is, and whether it came just now."""

    customer_id: str
    definition: AttributeDefinition
    value: DeclaredValue
    outcome: DeclaringOutcome
    in_force: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a customer: the value in force, if any, and its history, latest first."""

    definition: AttributeDefinition
    in_force: DeclaredValue | None
    history: tuple[DeclaredValue, ...]


async def declare_attribute(database: Database, told: AttributeTold, *, now: datetime) -> Declared:
    """Keep a value beside the earlier ones; the one observed last is in force.

    What the same source told already, observed at the same time, or without a time while it is in
    force, is unchanged. Raises `AttributeUnknown`, `ValueNotAllowed`, `PurposeNotAllowed`,
    `ValueNeverInForce`, and what `owner_of` raises.
    """

    async def work(tx: Transaction) -> Declared:
        definition = await find_definition(tx, told.name)
        if definition is None:
            message = "Define the attribute in the catalogue first, or correct its name."
            raise AttributeUnknown(message)
        declaration = Declaration(
            value=read_value(definition, told.value),
            source=told.source,
            purpose=told.purpose,
            observed_at=told.observed_at or now,
            valid_until=told.valid_until,
        )
        check_declaration(definition, declaration)
        owner = await hold_owner(tx, told.whom)
        earlier = await values_of(tx, owner.customer_id, name=told.name)
        value = DeclaredValue(
            id=new_uuid(),
            name=told.name,
            told=owner.told,
            declaration=declaration,
            received_at=now,
            client_id=told.client_id,
            actor=told.actor,
        )
        catalogue = {told.name: definition}
        same = _same(value, earlier, in_force(earlier, catalogue, now), told.observed_at)
        outcome = DeclaringOutcome.UNCHANGED
        if same is None:
            await insert_value(tx, value)
            await announce_value(tx, definition, value, owner.customer_id, withdrawn=False, at=now)
            same, outcome = value, DeclaringOutcome.RECORDED
        latest = in_force([value, *earlier] if same is value else earlier, catalogue, now)
        return Declared(
            owner.customer_id, definition, same, outcome, in_force=latest.get(told.name) == same
        )

    return await decide_once(database, Once(Declared), work)


async def list_attributes(
    database: Database, customer_id: str, eyes: Eyes, *, sensitive: bool, now: datetime
) -> list[Attribute]:
    """List a customer's attributes by name, sensitive ones only for who may see them.

    In force is the latest of the values that the reader may see.

    Raises `CustomerUnknown`.
    """
    async with snapshot(database) as connection:
        owner = await find_owner(connection, Whom(customer_id))
        catalogue = await load_catalogue(connection)
        every = await values_of(connection, owner.customer_id)
        values = await eyes.told(connection, "attributes", every)
    latest = in_force(values, catalogue, now)
    history: dict[str, list[DeclaredValue]] = {}
    for value in values:
        history.setdefault(value.name, []).append(value)
    return [
        Attribute(catalogue[name], latest.get(name), tuple(history[name]))
        for name in sorted(history)
        if sensitive or not catalogue[name].sensitive
    ]


async def withdraw_value(
    database: Database, customer_id: str, name: str, value_id: UUID, *, now: datetime
) -> None:
    """Forget one value of a customer; raises `CustomerUnknown` and `ValueUnknown`."""

    async def work(tx: Transaction) -> None:
        owner = await hold_owner(tx, Whom(customer_id))
        definition = await find_definition(tx, name)
        values = await values_of(tx, owner.customer_id, name=name)
        found = next((value for value in values if value.id == value_id), None)
        if definition is None or found is None:
            message = "List the customer's attributes; the value may have been deleted before."
            raise ValueUnknown(message)
        await delete_value(tx, value_id)
        await announce_value(tx, definition, found, owner.customer_id, withdrawn=True, at=now)

    await decide_once(database, Once(NoneType), work)


def _same(
    value: DeclaredValue,
    earlier: list[DeclaredValue],
    latest: dict[str, DeclaredValue],
    observed_at: datetime | None,
) -> DeclaredValue | None:
    """Find what the same source told already in the same words."""
    candidates = earlier if observed_at is not None else list(latest.values())
    for one in candidates:
        told = value.declaration
        if observed_at is None:
            told = Declaration(
                told.value, told.source, told.purpose, one.declaration.observed_at, told.valid_until
            )
        if one.declaration == told and one.told == value.told:
            return one
    return None
