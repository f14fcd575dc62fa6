"""Erasing what is personal of orders and returns; what the law has kept stays without whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.identity.erasure import Erasure

_TELLS = """
    (source_record_id = ANY(CAST(:records AS uuid[]))
        OR (source_record_id IS NULL
            AND coalesce(told_customer_id, customer_id) = ANY(CAST(:ids AS text[]))))
"""
"""A fact that came by a source record is its customer's; any other is whose id was told."""

_ORDERS = f"""
UPDATE orders SET customer_id = NULL, told_customer_id = NULL, source_record_id = NULL,
    cancel_reason = NULL, erased_at = :at
WHERE {_TELLS}
    AND (source_record_id = ANY(CAST(:records AS uuid[]))
        OR customer_id = ANY(CAST(:present AS text[])))
RETURNING id, placed_on
"""  # noqa: S608 - constants of this module
_RETURNS = f"""
UPDATE returns SET customer_id = NULL, told_customer_id = NULL, source_record_id = NULL,
    reason = NULL, erased_at = :at
WHERE ({_TELLS}
    AND (source_record_id = ANY(CAST(:records AS uuid[]))
        OR customer_id = ANY(CAST(:present AS text[]))))
    OR (order_id = ANY(CAST(:orders AS uuid[])) AND told_customer_id IS NULL AND erased_at IS NULL
        AND NOT EXISTS (SELECT FROM customer_claims WHERE customer_claims.id = returns.id))
RETURNING id, returned_on
"""  # noqa: S608 - constants of this module
_TRANSFERS = """
UPDATE serial_transfers SET customer_id = NULL, told_customer_id = NULL, erased_at = :at
WHERE told_customer_id = ANY(CAST(:ids AS text[])) AND customer_id = ANY(CAST(:present AS text[]))
"""
FREE_TEXTS = {
    "order_references": """
        UPDATE order_references SET customer_id = NULL, source_record_id = NULL
        WHERE order_id = ANY(CAST(:orders AS uuid[]))""",
    "contacts": "DELETE FROM order_contacts WHERE order_id = ANY(CAST(:orders AS uuid[]))",
    "pending_claims": """
        DELETE FROM customer_claims
        WHERE id = ANY(CAST(:orders AS uuid[])) OR id = ANY(CAST(:returns AS uuid[]))""",
    "payment_references": """
        UPDATE order_payments
        SET reference = 'erased-' || encode(sha256(convert_to(reference, 'UTF8')), 'hex'),
            authorisation = 'erased-' || encode(sha256(convert_to(authorisation, 'UTF8')), 'hex')
        WHERE order_id = ANY(CAST(:orders AS uuid[])) AND reference NOT LIKE 'erased-%'""",
    "line_descriptions": """
        UPDATE order_lines SET description = NULL
        WHERE order_id = ANY(CAST(:orders AS uuid[])) AND description IS NOT NULL""",
    "measurements": """
        DELETE FROM line_specifications WHERE order_id = ANY(CAST(:orders AS uuid[]))""",
    "delivery_terms": """
        UPDATE order_deliveries SET terms = NULL
        WHERE order_id = ANY(CAST(:orders AS uuid[])) AND terms IS NOT NULL""",
    "amendment_reasons": """
        UPDATE order_amendments SET reason = NULL
        WHERE order_id = ANY(CAST(:orders AS uuid[])) AND reason IS NOT NULL""",
    "messages": """
        UPDATE messages SET recipient = NULL, subject = NULL, text = NULL, html = NULL,
            facts = '{}', problem = NULL,
            state = CASE WHEN state = 'waiting' THEN 'erased' ELSE state END
        WHERE order_id = ANY(CAST(:orders AS uuid[]))
            AND (recipient IS NOT NULL OR facts <> '{}' OR problem IS NOT NULL
                OR state = 'waiting')""",
    "tracking_texts": """
        UPDATE tracking_events SET location = NULL, description = NULL
        WHERE parcel_id IN (SELECT id FROM parcels WHERE order_id = ANY(CAST(:orders AS uuid[])))
            AND (location IS NOT NULL OR description IS NOT NULL)""",
    "carrier_answers": """
        UPDATE carrier_answers SET payload = NULL, tracking_numbers = '{}'
        WHERE tracking_numbers && ARRAY(
            SELECT tracking_number FROM parcels WHERE order_id = ANY(CAST(:orders AS uuid[])))""",
    "platform_deliveries": """
        UPDATE platform_deliveries SET payload = NULL
        WHERE order_ids && CAST(:orders AS uuid[]) AND payload IS NOT NULL""",
    "parcel_numbers": """
        UPDATE parcels SET tracking_number = 'erased-' || id, token = 'erased-' || gen_random_uuid()
        WHERE order_id = ANY(CAST(:orders AS uuid[])) AND tracking_number <> 'erased-' || id""",
    "reused_references": """
        DELETE FROM reused_references
        WHERE first_id = ANY(CAST(:orders AS uuid[])) OR first_id = ANY(CAST(:returns AS uuid[]))
            OR translate(upper(body ->> 'customer_id'), 'OIL-\u2010\u2011\u2012\u2013 ', '011')
                = ANY(CAST(:ids AS text[]))""",
    "kept_answers": """
        UPDATE idempotency SET answer = answer || jsonb_build_object(
            'customer', 'erased', 'customer_id', NULL, 'source_record_id', NULL,
            'told_customer_id', NULL, 'cancel_reason', NULL,
            'delivery', CASE WHEN jsonb_typeof(answer -> 'delivery') = 'object'
                THEN answer -> 'delivery' || '{"terms": null}' END,
            'lines', (SELECT coalesce(jsonb_agg(
                    line || '{"description": null, "specification": null}'), '[]')
                FROM jsonb_array_elements(answer -> 'lines') AS line),
            'parcels', (SELECT coalesce(jsonb_agg(
                    parcel || '{"tracking_number": "erased", "token": "erased"}'), '[]')
                FROM jsonb_array_elements(answer -> 'parcels') AS parcel))
        WHERE answer ->> 'id' = ANY(CAST(:shown_orders AS text[]))""",
}
"""What is personal beside the two rows, by the name under which it is counted."""


async def erase_facts(
    tx: Transaction, erasure: Erasure, *, present_ids: Collection[str]
) -> tuple[dict[str, int], dict[str, Sequence[date]]]:
    """Erase what is personal of a customer's orders and returns.

    `present_ids` are the customers under whom the facts of the erased ids stand now. Gives what
    was erased, counted, and the days of the orders and of the returns that are kept.
    """
    whom: dict[str, Any] = {
        "ids": list(erasure.customer_ids),
        "records": list(erasure.source_record_ids),
        "present": list(present_ids),
        "at": erasure.erased_at,
    }
    ordered = (await tx.execute(text(_ORDERS), whom)).all()
    whom["orders"] = [row.id for row in ordered]
    returned = (await tx.execute(text(_RETURNS), whom)).all()
    whom["returns"] = [row.id for row in returned]
    handed_on = await tx.execute(text(_TRANSFERS), whom)
    counts = {
        "orders": len(ordered),
        "returns": len(returned),
        "serial_transfers": handed_on.rowcount,
    }
    counts |= await erase_texts(tx, whom)
    days: dict[str, Sequence[date]] = {
        "orders": [row.placed_on for row in ordered],
        "returns": [row.returned_on for row in returned],
    }
    return counts, days


async def erase_order(tx: Transaction, order_id: UUID, *, at: datetime) -> None:
    """Erase what is personal of one order that proves to be an erased customer's."""
    whom = {"id": order_id, "at": at}
    await tx.execute(
        text(
            """UPDATE orders SET customer_id = NULL, told_customer_id = NULL,
                source_record_id = NULL, cancel_reason = NULL, erased_at = :at WHERE id = :id"""
        ),
        whom,
    )
    returned = await tx.scalars(
        text(
            """UPDATE returns SET reason = NULL, erased_at = :at
            WHERE order_id = :id AND told_customer_id IS NULL RETURNING id"""
        ),
        whom,
    )
    await erase_texts(tx, {"ids": [], "orders": [order_id], "returns": list(returned)})


async def erase_return(tx: Transaction, return_id: UUID, *, at: datetime) -> None:
    """Erase what is personal of one return that proves to be an erased customer's."""
    await tx.execute(
        text(
            """UPDATE returns SET customer_id = NULL, told_customer_id = NULL,
                source_record_id = NULL, reason = NULL, erased_at = :at WHERE id = :id"""
        ),
        {"id": return_id, "at": at},
    )
    await erase_texts(tx, {"ids": [], "orders": [], "returns": [return_id]})


async def erase_texts(tx: Transaction, whom: Mapping[str, Any]) -> dict[str, int]:
    """Erase what is personal beside the rows of these `orders` and `returns`; gives it counted."""
    named = {**whom, "shown_orders": [str(each) for each in whom["orders"]]}
    counts: dict[str, int] = {}
    for what, statement in FREE_TEXTS.items():
        counts[what] = (await tx.execute(text(statement), named)).rowcount
    return counts
