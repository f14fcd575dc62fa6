"""Take what shop platforms deliver, and the doors at which they do without a key."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE platform_deliveries (
        id uuid NOT NULL PRIMARY KEY,
        platform text NOT NULL,
        source text NOT NULL,
        delivery_id text,
        topic text,
        body_hash bytea NOT NULL,
        payload bytea,
        shop jsonb NOT NULL,
        client_id text NOT NULL,
        purview jsonb NOT NULL,
        received_at timestamptz NOT NULL,
        leased_until timestamptz,
        read_at timestamptz,
        placed integer,
        known integer,
        order_ids uuid[] NOT NULL,
        problems jsonb NOT NULL
    )""",
    """CREATE UNIQUE INDEX platform_deliveries_by_body
        ON platform_deliveries (platform, source, body_hash)""",
    """CREATE INDEX platform_deliveries_to_read ON platform_deliveries (received_at)
        WHERE read_at IS NULL""",
    """CREATE INDEX platform_deliveries_by_order ON platform_deliveries USING gin (order_ids)""",
    """CREATE INDEX platform_deliveries_with_problems ON platform_deliveries (received_at, id)
        WHERE problems <> '[]'::jsonb""",
    """COMMENT ON TABLE platform_deliveries IS
        'What shop platforms sent; the payload is emptied some time after it was read.'""",
    """CREATE TABLE platform_facts (
        source text NOT NULL,
        kind text NOT NULL,
        reference text NOT NULL,
        order_id uuid NOT NULL,
        applied_at timestamptz NOT NULL,
        PRIMARY KEY (source, kind, reference)
    )""",
    """COMMENT ON TABLE platform_facts IS
        'What platforms told of orders by references of their own, applied once for ever.'""",
    """CREATE TABLE webhook_endpoints (
        name text NOT NULL PRIMARY KEY,
        id uuid NOT NULL,
        takes text NOT NULL,
        sender text NOT NULL,
        shop jsonb,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        client_id text NOT NULL,
        purview jsonb NOT NULL,
        registered_at timestamptz NOT NULL
    )""",
    """COMMENT ON TABLE webhook_endpoints IS
        'Where platforms send without a key: whose signature is checked, for whom they send.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE webhook_endpoints",
    "DROP TABLE platform_facts",
    "DROP TABLE platform_deliveries",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
