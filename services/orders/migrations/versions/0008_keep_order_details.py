"""Keep agreed deliveries, pieces made to measure, and what carriers are measured by."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE order_deliveries (
        order_id uuid NOT NULL PRIMARY KEY,
        placed_at timestamptz NOT NULL,
        method text NOT NULL,
        location text,
        service text,
        promised_from timestamptz,
        promised_until timestamptz,
        terms text,
        destination text
    )""",
    """COMMENT ON TABLE order_deliveries IS
        'How an order is to reach its customer; destination is an area, no address.'""",
    """CREATE TABLE line_specifications (
        order_id uuid NOT NULL,
        line_no integer NOT NULL,
        version integer NOT NULL,
        placed_at timestamptz NOT NULL,
        measurements jsonb NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (order_id, line_no, version)
    )""",
    """COMMENT ON TABLE line_specifications IS
        'What is made after one customer''s measurements; erasing it is deleting its rows.'""",
    "ALTER TABLE orders ADD COLUMN series_id text",
    """CREATE INDEX orders_by_series ON orders (series_id, placed_at, id)
        WHERE series_id IS NOT NULL""",
    """ALTER TABLE order_lines
        ADD COLUMN gift_wrap text,
        ADD COLUMN warranty_months integer,
        ADD COLUMN taxes jsonb,
        ADD COLUMN production_started_at timestamptz""",
    "ALTER TABLE shipments ADD COLUMN location text",
    """ALTER TABLE parcels
        ADD COLUMN service text,
        ADD COLUMN promised_until timestamptz,
        ADD COLUMN origin text,
        ADD COLUMN destination text,
        ADD COLUMN cost_minor bigint""",
)
REVERSALS: tuple[str, ...] = (
    """ALTER TABLE parcels DROP COLUMN service, DROP COLUMN promised_until, DROP COLUMN origin,
        DROP COLUMN destination, DROP COLUMN cost_minor""",
    "ALTER TABLE shipments DROP COLUMN location",
    """ALTER TABLE order_lines DROP COLUMN gift_wrap, DROP COLUMN warranty_months,
        DROP COLUMN taxes, DROP COLUMN production_started_at""",
    "DROP INDEX orders_by_series",
    "ALTER TABLE orders DROP COLUMN series_id",
    "DROP TABLE line_specifications",
    "DROP TABLE order_deliveries",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
