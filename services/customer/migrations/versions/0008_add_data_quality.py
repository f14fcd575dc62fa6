"""Create the place of the data quality report."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE data_quality_reports (
        name text COLLATE "C" PRIMARY KEY,
        asked_at timestamptz NOT NULL,
        begun_at timestamptz,
        made_at timestamptz,
        report jsonb,
        CONSTRAINT data_quality_reports_is_one CHECK (name = 'whole')
    )""",
    """COMMENT ON TABLE data_quality_reports IS
        'One row: the last report, when another was asked for, and since when it is made.'""",
    "INSERT INTO data_quality_reports (name, asked_at) VALUES ('whole', now())",
)
REVERSALS: tuple[str, ...] = ("DROP TABLE data_quality_reports",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
