"""The tables of the orders service; migrations create them, and a test compares the two.

The large ones (orders and what hangs on them) are partitioned by year: by the moment that is in
the id of the order, or of the parcel (UUIDv7). What must be unique for ever stands in tables of
its own, and no foreign key joins large tables, because it would hold old partitions fast.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from orders.store.carrier_tables import carrier_answers
from orders.store.detail_tables import line_specifications, order_deliveries
from orders.store.fulfilment_tables import exchanges, line_allocations, order_amendments
from orders.store.identity_tables import (
    METADATA,
    customer_aliases,
    customer_claims,
    customer_moves,
    erased_customers,
    erased_records,
    erasures,
    record_moves,
)
from orders.store.lateness_tables import lateness_models, parcel_outlooks, transit_times
from orders.store.message_tables import message_templates, messages
from orders.store.payment_tables import order_payments
from orders.store.platform_tables import platform_deliveries, platform_facts, webhook_endpoints
from orders.store.reference_tables import order_references, reused_references
from orders.store.scorecard_tables import carrier_scorecards, scorecard_months
from orders.store.serial_tables import serial_transfers, warranty_terms
from orders.store.slot_tables import delivery_slots, delivery_zones, slot_holds
from orders.store.tracking_tables import (
    parcels,
    tracking_events,
    unclaimed_tracking_events,
    unmapped_codes,
)

__all__ = [
    "METADATA",
    "carrier_answers",
    "carrier_scorecards",
    "customer_aliases",
    "customer_claims",
    "customer_moves",
    "delivery_slots",
    "delivery_zones",
    "erased_customers",
    "erased_records",
    "erasures",
    "exchanges",
    "lateness_models",
    "line_allocations",
    "line_specifications",
    "message_templates",
    "messages",
    "order_amendments",
    "order_contacts",
    "order_deliveries",
    "order_lines",
    "order_payments",
    "order_references",
    "orders",
    "parcel_outlooks",
    "parcels",
    "platform_deliveries",
    "platform_facts",
    "record_moves",
    "return_lines",
    "returns",
    "reused_references",
    "scorecard_months",
    "serial_transfers",
    "shipment_lines",
    "shipments",
    "slot_holds",
    "tracking_events",
    "transit_times",
    "unclaimed_tracking_events",
    "unmapped_codes",
    "warranty_terms",
    "webhook_endpoints",
]

_INSTANT = DateTime(timezone=True)
_IS_SOMEBODYS = text("customer_id IS NOT NULL")
_HAS_RECORD = text("source_record_id IS NOT NULL")

orders = Table(
    "orders",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("told_customer_id", Text),
    Column("source_record_id", Uuid),
    Column("erased_at", _INSTANT),
    Column("channel", Text, nullable=False),
    Column("store", Text),
    Column("country", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("shipping_minor", BigInteger, nullable=False),
    Column("prices_include_tax", Boolean, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("placed_at", _INSTANT, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("placed_on", Date, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("clock_skew_seconds", BigInteger),
    Column("taken_away", Boolean, nullable=False),
    Column("commercial", Text, nullable=False),
    Column("cancelled_at", _INSTANT),
    Column("cancel_reason", Text),
    Column("version", BigInteger, nullable=False),
    Column("series_id", Text),
    Column("confirmed_at", _INSTANT),
    Column("amended_minor", BigInteger, nullable=False, server_default=text("0")),
    Index(
        "orders_by_series",
        "series_id",
        "placed_at",
        "id",
        postgresql_where=text("series_id IS NOT NULL"),
    ),
    Index("orders_by_customer", "customer_id", "placed_at", "id", postgresql_where=_IS_SOMEBODYS),
    Index("orders_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    postgresql_partition_by="RANGE (id)",
    comment="What was bought; money in minor units, totals as they were when it was placed.",
)

order_lines = Table(
    "order_lines",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("sku", Text, nullable=False),
    Column("description", Text),
    Column("category", Text),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("discount_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("serial_number", Text),
    Column("unit_cost_minor", BigInteger),
    Column("is_gift", Boolean, nullable=False),
    Column("gift_wrap", Text),
    Column("warranty_months", Integer),
    Column("taxes", JSONB),
    Column("production_started_at", _INSTANT),
    Column("cancelled", BigInteger, nullable=False, server_default=text("0")),
    Column("removed_minor", BigInteger, nullable=False, server_default=text("0")),
    Column("warranty_days", Integer),
    Index(
        "order_lines_by_serial_number",
        "serial_number",
        postgresql_where=text("serial_number IS NOT NULL"),
    ),
    CheckConstraint("quantity > 0", name="order_lines_quantity_is_positive"),
    postgresql_partition_by="RANGE (order_id)",
)

order_contacts = Table(
    "order_contacts",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("contact", JSONB, nullable=False),
    postgresql_partition_by="RANGE (order_id)",
    comment="An order's own snapshot of whom to write to; erasing it is deleting its row.",
)

shipments = Table(
    "shipments",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("placed_at", _INSTANT, nullable=False),
    Column("shipped_at", _INSTANT, nullable=False),
    Column("location", Text),
    postgresql_partition_by="RANGE (order_id)",
)

shipment_lines = Table(
    "shipment_lines",
    METADATA,
    Column("order_id", Uuid, primary_key=True),
    Column("shipment_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("parcel_id", Uuid),
    Column("placed_at", _INSTANT, nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="shipment_lines_quantity_is_positive"),
    postgresql_partition_by="RANGE (order_id)",
    comment="What left; parcel_id is null where the shipment's parcels hold it together.",
)

returns = Table(
    "returns",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("external_ref", Text, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("order_id", Uuid),
    Column("customer_id", Text),
    Column("told_customer_id", Text),
    Column("source_record_id", Uuid),
    Column("erased_at", _INSTANT),
    Column("channel", Text, nullable=False),
    Column("store", Text),
    Column("country", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("legal_entity", Text, nullable=False),
    Column("home_region", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("refund_minor", BigInteger, nullable=False),
    Column("returned_at", _INSTANT, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("returned_on", Date, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("reason", Text),
    Column("announced_at", _INSTANT),
    Index("returns_by_reference", "source", "external_ref", unique=True),
    Index("returns_by_customer", "customer_id", "returned_at", postgresql_where=_IS_SOMEBODYS),
    Index("returns_by_source_record", "source_record_id", postgresql_where=_HAS_RECORD),
    Index("returns_by_order", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    comment="Goods that came back; announced once it is known whose they were.",
)

return_lines = Table(
    "return_lines",
    METADATA,
    Column("return_id", Uuid, primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("order_line_no", Integer),
    Column("sku", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("refund_minor", BigInteger),
    CheckConstraint("quantity > 0", name="return_lines_quantity_is_positive"),
)
