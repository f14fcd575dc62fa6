"""Storing many orders at once: the hot path, in two statements whatever their number."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from orders.domain.placing import CustomerState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.hot import Driver
    from chassis.outbox import OutboxRow
    from orders.domain.money import TaxPart
    from orders.domain.placing import NewOrder

_TAKE_REFERENCES = """
    INSERT INTO order_references (
        source, external_ref, order_id, body_hash, client_id, idempotency_key,
        customer_id, source_record_id, customer_is_pending
    )
    SELECT told.source, told.external_ref, told.order_id, told.body_hash, told.client_id,
        told.idempotency_key,
        CASE WHEN gone.customer_id IS NULL AND gone_record.source_record_id IS NULL
            THEN coalesce(alias.survivor_id, moved.customer_id, told.customer_id) END,
        CASE WHEN gone_record.source_record_id IS NULL THEN told.source_record_id END,
        told.customer_is_pending
    FROM unnest(
        $1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::text[], $6::text[],
        $7::text[], $8::uuid[], $9::boolean[]
    ) AS told (
        source, external_ref, order_id, body_hash, client_id, idempotency_key,
        customer_id, source_record_id, customer_is_pending
    )
    LEFT JOIN record_moves AS moved ON moved.source_record_id = told.source_record_id
    LEFT JOIN customer_aliases AS alias
        ON alias.retired_id = coalesce(moved.customer_id, told.customer_id)
    LEFT JOIN erased_records AS gone_record
        ON gone_record.source_record_id = told.source_record_id
    LEFT JOIN erased_customers AS gone
        ON gone.customer_id = told.customer_id AND told.source_record_id IS NULL
    ORDER BY told.source, told.external_ref
    ON CONFLICT DO NOTHING
    RETURNING order_id, customer_id
"""
"""Sorted, so that two batches with the same references cannot wait for each other.

An order belongs to whom its source record does, else to whom the id that was told leads to.
"""

_PLACE = """
    WITH placed AS (
        INSERT INTO orders (
            id, source, external_ref, client_id, customer_id, source_record_id, channel, store,
            country, brand, legal_entity, home_region, currency, shipping_minor,
            prices_include_tax, total_minor, placed_at, time_zone, placed_on, received_at,
            clock_skew_seconds, taken_away, commercial, version, told_customer_id, erased_at,
            series_id, confirmed_at
        )
        SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
            $14::bigint[], $15::boolean[], $16::bigint[], $17::timestamptz[], $18::text[],
            $19::date[], $20::timestamptz[], $21::bigint[], $22::boolean[], $23::text[],
            $24::bigint[], $25::text[], $26::timestamptz[], $27::text[],
            $28::timestamptz[]
        )
    ),
    announced AS (
        INSERT INTO outbox (
            id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent
        )
        SELECT * FROM unnest(
            $29::uuid[], $30::text[], $31::text[], $32::text[], $33::bigint[], $34::jsonb[],
            $35::timestamptz[], $36::text[]
        )
    )
    INSERT INTO order_lines (
        order_id, line_no, placed_at, sku, description, category, quantity, unit_price_minor,
        discount_minor, tax_minor, total_minor, serial_number, unit_cost_minor, is_gift,
        gift_wrap, warranty_months, taxes, warranty_days
    )
    SELECT * FROM unnest(
        $37::uuid[], $38::integer[], $39::timestamptz[], $40::text[], $41::text[], $42::text[],
        $43::bigint[], $44::bigint[], $45::bigint[], $46::bigint[], $47::bigint[], $48::text[],
        $49::bigint[], $50::boolean[], $51::text[], $52::integer[], $53::jsonb[],
        $54::integer[]
    )
"""

_FIRST_VERSION = 1


async def take_references(connection: Driver, orders: Sequence[NewOrder]) -> dict[UUID, str | None]:
    """Write each order's reference unless it is taken; gives the ids of those that were free.

    With each id comes its customer's present id: the survivor, where the told one is retired;
    None for an anonymous order, and for one of an erased customer.
    """
    rows = [
        (
            order.source,
            order.external_ref,
            order.id,
            order.request.body_hash,
            order.request.client_id,
            order.request.idempotency_key,
            order.whose.customer_id,
            order.whose.source_record_id,
            order.whose.state is CustomerState.PENDING,
        )
        for order in orders
    ]
    taken = await connection.fetch(_TAKE_REFERENCES, *_columns(rows))
    return {row["order_id"]: row["customer_id"] for row in taken}


async def place(
    connection: Driver, orders: Sequence[NewOrder], announcements: Sequence[OutboxRow]
) -> None:
    """Store orders with their lines and announce them, in one statement."""
    heads = [
        (
            order.id,
            order.source,
            order.external_ref,
            order.request.client_id,
            order.whose.customer_id,
            order.whose.source_record_id,
            order.channel.value,
            order.store,
            order.country,
            order.brand,
            order.legal_entity,
            order.home_region,
            order.currency,
            order.shipping_minor,
            order.prices_include_tax,
            order.total_minor,
            order.placed_at,
            order.time_zone,
            order.placed_on,
            order.request.received_at,
            order.clock_skew_seconds,
            order.taken_away,
            order.commercial.value,
            _FIRST_VERSION,
            order.whose.told_id,
            order.request.received_at if order.whose.is_erased else None,
            order.series_id,
            order.request.received_at if order.confirmed else None,
        )
        for order in orders
    ]
    lines = [
        (
            order.id,
            line_no,
            order.placed_at,
            line.sku,
            line.description,
            line.category,
            line.quantity,
            line.unit_price_minor,
            line.discount_minor,
            line.tax_minor,
            line.total_minor,
            line.serial_number,
            line.unit_cost_minor,
            line.is_gift,
            line.gift_wrap,
            line.warranty_months,
            _taxes(line.taxes),
            line.warranty_days,
        )
        for order in orders
        for line_no, line in enumerate(order.lines, start=1)
    ]
    await connection.execute(_PLACE, *_columns(heads), *_columns(announcements), *_columns(lines))


def _taxes(parts: Sequence[TaxPart]) -> str | None:
    return orjson.dumps([asdict(part) for part in parts]).decode() if parts else None


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
