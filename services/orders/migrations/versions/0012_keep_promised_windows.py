"""Keep promised windows: what a place was asked for by, and what happened to it."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """ALTER TABLE slot_holds
        ADD COLUMN request_hash bytea,
        ADD COLUMN version bigint NOT NULL DEFAULT 1""",
    """CREATE INDEX slot_holds_promised ON slot_holds (zone, starts_at, id)
        WHERE state = 'booked'""",
    """COMMENT ON TABLE delivery_slots IS
        'Windows of which a place was ever taken; capacity is the most that may be taken.'""",
)
REVERSALS: tuple[str, ...] = (
    """COMMENT ON TABLE delivery_slots IS
        'Windows of which a place was ever taken; capacity never falls below what is taken.'""",
    "DROP INDEX slot_holds_promised",
    "ALTER TABLE slot_holds DROP COLUMN request_hash, DROP COLUMN version",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
