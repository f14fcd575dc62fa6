"""Create the table of API keys."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE api_keys (
            id uuid PRIMARY KEY,
            client text NOT NULL,
            prefix text NOT NULL UNIQUE,
            secret_hash bytea NOT NULL,
            scopes text[] NOT NULL,
            created_at timestamptz NOT NULL,
            revoked_at timestamptz
        )"""
    )
    op.execute(
        """COMMENT ON TABLE api_keys IS
            'Keys of the gateway''s clients; a row is never deleted, and revoked for ever.'"""
    )


def downgrade() -> None:
    op.execute("DROP TABLE api_keys")
