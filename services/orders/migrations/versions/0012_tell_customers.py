"""Tell customers what becomes of their orders, and keep every message and template."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE messages (
        id uuid NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        about_id uuid NOT NULL,
        order_id uuid NOT NULL,
        happened_at timestamptz NOT NULL,
        facts jsonb NOT NULL,
        state text NOT NULL,
        tries integer NOT NULL,
        next_try_at timestamptz NOT NULL,
        problem text,
        sent_at timestamptz,
        recipient text,
        language text,
        template_version bigint,
        subject text,
        text text,
        html text
    )""",
    "CREATE UNIQUE INDEX messages_by_fact ON messages (kind, about_id)",
    "CREATE INDEX messages_by_order ON messages (order_id, happened_at)",
    "CREATE INDEX messages_to_send ON messages (next_try_at) WHERE state = 'waiting'",
    """COMMENT ON TABLE messages IS
        'What customers were told, word by word; an erasure empties it.'""",
    """CREATE TABLE message_templates (
        kind text NOT NULL,
        language text NOT NULL,
        brand text NOT NULL,
        version bigint NOT NULL,
        subject text NOT NULL,
        text text NOT NULL,
        html text NOT NULL,
        client_id text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (kind, language, brand, version)
    )""",
    """COMMENT ON TABLE message_templates IS
        'Edited templates, every version; the latest counts, and the house''s own are files.'""",
)
REVERSALS: tuple[str, ...] = ("DROP TABLE message_templates", "DROP TABLE messages")


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
