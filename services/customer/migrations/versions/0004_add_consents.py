"""Create consents with their proof, and the audit of reads."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE consent_texts (
        purpose text COLLATE "C" NOT NULL,
        version text COLLATE "C" NOT NULL,
        language text COLLATE "C" NOT NULL,
        words text NOT NULL,
        written_at timestamptz NOT NULL,
        PRIMARY KEY (purpose, version, language)
    )""",
    """COMMENT ON TABLE consent_texts IS
        'The words that were shown; they never change once a consent names their version.'""",
    """CREATE TABLE consents (
        id uuid PRIMARY KEY,
        source_record_id uuid REFERENCES source_records (id) ON DELETE CASCADE,
        told_customer_id text COLLATE "C" REFERENCES customers (id),
        purpose text COLLATE "C" NOT NULL,
        channel text,
        decision text NOT NULL,
        basis text NOT NULL,
        text_version text COLLATE "C",
        text_language text COLLATE "C",
        source text NOT NULL,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        proof_how text,
        proof_reference text,
        decided_at timestamptz NOT NULL,
        valid_until timestamptz,
        recorded_at timestamptz NOT NULL,
        recorded_by text NOT NULL,
        recorded_for text,
        CONSTRAINT consents_have_one_holder
            CHECK ((source_record_id IS NULL) <> (told_customer_id IS NULL))
    )""",
    """CREATE INDEX consents_by_source_record ON consents (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    """CREATE INDEX consents_by_told_customer ON consents (told_customer_id)
        WHERE told_customer_id IS NOT NULL""",
    """CREATE INDEX consents_by_text ON consents (purpose, text_version)
        WHERE text_version IS NOT NULL""",
    """COMMENT ON TABLE consents IS
        'Every decision as it was told; rows are added and never changed.'""",
    """CREATE TABLE suppressions (
        kind text COLLATE "C" NOT NULL,
        address_hash bytea NOT NULL,
        purpose text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        suppressed_at timestamptz NOT NULL,
        PRIMARY KEY (kind, address_hash, purpose)
    )""",
    """COMMENT ON TABLE suppressions IS
        'Keyed hashes of addresses that nobody may write to; they outlive an erasure.'""",
    """CREATE TABLE client_regions (
        client_id text COLLATE "C" PRIMARY KEY,
        region text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL,
        updated_at timestamptz NOT NULL
    )""",
    """CREATE TABLE region_policies (
        home_region text COLLATE "C" NOT NULL,
        reader_region text COLLATE "C" NOT NULL,
        basis text NOT NULL,
        reference text,
        valid_until date,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (home_region, reader_region)
    )""",
    """CREATE TABLE field_policies (
        role text COLLATE "C" NOT NULL,
        home_region text COLLATE "C" NOT NULL,
        reach text COLLATE "C" NOT NULL,
        field text COLLATE "C" NOT NULL,
        access text NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (role, home_region, reach, field)
    )""",
    """COMMENT ON TABLE field_policies IS
        'Role, region and field: who may see what; the field * stands for all others.'""",
    """CREATE TABLE customer_reads (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id text COLLATE "C" NOT NULL,
        client_id text NOT NULL,
        person text,
        what text NOT NULL,
        purpose text,
        times integer NOT NULL,
        read_at timestamptz NOT NULL
    )""",
    "CREATE INDEX customer_reads_by_customer ON customer_reads (customer_id, id)",
    "CREATE INDEX customer_reads_by_age ON customer_reads (read_at)",
    """COMMENT ON TABLE customer_reads IS
        'Who read whom; rows are added, and forgotten when their retention rule says so.'""",
    """CREATE TABLE retention_rules (
        what text COLLATE "C" PRIMARY KEY,
        after_days integer NOT NULL,
        action text NOT NULL,
        updated_at timestamptz NOT NULL,
        applied_at timestamptz,
        applied_count bigint NOT NULL
    )""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE retention_rules",
    "DROP TABLE customer_reads",
    "DROP TABLE field_policies",
    "DROP TABLE region_policies",
    "DROP TABLE client_regions",
    "DROP TABLE suppressions",
    "DROP TABLE consents",
    "DROP TABLE consent_texts",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
