"""Everything that is held of a customer, table by table, for its export (GDPR art. 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.extracts import read_tables, show_ids
from complaints.events import COMPLAINT, ORDER, PARCEL, SOURCE_RECORD

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.extracts import Rows

_STATEMENTS = {
    "complaints": """
        SELECT id AS complaint_id, status, channel, source, external_ref, category, subject, text,
            language, country, store, brand, legal_entity, home_region, order_id, parcel_id,
            incident, customer_id, told_customer_id, source_record_id, team, routing_rule,
            routing_reasons, resolution,
            filed_at, received_at, updated_at
        FROM complaints WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY id""",
    "history_entries": """
        SELECT complaint_id, version, step, status, at, by, text, team, resolution
        FROM history_entries
        WHERE complaint_id IN (
            SELECT id FROM complaints WHERE customer_id = ANY(CAST(:ids AS text[])))
        ORDER BY complaint_id, version""",
    "linked_orders": """
        SELECT order_id, customer_id, source_record_id, linked_at FROM linked_orders
        WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY linked_at, order_id""",
    "customer_aliases": """
        SELECT retired_id, survivor_id, merged_at FROM customer_aliases
        WHERE retired_id = ANY(CAST(:ids AS text[])) ORDER BY merged_at, retired_id""",
}
_SHOW = show_ids(
    {
        "complaint_id": COMPLAINT,
        "order_id": ORDER,
        "parcel_id": PARCEL,
        "source_record_id": SOURCE_RECORD,
    }
)


def extract(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> AsyncGenerator[tuple[str, Rows]]:
    """Read all tables, some rows at a time."""
    return read_tables(connection, _STATEMENTS, {"ids": list(customer_ids)}, show=_SHOW)
