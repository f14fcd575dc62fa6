"""Keep how parcels arrive these days, and which features a model of lateness weighs.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the hazards of carriers and of the house; the models so far are of the first form."""
    op.execute("ALTER TABLE transit_times ADD COLUMN hazards double precision[]")
    op.execute("ALTER TABLE lateness_models ADD COLUMN form smallint NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE lateness_models ALTER COLUMN form DROP DEFAULT")


def downgrade() -> None:
    """Forget them; a model of the second form cannot be read by what knows only the first."""
    op.execute("DELETE FROM lateness_models WHERE form <> 1")
    op.execute("ALTER TABLE lateness_models DROP COLUMN form")
    op.execute("ALTER TABLE transit_times DROP COLUMN hazards")
