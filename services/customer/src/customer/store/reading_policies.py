"""The reading policy as it is kept: clients' regions, transfer bases, and access by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from customer.domain.reading_policies import (
    Access,
    FieldPolicy,
    Reach,
    Reader,
    ReadingPolicies,
    RegionPolicy,
    TransferBasis,
)
from customer.store.tables.consents import client_regions, field_policies, region_policies

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def load_policies(connection: AsyncConnection) -> ReadingPolicies:
    """Read all that is laid down."""
    readers = {
        row.client_id: Reader(row.region, row.role)
        for row in await connection.execute(select(client_regions))
    }
    regions = {
        (row.home_region, row.reader_region): RegionPolicy(
            TransferBasis(row.basis), row.reference, row.valid_until
        )
        for row in await connection.execute(select(region_policies))
    }
    fields: dict[tuple[str, str, Reach], dict[str, Access]] = {}
    for row in await connection.execute(select(field_policies)):
        policy = fields.setdefault((row.role, row.home_region, Reach(row.reach)), {})
        policy[row.field] = Access(row.access)
    return ReadingPolicies(readers, regions, fields)


async def write_reader(tx: Transaction, client_id: str, reader: Reader, *, now: datetime) -> None:
    """Say from where and in which role a client reads."""
    query = insert(client_regions).values(
        client_id=client_id, region=reader.region, role=reader.role, updated_at=now
    )
    await tx.execute(
        query.on_conflict_do_update(
            index_elements=["client_id"],
            set_={"region": reader.region, "role": reader.role, "updated_at": now},
        )
    )


async def delete_reader(tx: Transaction, client_id: str) -> bool:
    """Give a client back to the whole house; tells whether it was a region's."""
    result = await tx.execute(delete(client_regions).where(client_regions.c.client_id == client_id))
    return result.rowcount > 0


async def write_region_policy(
    tx: Transaction, home_region: str, reader_region: str, policy: RegionPolicy, *, now: datetime
) -> None:
    """Name the ground on which one region reads another."""
    laid_down = {
        "basis": policy.basis,
        "reference": policy.reference,
        "valid_until": policy.valid_until,
        "updated_at": now,
    }
    query = insert(region_policies).values(
        home_region=home_region, reader_region=reader_region, **laid_down
    )
    await tx.execute(
        query.on_conflict_do_update(index_elements=["home_region", "reader_region"], set_=laid_down)
    )


async def delete_region_policy(tx: Transaction, home_region: str, reader_region: str) -> bool:
    """Take a ground back; tells whether there was one."""
    result = await tx.execute(
        delete(region_policies).where(
            region_policies.c.home_region == home_region,
            region_policies.c.reader_region == reader_region,
        )
    )
    return result.rowcount > 0


async def write_field_policy(
    tx: Transaction,
    place: tuple[str, str, Reach],
    fields: FieldPolicy,
    *,
    now: datetime,
) -> None:
    """Lay down what a role sees of a home region's customers, field by field."""
    await delete_field_policy(tx, place)
    role, home_region, reach = place
    rows = [
        {
            "role": role,
            "home_region": home_region,
            "reach": reach,
            "field": name,
            "access": access,
            "updated_at": now,
        }
        for name, access in fields.items()
    ]
    await tx.execute(field_policies.insert(), rows)


async def delete_field_policy(tx: Transaction, place: tuple[str, str, Reach]) -> bool:
    """Take back what was laid down of fields; tells whether there was anything."""
    role, home_region, reach = place
    result = await tx.execute(
        delete(field_policies).where(
            field_policies.c.role == role,
            field_policies.c.home_region == home_region,
            field_policies.c.reach == reach,
        )
    )
    return result.rowcount > 0
