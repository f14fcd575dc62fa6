"""Who was erased, so that nobody finds them and what is told of them later is nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from chassis.identity.aliases import all_ids_of
from chassis.identity.erasure import CustomerErased
from chassis.identity.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure

_CUSTOMERS = TABLES.erased_customers
_RECORDS = TABLES.erased_records


async def entomb(tx: Transaction, erasure: Erasure) -> None:
    """Remember whose ids and source records are erased, so that later facts are known."""
    ids = [{"customer_id": each, "erased_at": erasure.erased_at} for each in erasure.customer_ids]
    await tx.execute(insert(_CUSTOMERS).on_conflict_do_nothing(), ids)
    records = [
        {"source_record_id": each, "erased_at": erasure.erased_at}
        for each in erasure.source_record_ids
    ]
    if records:
        await tx.execute(insert(_RECORDS).on_conflict_do_nothing(), records)


async def is_erased(
    connection: AsyncConnection, customer_id: str | None, source_record_id: UUID | None
) -> bool:
    """Tell whether a fact told so is an erased customer's; its source record comes first."""
    if source_record_id is not None:
        found = exists().where(_RECORDS.c.source_record_id == source_record_id)
    else:
        found = exists().where(_CUSTOMERS.c.customer_id == customer_id)
    return bool(await connection.scalar(select(found)))


async def refuse_erased(connection: AsyncConnection, customer_ids: Collection[str]) -> None:
    """Raise `CustomerErased` when one of the ids is an erased customer's."""
    found = await connection.scalar(
        select(_CUSTOMERS.c.erased_at).where(_CUSTOMERS.c.customer_id.in_(customer_ids)).limit(1)
    )
    if found is not None:
        raise CustomerErased(
            f"The customer was erased at {found.isoformat()}. Forget the id: it never comes back."
        )


async def living_ids_of(connection: AsyncConnection, customer_id: str) -> Sequence[str]:
    """Give all ids of a customer, the present one first; raises `CustomerErased`."""
    ids = await all_ids_of(connection, customer_id)
    await refuse_erased(connection, [customer_id, *ids])
    return ids
