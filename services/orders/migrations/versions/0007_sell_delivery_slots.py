"""Sell delivery slots: zones, their windows as they are sold, and who holds them."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE delivery_zones (
        zone text NOT NULL PRIMARY KEY,
        country text NOT NULL,
        postcode_prefixes text[] NOT NULL,
        time_zone text NOT NULL,
        lead_minutes integer NOT NULL,
        hold_minutes integer NOT NULL,
        opening jsonb NOT NULL,
        updated_at timestamptz NOT NULL
    )""",
    "COMMENT ON TABLE delivery_zones IS 'Where and when the house delivers in windows.'",
    """CREATE TABLE delivery_slots (
        zone text NOT NULL,
        starts_at timestamptz NOT NULL,
        capacity integer NOT NULL,
        held integer NOT NULL,
        booked integer NOT NULL,
        PRIMARY KEY (zone, starts_at),
        CONSTRAINT delivery_slots_are_not_oversold
            CHECK (held >= 0 AND booked >= 0 AND held + booked <= capacity)
    )""",
    """COMMENT ON TABLE delivery_slots IS
        'Windows of which a place was ever taken; capacity never falls below what is taken.'""",
    """CREATE TABLE slot_holds (
        id uuid NOT NULL PRIMARY KEY,
        client_id text NOT NULL,
        key text NOT NULL,
        zone text NOT NULL,
        starts_at timestamptz NOT NULL,
        state text NOT NULL,
        expires_at timestamptz NOT NULL,
        order_id uuid,
        made_at timestamptz NOT NULL
    )""",
    "CREATE UNIQUE INDEX slot_holds_by_key ON slot_holds (client_id, key)",
    """CREATE INDEX slot_holds_in_time ON slot_holds (zone, starts_at, expires_at)
        WHERE state = 'held'""",
    """CREATE INDEX slot_holds_by_order ON slot_holds (order_id) WHERE order_id IS NOT NULL""",
    "COMMENT ON TABLE slot_holds IS 'Places in windows: held for a while, booked, or let go.'",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE slot_holds",
    "DROP TABLE delivery_slots",
    "DROP TABLE delivery_zones",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
