"""Partition the large tables by the year that is in the ids of orders and parcels (UUIDv7)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

YEARS_BEFORE = 10
"""As long as the law has most houses keep orders; what is older shares one partition."""

TABLES: dict[str, tuple[str, str]] = {
    "orders": ("id", "id"),
    "order_lines": ("order_id", "order_id, line_no"),
    "order_contacts": ("order_id", "order_id"),
    "order_payments": ("order_id", "order_id, position"),
    "shipments": ("order_id", "order_id, id"),
    "shipment_lines": ("order_id", "order_id, shipment_id, position"),
    "parcels": ("id", "id"),
    "tracking_events": ("parcel_id", "parcel_id, dedupe_key"),
}
"""By table the column whose year decides, and the primary key."""

INDEXES: tuple[str, ...] = (
    """CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id)
        WHERE customer_id IS NOT NULL""",
    """CREATE INDEX orders_by_source_record ON orders (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    """CREATE INDEX orders_by_series ON orders (series_id, placed_at, id)
        WHERE series_id IS NOT NULL""",
    """CREATE INDEX order_lines_by_serial_number ON order_lines (serial_number)
        WHERE serial_number IS NOT NULL""",
    """CREATE UNIQUE INDEX order_payments_by_reference
        ON order_payments (order_id, kind, reference)""",
    "CREATE INDEX parcels_by_token ON parcels (token)",
    "CREATE INDEX parcels_by_number ON parcels (order_id, carrier, tracking_number)",
    """CREATE INDEX parcels_by_carrier
        ON parcels (carrier, tracking_number, registered_at, id)""",
    "CREATE INDEX tracking_events_by_parcel ON tracking_events (parcel_id, occurred_at)",
)
COMMENTS: dict[str, str] = {
    "orders": "What was bought; money in minor units, totals as they were when it was placed.",
    "order_contacts": (
        "An order's own snapshot of whom to write to; erasing it is deleting its row."
    ),
    "order_payments": (
        "Append only: what providers told of money, by their tokens; never a card number."
    ),
    "shipment_lines": (
        "What left; parcel_id is null where the shipment's parcels hold it together."
    ),
    "parcels": "What tracking_events come to: three moments to join, and what follows from them.",
    "tracking_events": "Append only: what carriers said, as they said it.",
}


def upgrade() -> None:
    this_year = datetime.now(UTC).year
    years = range(this_year - YEARS_BEFORE, this_year + 2)
    for table, (column, primary_key) in TABLES.items():
        op.execute(f"ALTER TABLE {table} RENAME TO {table}_unparted")
        op.execute(
            f"""CREATE TABLE {table}
                (LIKE {table}_unparted INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
                PARTITION BY RANGE ({column})"""
        )
        op.execute(
            f"""CREATE TABLE {table}_before_{years[0]} PARTITION OF {table}
                FOR VALUES FROM (MINVALUE) TO ('{_first_uuid(years[0])}')"""
        )
        for year in years:
            op.execute(
                f"""CREATE TABLE {table}_{year} PARTITION OF {table}
                    FOR VALUES FROM ('{_first_uuid(year)}') TO ('{_first_uuid(year + 1)}')"""
            )
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_unparted")  # noqa: S608 - above
        op.execute(f"DROP TABLE {table}_unparted")
        op.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({primary_key})")
    for statement in INDEXES:
        op.execute(statement)
    for table, comment in COMMENTS.items():
        quoted = comment.replace("'", "''")
        op.execute(f"COMMENT ON TABLE {table} IS '{quoted}'")
    op.execute("ALTER TABLE unmapped_codes ADD COLUMN example_parcel_id uuid")
    op.execute(
        """UPDATE unmapped_codes SET example_parcel_id = event.parcel_id
            FROM tracking_events AS event WHERE event.dedupe_key = unmapped_codes.example_key"""
    )


def downgrade() -> None:
    message = "Restore a backup: what is partitioned stays so."
    raise NotImplementedError(message)


def _first_uuid(year: int) -> UUID:
    milliseconds = int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000)
    return UUID(int=milliseconds << 80)
