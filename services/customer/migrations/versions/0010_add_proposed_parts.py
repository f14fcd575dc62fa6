"""Keep into which parts a relink would split a customer."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE proposed_parts (
        candidate_id uuid NOT NULL REFERENCES match_candidates ON DELETE CASCADE,
        source_record_id uuid NOT NULL REFERENCES source_records ON DELETE CASCADE,
        part integer NOT NULL,
        PRIMARY KEY (candidate_id, source_record_id)
    )""",
    "CREATE INDEX proposed_parts_by_record ON proposed_parts (source_record_id)",
    """COMMENT ON TABLE proposed_parts IS
        'How a relink would split a customer; part 0 keeps the id.'""",
)
REVERSALS: tuple[str, ...] = ("DROP TABLE proposed_parts",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
