"""Keep carriers' scorecards by month, and find the events that came since they were measured."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE carrier_scorecards (
        month date NOT NULL,
        carrier text NOT NULL,
        service text NOT NULL,
        origin text NOT NULL,
        destination text NOT NULL,
        home_region text NOT NULL,
        parcels bigint NOT NULL,
        promised bigint NOT NULL,
        on_time bigint NOT NULL,
        attempted bigint NOT NULL,
        at_first bigint NOT NULL,
        ended bigint NOT NULL,
        damaged bigint NOT NULL,
        lost bigint NOT NULL,
        unsaid bigint NOT NULL,
        spreads jsonb NOT NULL,
        PRIMARY KEY (month, carrier, service, origin, destination, home_region)
    )""",
    """COMMENT ON TABLE carrier_scorecards IS
        'What became of the parcels handed over in a month; empty texts are what is not told.'""",
    """CREATE TABLE scorecard_months (
        month date NOT NULL PRIMARY KEY,
        measured_at timestamptz NOT NULL
    )""",
    "COMMENT ON TABLE scorecard_months IS 'As of when the scorecards of a month are.'",
    "CREATE INDEX tracking_events_by_receipt ON tracking_events USING brin (received_at)",
)
REVERSALS: tuple[str, ...] = (
    "DROP INDEX tracking_events_by_receipt",
    "DROP TABLE scorecard_months",
    "DROP TABLE carrier_scorecards",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
