"""Everything that is held of a customer, table by table, for its export (GDPR art. 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.extracts import read_tables, show_ids
from orders.events import (
    ORDER,
    PARCEL,
    RETURN,
    SHIPMENT,
    SLOT_HOLD,
    SOURCE_RECORD,
    TRANSFER,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.extracts import Rows

_MY_ORDERS = "(SELECT id FROM orders WHERE customer_id = ANY(CAST(:ids AS text[])))"
_MY_RETURNS = "(SELECT id FROM returns WHERE customer_id = ANY(CAST(:ids AS text[])))"
_TABLES = {
    "orders": """
        SELECT id AS order_id, source, external_ref, customer_id, told_customer_id,
            source_record_id, channel, store, country, brand, legal_entity, home_region, currency,
            shipping_minor, prices_include_tax, total_minor, placed_at, time_zone, placed_on,
            received_at, clock_skew_seconds, taken_away, commercial, cancelled_at, cancel_reason,
            series_id, confirmed_at, amended_minor
        FROM orders WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY placed_at, id""",
    "order_lines": """
        SELECT order_id, line_no, sku, description, category, quantity, unit_price_minor,
            discount_minor, tax_minor, total_minor, serial_number, is_gift, gift_wrap,
            warranty_months, warranty_days, taxes, production_started_at, cancelled, removed_minor
        FROM order_lines WHERE order_id IN MY_ORDERS ORDER BY order_id, line_no""",
    "line_specifications": """
        SELECT order_id, line_no, version, measurements, recorded_at
        FROM line_specifications WHERE order_id IN MY_ORDERS ORDER BY order_id, line_no, version""",
    "order_deliveries": """
        SELECT order_id, method, location, service, promised_from, promised_until, terms,
            destination
        FROM order_deliveries WHERE order_id IN MY_ORDERS ORDER BY order_id""",
    "line_allocations": """
        SELECT order_id, line_no, location, allocated, picked
        FROM line_allocations WHERE order_id IN MY_ORDERS ORDER BY order_id, line_no, location""",
    "order_amendments": """
        SELECT order_id, order_version, amended_at, reason, cancelled, added, changed_delivery,
            changed_contact, total_minor
        FROM order_amendments WHERE order_id IN MY_ORDERS ORDER BY order_id, order_version""",
    "exchanges": """
        SELECT return_id, order_id, credit_minor, exchanged_at FROM exchanges
        WHERE order_id IN MY_ORDERS OR return_id IN MY_RETURNS ORDER BY exchanged_at, return_id""",
    "messages": """
        SELECT order_id, kind, happened_at, state, sent_at, recipient, language, subject, text, html
        FROM messages WHERE order_id IN MY_ORDERS ORDER BY happened_at, id""",
    "order_contacts": """
        SELECT order_id, contact FROM order_contacts WHERE order_id IN MY_ORDERS
        ORDER BY order_id""",
    "order_payments": """
        SELECT order_id, kind, method, reference, authorisation, amount_minor, at
        FROM order_payments WHERE order_id IN MY_ORDERS ORDER BY order_id, position""",
    "shipments": """
        SELECT id AS shipment_id, order_id, shipped_at, location
        FROM shipments WHERE order_id IN MY_ORDERS
        ORDER BY order_id, id""",
    "shipment_lines": """
        SELECT shipment_id, parcel_id, order_id, line_no, quantity
        FROM shipment_lines WHERE order_id IN MY_ORDERS ORDER BY shipment_id, position""",
    "parcels": """
        SELECT id AS parcel_id, shipment_id, order_id, carrier, tracking_number, status, status_at,
            is_disputed, registered_at, service, promised_until, origin, destination
        FROM parcels WHERE order_id IN MY_ORDERS ORDER BY order_id, id""",
    "parcel_outlooks": """
        SELECT parcel_id, order_id, promised_until, looked_at, probability, factors, at_risk_at
        FROM parcel_outlooks WHERE order_id IN MY_ORDERS ORDER BY order_id, parcel_id""",
    "tracking_events": """
        SELECT parcel_id, occurred_at, occurred_told, received_at, status, code, location,
            description, reason
        FROM tracking_events
        WHERE parcel_id IN (SELECT id FROM parcels WHERE order_id IN MY_ORDERS)
        ORDER BY parcel_id, occurred_at, dedupe_key""",
    "returns": """
        SELECT id AS return_id, source, external_ref, order_id, customer_id, told_customer_id,
            source_record_id, channel, store, country, brand, legal_entity, home_region, currency,
            refund_minor, returned_at, time_zone, returned_on, received_at, reason
        FROM returns WHERE customer_id = ANY(CAST(:ids AS text[])) ORDER BY returned_at, id""",
    "return_lines": """
        SELECT return_id, line_no, order_line_no, sku, quantity, refund_minor
        FROM return_lines WHERE return_id IN MY_RETURNS ORDER BY return_id, line_no""",
    "serial_transfers": """
        SELECT id AS transfer_id, serial_number, order_id, line_no, transferred_at, received_at,
            CASE WHEN customer_id = ANY(CAST(:ids AS text[])) THEN customer_id END AS customer_id
        FROM serial_transfers AS told
        WHERE customer_id = ANY(CAST(:ids AS text[])) OR (position = 1 AND order_id IN MY_ORDERS)
            OR EXISTS (SELECT FROM serial_transfers AS before
                WHERE before.order_id = told.order_id AND before.line_no = told.line_no
                    AND before.position = told.position - 1
                    AND before.customer_id = ANY(CAST(:ids AS text[])))
        ORDER BY transferred_at, id""",
    "slot_holds": """
        SELECT id AS hold_id, order_id, zone, starts_at, state
        FROM slot_holds WHERE order_id IN MY_ORDERS ORDER BY starts_at, id""",
    "platform_deliveries": """
        SELECT told.order_id, platform, source, topic, received_at,
            CASE WHEN cardinality(order_ids) = 1 AND problems = '[]'::jsonb
                THEN convert_from(payload, 'UTF8') END AS payload
        FROM platform_deliveries
        CROSS JOIN LATERAL unnest(order_ids) AS told (order_id)
        WHERE order_ids && ARRAY(SELECT id FROM orders
                WHERE customer_id = ANY(CAST(:ids AS text[])))
            AND told.order_id IN MY_ORDERS
        ORDER BY received_at, told.order_id""",
    "reused_references": """
        SELECT kind, source, external_ref, body, times, first_received_at, last_received_at
        FROM reused_references WHERE first_id IN MY_ORDERS OR first_id IN MY_RETURNS
        ORDER BY first_received_at, id""",
    "customer_aliases": """
        SELECT retired_id, survivor_id, merged_at FROM customer_aliases
        WHERE retired_id = ANY(CAST(:ids AS text[])) ORDER BY merged_at, retired_id""",
}
"""What the house paid for a line is its own affair; a body that tells of others is theirs too."""

_STATEMENTS = {
    table: statement.replace("MY_ORDERS", _MY_ORDERS).replace("MY_RETURNS", _MY_RETURNS)
    for table, statement in _TABLES.items()
}
_SHOW = show_ids(
    {
        "order_id": ORDER,
        "return_id": RETURN,
        "shipment_id": SHIPMENT,
        "parcel_id": PARCEL,
        "source_record_id": SOURCE_RECORD,
        "transfer_id": TRANSFER,
        "hold_id": SLOT_HOLD,
    }
)


def extract(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> AsyncGenerator[tuple[str, Rows]]:
    """Read all tables, some rows at a time."""
    return read_tables(connection, _STATEMENTS, {"ids": list(customer_ids)}, show=_SHOW)
