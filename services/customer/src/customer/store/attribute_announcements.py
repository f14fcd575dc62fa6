"""Telling the world that a customer's attribute was declared, or a value of it taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.global_ids import show_global_id
from chassis.outbox import announce
from customer.domain.attribute_values import is_shared
from customer.events import CustomerAttributeChanged
from customer.store.owners import next_version

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction
    from customer.domain.attribute_definitions import AttributeDefinition
    from customer.domain.attribute_values import DeclaredValue


async def announce_value(
    tx: Transaction,
    definition: AttributeDefinition,
    value: DeclaredValue,
    customer_id: str,
    *,
    withdrawn: bool,
    at: datetime,
) -> None:
    """Announce a value of a held customer: of sensitive attributes nothing, of texts no value."""
    if definition.sensitive:
        return
    told = value.declaration
    event = CustomerAttributeChanged(
        customer_id=customer_id,
        attribute=value.name,
        value_id=value.id,
        value=told.value if is_shared(definition) and not withdrawn else None,
        withdrawn=withdrawn,
        source_record_id=value.told.source_record_id,
        told_customer_id=value.told.customer_id,
        purpose=told.purpose,
        observed_at=told.observed_at,
        valid_until=told.valid_until,
        changed_at=at,
        attribute_type=definition.type,
        choices=list(definition.choices),
        yearly=definition.yearly,
    )
    sequence = await next_version(tx, customer_id)
    await announce(tx, event, key=show_global_id(customer_id), sequence=sequence, at=at)
