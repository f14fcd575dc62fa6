"""Everything that is held of a customer, table by table, for its export (GDPR art. 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.extracts import read_tables, show_ids
from chassis.ids import IdType
from segmentation.events import PROFILE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.extracts import Rows

_STATEMENTS = {
    "profiles": """
        SELECT profile_id, customer_id, first_purchase_on, last_purchase_on, frequency,
            open_complaints, recency_score, frequency_score, monetary_score, segment, updated_at
        FROM profiles WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY customer_id""",
    "spendings": """
        SELECT profile_id, currency, ordered_minor, cancelled_minor, returned_minor
        FROM spendings JOIN profiles USING (profile_id)
        WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY profile_id, currency""",
    "memberships": """
        SELECT membership_id, profile_id, memberships.segment, entered_at, left_at
        FROM memberships JOIN profiles USING (profile_id)
        WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY profile_id, entered_at""",
    "order_facts": """
        SELECT order_id, customer_id, told_customer_id, source_record_id, brand, country, currency,
            total_minor, placed_at, placed_on, cancelled_minor, cancelled_at, amended_total_minor
        FROM order_facts WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY order_id""",
    "return_facts": """
        SELECT return_id, order_id, customer_id, told_customer_id, source_record_id, currency,
            refund_minor, returned_at
        FROM return_facts WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY return_id""",
    "complaint_facts": """
        SELECT complaint_id, order_id, customer_id, told_customer_id, source_record_id, filed_at,
            is_open
        FROM complaint_facts WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY complaint_id""",
    "attribute_facts": """
        SELECT value_id, customer_id, told_customer_id, source_record_id, attribute, purpose, value,
            observed_at, valid_until, told_at
        FROM attribute_facts WHERE customer_id = ANY(CAST(:ids AS text[])) AND NOT is_withdrawn
        ORDER BY value_id""",
    "interaction_facts": """
        SELECT interaction_id, customer_id, told_customer_id, source_record_id, channel, begun_by,
            at, answered_at
        FROM interaction_facts WHERE customer_id = ANY(CAST(:ids AS text[]))
        ORDER BY interaction_id""",
    "customer_aliases": """
        SELECT retired_id, survivor_id, merged_at FROM customer_aliases
        WHERE retired_id = ANY(CAST(:ids AS text[])) ORDER BY merged_at, retired_id""",
}
_SHOW = show_ids(
    {
        "profile_id": PROFILE,
        "membership_id": IdType("mbr"),
        "order_id": IdType("ord"),
        "return_id": IdType("ret"),
        "complaint_id": IdType("cmp"),
        "value_id": IdType("atv"),
        "interaction_id": IdType("int"),
        "source_record_id": IdType("src"),
    }
)


def extract(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> AsyncGenerator[tuple[str, Rows]]:
    """Read all tables, some rows at a time."""
    return read_tables(connection, _STATEMENTS, {"ids": list(customer_ids)}, show=_SHOW)
