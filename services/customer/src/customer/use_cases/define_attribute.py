"""Defining what customers may declare, and reading the catalogue of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.database import lock, snapshot, unit_of_work
from customer.domain.attribute_definitions import (
    AttributeDefinition,
    AttributeUnknown,
    DefinitionChangedMeanwhile,
    check_change,
    check_definition,
)
from customer.store.attributes import (
    find_definition,
    is_in_use,
    load_catalogue,
    write_definition,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_MEND = "Read the definition again, and send the change with its new ETag."


async def define_attribute(
    database: Database,
    definition: AttributeDefinition,
    *,
    expected: int | None,
    client_id: str,
    actor: str | None,
    now: datetime,
) -> AttributeDefinition:
    """Define an attribute, or replace its definition; the same definition again changes nothing.

    `expected` is the version that the change was made from. Raises `DefinitionNotValid`,
    `SensitiveDataUnmarked`, `AttributeInUse` and `DefinitionChangedMeanwhile`.
    """
    check_definition(definition)
    async with unit_of_work(database) as tx:
        await lock(tx, f"attribute-definition:{definition.name}")
        earlier = await find_definition(tx, definition.name)
        present = 0 if earlier is None else earlier.version
        if expected is not None and expected != present:
            raise DefinitionChangedMeanwhile(_MEND)
        if earlier is not None:
            if replace(definition, version=present) == earlier:
                return earlier
            check_change(earlier, definition, in_use=await is_in_use(tx, definition.name))
        written = replace(definition, version=present + 1)
        await write_definition(tx, written, client_id=client_id, actor=actor, now=now)
        return written


async def list_definitions(database: Database) -> list[AttributeDefinition]:
    """List the catalogue by name."""
    async with snapshot(database) as connection:
        catalogue = await load_catalogue(connection)
    return [catalogue[name] for name in sorted(catalogue)]


async def read_definition(database: Database, name: str) -> AttributeDefinition:
    """Read one definition; raises `AttributeUnknown`."""
    async with snapshot(database) as connection:
        definition = await find_definition(connection, name)
    if definition is None:
        message = "List the catalogue for its names, or define the attribute first."
        raise AttributeUnknown(message)
    return definition
