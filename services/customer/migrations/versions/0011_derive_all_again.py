"""Make all that is derived of records anew by one scheme, traits and blocking keys too."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE search_key_builds RENAME TO derivations",
    "ALTER INDEX search_key_builds_pkey RENAME TO derivations_pkey",
    """COMMENT ON TABLE derivations IS
        'Up to which source record what is derived of it was made by a scheme.'""",
)
REVERSALS: tuple[str, ...] = (
    "ALTER INDEX derivations_pkey RENAME TO search_key_builds_pkey",
    "ALTER TABLE derivations RENAME TO search_key_builds",
    """COMMENT ON TABLE search_key_builds IS
        'Up to which source record keys were made by a scheme.'""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
