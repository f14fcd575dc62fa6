"""Keep what happened to an order's money."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE order_payments (
        order_id uuid NOT NULL,
        position integer NOT NULL,
        placed_at timestamptz NOT NULL,
        kind text NOT NULL,
        method text NOT NULL,
        reference text NOT NULL,
        amount_minor bigint NOT NULL,
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (order_id, position),
        CONSTRAINT order_payments_amount_is_positive CHECK (amount_minor > 0)
    )""",
    """CREATE UNIQUE INDEX order_payments_by_reference
        ON order_payments (order_id, kind, reference)""",
    """COMMENT ON TABLE order_payments IS
        'Append only: what providers told of money, by their tokens; never a card number.'""",
)
REVERSALS: tuple[str, ...] = ("DROP TABLE order_payments",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
