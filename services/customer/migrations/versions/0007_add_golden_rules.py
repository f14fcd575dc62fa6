"""Create survivorship rules and locks, and how far search keys are made anew."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE survivorship_rule_sets (
        version bigint PRIMARY KEY,
        rules jsonb NOT NULL,
        made_at timestamptz NOT NULL,
        client_id text NOT NULL,
        actor text
    )""",
    """COMMENT ON TABLE survivorship_rule_sets IS
        'Each version stays; the newest is in force.'""",
    """CREATE TABLE attribute_locks (
        id uuid PRIMARY KEY,
        told_customer_id text COLLATE "C" NOT NULL REFERENCES customers (id),
        attribute text COLLATE "C" NOT NULL,
        value jsonb,
        reason text NOT NULL,
        locked_at timestamptz NOT NULL,
        client_id text NOT NULL,
        actor text,
        lifted_at timestamptz,
        lifted_by_client_id text,
        lifted_by_actor text
    )""",
    """CREATE INDEX attribute_locks_by_told_customer
        ON attribute_locks (told_customer_id, attribute)""",
    """CREATE UNIQUE INDEX attribute_locks_in_force
        ON attribute_locks (told_customer_id, attribute) WHERE lifted_at IS NULL""",
    """COMMENT ON TABLE attribute_locks IS
        'A lifted lock stays without its value: who fixed what, and why.'""",
    """CREATE TABLE search_key_builds (
        scheme integer PRIMARY KEY,
        through uuid,
        finished_at timestamptz
    )""",
    """COMMENT ON TABLE search_key_builds IS
        'Up to which source record keys were made by a scheme.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE search_key_builds",
    "DROP TABLE attribute_locks",
    "DROP TABLE survivorship_rule_sets",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
