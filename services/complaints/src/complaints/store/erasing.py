"""Erasing what is personal of complaints: whose they were, and all that was written on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from complaints.domain.erasure import ERASED_TEXT

if TYPE_CHECKING:
    from collections.abc import Collection

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure

_COMPLAINTS = text(
    """
    UPDATE complaints SET customer_id = NULL, told_customer_id = NULL, source_record_id = NULL,
        subject = :erased, text = :erased, erased_at = :at,
        routing_reasons = (
            SELECT coalesce(array_agg(reason ORDER BY place), '{}')
            FROM unnest(routing_reasons) WITH ORDINALITY AS told (reason, place)
            WHERE reason NOT LIKE 'the subject contains %'
        )
    WHERE source_record_id = ANY(CAST(:records AS uuid[]))
        OR (source_record_id IS NULL
            AND coalesce(told_customer_id, customer_id) = ANY(CAST(:ids AS text[]))
            AND customer_id = ANY(CAST(:present AS text[])))
    RETURNING id
    """
)
"""A complaint that came by a source record is its customer's; any other is whose id was told."""

_MESSAGES = text(
    """
    UPDATE history_entries SET text = NULL
    WHERE complaint_id = ANY(CAST(:complaints AS uuid[])) AND text IS NOT NULL
    """
)
_LINKED_ORDERS = text(
    """
    DELETE FROM linked_orders
    WHERE source_record_id = ANY(CAST(:records AS uuid[]))
        OR customer_id = ANY(CAST(:ids AS text[]))
    """
)
_KEPT_ANSWERS = text(
    """
    UPDATE idempotency SET answer = jsonb_set(
        answer || '{"customer": null}', '{report,subject}', to_jsonb(CAST(:erased AS text)))
    WHERE answer ->> 'id' = ANY(CAST(:shown AS text[]))
    """
)


async def erase_complaints(
    tx: Transaction, erasure: Erasure, *, present_ids: Collection[str]
) -> dict[str, int]:
    """Erase, and give what was erased, counted.

    `present_ids` are the customers under whom the complaints of the erased ids stand now.
    """
    found = await tx.scalars(
        _COMPLAINTS,
        {
            "erased": ERASED_TEXT,
            "at": erasure.erased_at,
            "ids": list(erasure.customer_ids),
            "records": list(erasure.source_record_ids),
            "present": list(present_ids),
        },
    )
    ids = list(found)
    messages = await tx.execute(_MESSAGES, {"complaints": ids})
    shown = {"erased": ERASED_TEXT, "shown": [str(each) for each in ids]}
    answers = await tx.execute(_KEPT_ANSWERS, shown)
    links = await tx.execute(
        _LINKED_ORDERS,
        {"records": list(erasure.source_record_ids), "ids": list(erasure.customer_ids)},
    )
    return {
        "complaints": len(ids),
        "messages": messages.rowcount,
        "kept_answers": answers.rowcount,
        "linked_orders": links.rowcount,
    }
