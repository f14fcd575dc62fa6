"""Foresee late parcels: how long parcels take, what was learnt of it, and who is watched."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE transit_times (
        level text NOT NULL,
        carrier text NOT NULL,
        service text NOT NULL,
        origin text NOT NULL,
        destination text NOT NULL,
        parcels integer NOT NULL,
        ends double precision[] NOT NULL,
        expected_log double precision NOT NULL,
        recent double precision,
        learnt_at timestamptz NOT NULL,
        PRIMARY KEY (level, carrier, service, origin, destination)
    )""",
    """COMMENT ON TABLE transit_times IS
        'How many days parcels took that travelled alike; written anew by each learning.'""",
    """CREATE TABLE lateness_models (
        version integer NOT NULL PRIMARY KEY,
        intercept double precision NOT NULL,
        weights double precision[] NOT NULL,
        means double precision[] NOT NULL,
        spreads double precision[] NOT NULL,
        parcels integer NOT NULL,
        missed integer NOT NULL,
        trained_at timestamptz NOT NULL
    )""",
    """COMMENT ON TABLE lateness_models IS
        'Every model that ever judged, so that what it said stays explained; the last judges.'""",
    """CREATE TABLE parcel_outlooks (
        parcel_id uuid NOT NULL PRIMARY KEY,
        order_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        promised_until timestamptz NOT NULL,
        look_at timestamptz,
        looked_at timestamptz,
        probability double precision,
        factors jsonb,
        model_version integer,
        at_risk_at timestamptz
    )""",
    """CREATE INDEX parcel_outlooks_to_look_at ON parcel_outlooks (look_at, parcel_id)
        WHERE look_at IS NOT NULL""",
    """CREATE INDEX parcel_outlooks_at_risk ON parcel_outlooks (promised_until, parcel_id)
        WHERE at_risk_at IS NOT NULL AND look_at IS NOT NULL""",
    """COMMENT ON TABLE parcel_outlooks IS
        'Parcels with a promise, watched until they arrive; look_at is null once they have.'""",
    """INSERT INTO parcel_outlooks (parcel_id, order_id, placed_at, promised_until, look_at)
        SELECT id, order_id, placed_at, promised_until, registered_at FROM parcels
        WHERE promised_until > now() AND terminal_at IS NULL""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE parcel_outlooks",
    "DROP TABLE lateness_models",
    "DROP TABLE transit_times",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
