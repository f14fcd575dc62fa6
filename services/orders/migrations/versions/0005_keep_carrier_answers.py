"""Keep what carriers and platforms send, as they sent it, until it is read."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE carrier_answers (
        id uuid NOT NULL PRIMARY KEY,
        source text NOT NULL,
        body_hash bytea NOT NULL,
        payload bytea,
        client_id text NOT NULL,
        purview jsonb NOT NULL,
        received_at timestamptz NOT NULL,
        leased_until timestamptz,
        read_at timestamptz,
        tracking_numbers text[] NOT NULL,
        recorded integer,
        unmapped integer,
        refused integer,
        problem text
    )""",
    "CREATE UNIQUE INDEX carrier_answers_by_body ON carrier_answers (source, body_hash)",
    """CREATE INDEX carrier_answers_to_read ON carrier_answers (received_at)
        WHERE read_at IS NULL""",
    """CREATE INDEX carrier_answers_by_number ON carrier_answers
        USING gin (tracking_numbers)""",
    """COMMENT ON TABLE carrier_answers IS
        'What carriers and platforms sent; the payload is emptied some time after it was read.'""",
)
REVERSALS: tuple[str, ...] = ("DROP TABLE carrier_answers",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
