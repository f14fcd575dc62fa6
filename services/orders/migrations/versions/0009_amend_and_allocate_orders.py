"""Amend orders, keep their goods at locations, exchange what came back."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """ALTER TABLE orders
        ADD COLUMN confirmed_at timestamptz,
        ADD COLUMN amended_minor bigint NOT NULL DEFAULT 0""",
    """ALTER TABLE order_lines
        ADD COLUMN cancelled bigint NOT NULL DEFAULT 0,
        ADD COLUMN removed_minor bigint NOT NULL DEFAULT 0""",
    """CREATE TABLE line_allocations (
        order_id uuid NOT NULL,
        line_no integer NOT NULL,
        location text NOT NULL,
        placed_at timestamptz NOT NULL,
        allocated bigint NOT NULL,
        picked bigint NOT NULL,
        PRIMARY KEY (order_id, line_no, location),
        CONSTRAINT line_allocations_are_not_negative CHECK (allocated >= 0 AND picked >= 0)
    )""",
    """COMMENT ON TABLE line_allocations IS
        'What each location keeps of a line until it leaves: reserved, and picked.'""",
    """CREATE TABLE order_amendments (
        id uuid NOT NULL PRIMARY KEY,
        order_id uuid NOT NULL,
        order_version bigint NOT NULL,
        placed_at timestamptz NOT NULL,
        amended_at timestamptz NOT NULL,
        reason text,
        cancelled jsonb NOT NULL,
        added jsonb NOT NULL,
        changed_delivery boolean NOT NULL,
        changed_contact boolean NOT NULL,
        total_minor bigint NOT NULL
    )""",
    "CREATE INDEX order_amendments_by_order ON order_amendments (order_id, order_version)",
    """COMMENT ON TABLE order_amendments IS
        'How an order was changed after it was placed; total_minor is what it then came to.'""",
    """CREATE TABLE exchanges (
        return_id uuid NOT NULL PRIMARY KEY,
        order_id uuid NOT NULL,
        credit_minor bigint NOT NULL,
        exchanged_at timestamptz NOT NULL
    )""",
    "CREATE INDEX exchanges_by_order ON exchanges (order_id)",
    """COMMENT ON TABLE exchanges IS
        'Which order was taken for goods that came back, and what of their refund pays for it.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE exchanges",
    "DROP TABLE order_amendments",
    "DROP TABLE line_allocations",
    "ALTER TABLE order_lines DROP COLUMN cancelled, DROP COLUMN removed_minor",
    "ALTER TABLE orders DROP COLUMN confirmed_at, DROP COLUMN amended_minor",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
