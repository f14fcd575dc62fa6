"""Keep what customers declared and how they were met, and segments that the house writes itself."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE attribute_facts (
        value_id uuid PRIMARY KEY,
        customer_id text COLLATE "C",
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        owner_sequence bigint,
        attribute text NOT NULL,
        purpose text NOT NULL,
        value jsonb,
        observed_at timestamptz NOT NULL,
        valid_until timestamptz,
        told_at timestamptz NOT NULL,
        is_withdrawn boolean NOT NULL
    )""",
    """CREATE INDEX attribute_facts_by_customer ON attribute_facts (customer_id, attribute)
        WHERE customer_id IS NOT NULL""",
    """CREATE INDEX attribute_facts_by_source_record ON attribute_facts (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    "CREATE INDEX attribute_facts_by_attribute ON attribute_facts (attribute, customer_id)",
    """CREATE INDEX attribute_facts_by_end ON attribute_facts (valid_until)
        WHERE valid_until IS NOT NULL""",
    """COMMENT ON TABLE attribute_facts IS
        'What customers declared, by value; what was taken back or erased has no value.'""",
    """CREATE TABLE attribute_forms (
        attribute text PRIMARY KEY,
        type text NOT NULL,
        choices text[] NOT NULL,
        is_yearly boolean NOT NULL,
        told_at timestamptz NOT NULL
    )""",
    """COMMENT ON TABLE attribute_forms IS
        'In which form each attribute is declared, as it was told last.'""",
    """CREATE TABLE interaction_facts (
        interaction_id uuid PRIMARY KEY,
        customer_id text COLLATE "C",
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        owner_sequence bigint,
        channel text NOT NULL,
        begun_by text NOT NULL,
        at timestamptz NOT NULL,
        answered_at timestamptz
    )""",
    """CREATE INDEX interaction_facts_by_customer ON interaction_facts (customer_id, at)
        WHERE customer_id IS NOT NULL""",
    """CREATE INDEX interaction_facts_by_source_record ON interaction_facts (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    "CREATE INDEX interaction_facts_by_time ON interaction_facts (at)",
    """COMMENT ON TABLE interaction_facts IS
        'How customers and the house were in touch; no word of it.'""",
    """ALTER TABLE segments ALTER COLUMN position DROP NOT NULL,
        ADD COLUMN purpose text,
        ADD COLUMN rule jsonb,
        ADD COLUMN version integer NOT NULL DEFAULT 0,
        ADD COLUMN written_at timestamptz,
        ADD COLUMN measured_at timestamptz,
        ADD COLUMN ended_at timestamptz,
        ADD CHECK ((position IS NULL) = (purpose IS NOT NULL)
            AND (rule IS NULL) = (purpose IS NULL))""",
    """COMMENT ON COLUMN segments.purpose IS 'Values that were declared for it alone count.'""",
    """COMMENT ON COLUMN segments.measured_at IS 'Null: yet to be measured.'""",
    """COMMENT ON TABLE segments IS
        'Segments of scores, best first by position; those with a rule are the house''s own.'""",
    """CREATE INDEX segments_to_measure ON segments (slug)
        WHERE purpose IS NOT NULL AND measured_at IS NULL""",
    "DROP INDEX memberships_open",
    """CREATE UNIQUE INDEX memberships_open ON memberships (profile_id, segment)
        WHERE left_at IS NULL""",
    """COMMENT ON TABLE memberships IS
        'Who was in which segment from when to when; of scores at most one is open.'""",
    """CREATE TABLE rule_clock (
        is_the_one boolean PRIMARY KEY DEFAULT true CHECK (is_the_one),
        turned_until timestamptz NOT NULL
    )""",
    "INSERT INTO rule_clock (turned_until) VALUES (now())",
    """COMMENT ON TABLE rule_clock IS
        'Until when it was looked whom the mere passing of time brings in or out of rules.'""",
)
REVERSALS: tuple[str, ...] = (
    "DROP TABLE rule_clock",
    "DELETE FROM memberships USING segments WHERE segment = slug AND rule IS NOT NULL",
    "DELETE FROM segment_counts USING segments WHERE segment = slug AND rule IS NOT NULL",
    "DROP INDEX memberships_open",
    "CREATE UNIQUE INDEX memberships_open ON memberships (profile_id) WHERE left_at IS NULL",
    "DELETE FROM segments WHERE rule IS NOT NULL",
    """ALTER TABLE segments DROP COLUMN purpose, DROP COLUMN rule, DROP COLUMN version,
        DROP COLUMN written_at, DROP COLUMN measured_at, DROP COLUMN ended_at,
        ALTER COLUMN position SET NOT NULL""",
    "DROP TABLE interaction_facts",
    "DROP TABLE attribute_forms",
    "DROP TABLE attribute_facts",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
