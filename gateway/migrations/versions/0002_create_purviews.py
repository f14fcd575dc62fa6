"""Create the table of clients' purviews."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE purviews (
            client text PRIMARY KEY,
            purview jsonb NOT NULL
        )"""
    )
    op.execute(
        """COMMENT ON TABLE purviews IS
            'Clients from which the reading policy keeps something, as the customer service last '
            'told; a client that is not named sees the whole house.'"""
    )
    op.execute("CREATE TABLE purview_changes (changes bigint NOT NULL)")
    op.execute("INSERT INTO purview_changes VALUES (0)")
    op.execute("COMMENT ON TABLE purview_changes IS 'How often the purviews changed; one row.'")


def downgrade() -> None:
    op.execute("DROP TABLE purview_changes")
    op.execute("DROP TABLE purviews")
