"""Keep promised windows, whom pieces went to, and how long they are warranted."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
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
    """CREATE TABLE serial_transfers (
        id uuid NOT NULL PRIMARY KEY,
        order_id uuid NOT NULL,
        line_no integer NOT NULL,
        position integer NOT NULL,
        serial_number text NOT NULL,
        customer_id text,
        told_customer_id text,
        erased_at timestamptz,
        transferred_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        client_id text NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL
    )""",
    "CREATE UNIQUE INDEX serial_transfers_by_key ON serial_transfers (client_id, key)",
    """CREATE UNIQUE INDEX serial_transfers_by_line
        ON serial_transfers (order_id, line_no, position)""",
    """CREATE INDEX serial_transfers_by_customer ON serial_transfers (customer_id)
        WHERE customer_id IS NOT NULL""",
    """COMMENT ON TABLE serial_transfers IS
        'To whom a sold piece went since; customer_id is null once out of the house''s sight.'""",
    """CREATE TABLE warranty_terms (
        category text NOT NULL,
        since_on date NOT NULL,
        months integer NOT NULL,
        PRIMARY KEY (category, since_on)
    )""",
    """COMMENT ON TABLE warranty_terms IS
        'How long what is sold from a day on is warranted, where its line does not say.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE warranty_terms",
    "DROP TABLE serial_transfers",
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
