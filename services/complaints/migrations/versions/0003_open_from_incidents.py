"""Open complaints from parcels' incidents, one for each, and find whose they are later."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE complaints ADD COLUMN parcel_id uuid, ADD COLUMN incident text",
    """CREATE INDEX complaints_by_order ON complaints (order_id)
        WHERE incident IS NOT NULL AND order_id IS NOT NULL""",
    """CREATE TABLE parcel_incidents (
        parcel_id uuid NOT NULL,
        reason text NOT NULL,
        times integer NOT NULL,
        sequence bigint NOT NULL,
        complaint_id uuid,
        PRIMARY KEY (parcel_id, reason)
    )""",
    """COMMENT ON TABLE parcel_incidents IS
        'How often what befell a parcel, and the one complaint that was opened for it.'""",
    """CREATE TABLE linked_orders (
        order_id uuid NOT NULL PRIMARY KEY,
        customer_id text NOT NULL,
        source_record_id uuid NOT NULL,
        linked_at timestamptz NOT NULL
    )""",
    "CREATE INDEX linked_orders_by_age ON linked_orders (linked_at)",
    """COMMENT ON TABLE linked_orders IS
        'Whose orders are that were placed without a customer, for incidents told before.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE linked_orders",
    "DROP TABLE parcel_incidents",
    "DROP INDEX complaints_by_order",
    "ALTER TABLE complaints DROP COLUMN parcel_id, DROP COLUMN incident",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
