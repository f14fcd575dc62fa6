"""Keep stories where they are joined, events that wait for their parcel, and unmapped codes."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RANKED = """ARRAY['unknown', 'pre_transit', 'picked_up', 'in_transit', 'customs', 'on_hold',
    'out_for_delivery', 'attempt_failed', 'available_for_pickup', 'return_to_sender', 'delivered',
    'lost_or_damaged', 'returned']"""
_TERMINAL = "('delivered', 'lost_or_damaged', 'returned')"

STATEMENTS: tuple[str, ...] = (
    """ALTER TABLE parcels ADD COLUMN terminal_at timestamptz, ADD COLUMN terminal_status text,
        ADD COLUMN other_at timestamptz, ADD COLUMN other_status text,
        ADD COLUMN unmapped_at timestamptz""",
    f"""UPDATE parcels SET terminal_at = latest.occurred_at, terminal_status = latest.status
        FROM (SELECT DISTINCT ON (parcel_id) parcel_id, occurred_at, status FROM tracking_events
            WHERE status IN {_TERMINAL}
            ORDER BY parcel_id, occurred_at DESC, array_position({_RANKED}, status) DESC) AS latest
        WHERE latest.parcel_id = parcels.id""",  # noqa: S608 - constants of this module
    f"""UPDATE parcels SET other_at = latest.occurred_at, other_status = latest.status
        FROM (SELECT DISTINCT ON (parcel_id) parcel_id, occurred_at, status FROM tracking_events
            WHERE status NOT IN {_TERMINAL} AND status <> 'unknown'
            ORDER BY parcel_id, occurred_at DESC, array_position({_RANKED}, status) DESC) AS latest
        WHERE latest.parcel_id = parcels.id""",  # noqa: S608 - constants of this module
    """UPDATE parcels SET unmapped_at = latest.occurred_at
        FROM (SELECT parcel_id, max(occurred_at) AS occurred_at FROM tracking_events
            WHERE status = 'unknown' GROUP BY parcel_id) AS latest
        WHERE latest.parcel_id = parcels.id""",
    """CREATE INDEX parcels_by_carrier ON parcels (carrier, tracking_number, registered_at, id)""",
    """COMMENT ON TABLE parcels IS
        'What tracking_events come to: three moments to join, and what follows from them.'""",
    "ALTER TABLE tracking_events ADD COLUMN reason text",
    """CREATE TABLE unclaimed_tracking_events (
        dedupe_key bytea NOT NULL,
        carrier text NOT NULL,
        tracking_number text NOT NULL,
        received_at timestamptz NOT NULL,
        position integer NOT NULL,
        status text NOT NULL,
        occurred_told text NOT NULL,
        time_zone text,
        code text,
        location text,
        description text,
        reason text,
        purview jsonb NOT NULL,
        PRIMARY KEY (dedupe_key)
    )""",
    """COMMENT ON TABLE unclaimed_tracking_events IS
        'Told of parcels that nobody has registered yet; purview is how far the teller sees.'""",
    """CREATE INDEX unclaimed_tracking_events_by_number
        ON unclaimed_tracking_events (carrier, tracking_number)""",
    """CREATE INDEX unclaimed_tracking_events_by_age
        ON unclaimed_tracking_events (received_at)""",
    """CREATE TABLE unmapped_codes (
        carrier text NOT NULL,
        code text NOT NULL,
        times bigint NOT NULL,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        example_key bytea,
        PRIMARY KEY (carrier, code)
    )""",
    """COMMENT ON TABLE unmapped_codes IS
        'Carriers'' words of no known meaning; example_key is an event that has its text.'""",
    """INSERT INTO unmapped_codes
        SELECT parcels.carrier, told.code, count(*), min(told.received_at), max(told.received_at),
            (array_agg(told.dedupe_key ORDER BY told.received_at DESC)
                FILTER (WHERE told.description IS NOT NULL))[1]
        FROM tracking_events AS told JOIN parcels ON parcels.id = told.parcel_id
        WHERE told.status = 'unknown' AND told.code IS NOT NULL
        GROUP BY parcels.carrier, told.code""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE unmapped_codes",
    "DROP TABLE unclaimed_tracking_events",
    "ALTER TABLE tracking_events DROP COLUMN reason",
    """COMMENT ON TABLE parcels IS
        'status and is_disputed are the fold of tracking_events, kept for reading.'""",
    "DROP INDEX parcels_by_carrier",
    """ALTER TABLE parcels DROP COLUMN terminal_at, DROP COLUMN terminal_status,
        DROP COLUMN other_at, DROP COLUMN other_status, DROP COLUMN unmapped_at""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
