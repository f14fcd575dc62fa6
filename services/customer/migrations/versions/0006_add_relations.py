"""Create relationships, declared attributes, interactions, notes and appointments."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """CREATE TABLE attribute_definitions (
        name text COLLATE "C" NOT NULL,
        type text NOT NULL,
        sensitive boolean NOT NULL,
        definition jsonb NOT NULL,
        version bigint NOT NULL,
        client_id text NOT NULL,
        actor text,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (name)
    )""",
    """COMMENT ON TABLE attribute_definitions IS
        'The house''s own definitions, and those that replace one that is shipped.'""",
    """CREATE TABLE attribute_values (
        id uuid NOT NULL,
        name text COLLATE "C" NOT NULL,
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        value jsonb NOT NULL,
        source text NOT NULL,
        purpose text NOT NULL,
        observed_at timestamptz NOT NULL,
        valid_until timestamptz,
        received_at timestamptz NOT NULL,
        client_id text NOT NULL,
        actor text,
        PRIMARY KEY (id),
        CONSTRAINT attribute_values_are_told_of_one
            CHECK (num_nonnulls(told_customer_id, source_record_id) = 1),
        FOREIGN KEY (told_customer_id) REFERENCES customers (id),
        FOREIGN KEY (source_record_id) REFERENCES source_records (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX attribute_values_by_name
        ON attribute_values (name)""",
    """CREATE INDEX attribute_values_by_source_record
        ON attribute_values (source_record_id, name)""",
    """CREATE INDEX attribute_values_by_told_customer
        ON attribute_values (told_customer_id, name)""",
    """COMMENT ON TABLE attribute_values IS
        'History: the value observed last wins, and is found when read.'""",
    """CREATE TABLE interactions (
        id uuid NOT NULL,
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        source text COLLATE "C" NOT NULL,
        external_reference text COLLATE "C",
        content_hash bytea NOT NULL,
        channel text NOT NULL,
        begun_by text NOT NULL,
        at timestamptz NOT NULL,
        zone text NOT NULL,
        answered_at timestamptz,
        store text,
        agent text,
        subject text,
        order_reference text,
        complaint_reference text,
        duration_seconds integer,
        outcome text,
        client_id text NOT NULL,
        actor text,
        version bigint NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT interactions_are_told_of_one
            CHECK (num_nonnulls(told_customer_id, source_record_id) = 1),
        FOREIGN KEY (told_customer_id) REFERENCES customers (id),
        FOREIGN KEY (source_record_id) REFERENCES source_records (id) ON DELETE CASCADE
    )""",
    """CREATE UNIQUE INDEX interactions_by_external_reference
        ON interactions (source, external_reference)
        WHERE external_reference IS NOT NULL""",
    """CREATE INDEX interactions_by_source_record
        ON interactions (source_record_id, at, id)""",
    """CREATE INDEX interactions_by_told_customer
        ON interactions (told_customer_id, at, id)""",
    """COMMENT ON TABLE interactions IS
        'A source''s reference names one interaction for ever.'""",
    """CREATE TABLE notes (
        id uuid NOT NULL,
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        text text NOT NULL,
        visibility text NOT NULL,
        store text,
        pinned boolean NOT NULL,
        version bigint NOT NULL,
        client_id text NOT NULL,
        actor text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT notes_are_told_of_one
            CHECK (num_nonnulls(told_customer_id, source_record_id) = 1),
        CONSTRAINT notes_of_a_store_name_it CHECK (visibility <> 'store' OR store IS NOT NULL),
        FOREIGN KEY (told_customer_id) REFERENCES customers (id),
        FOREIGN KEY (source_record_id) REFERENCES source_records (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX notes_by_source_record
        ON notes (source_record_id)""",
    """CREATE INDEX notes_by_told_customer
        ON notes (told_customer_id)""",
    """CREATE TABLE appointments (
        id uuid NOT NULL,
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        store text COLLATE "C" NOT NULL,
        advisor text COLLATE "C" NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        zone text NOT NULL,
        begun_by text NOT NULL,
        subject text,
        status text NOT NULL,
        version bigint NOT NULL,
        source text NOT NULL,
        client_id text NOT NULL,
        actor text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT appointments_are_told_of_one
            CHECK (num_nonnulls(told_customer_id, source_record_id) = 1),
        CONSTRAINT appointments_end_after_they_start CHECK (starts_at < ends_at),
        FOREIGN KEY (told_customer_id) REFERENCES customers (id),
        FOREIGN KEY (source_record_id) REFERENCES source_records (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX appointments_by_advisor
        ON appointments (advisor, starts_at, id)""",
    """CREATE INDEX appointments_by_source_record
        ON appointments (source_record_id)""",
    """CREATE INDEX appointments_by_store
        ON appointments (store, starts_at, id)""",
    """CREATE INDEX appointments_by_told_customer
        ON appointments (told_customer_id)""",
    """CREATE TABLE companies (
        id uuid NOT NULL,
        name text NOT NULL,
        country text NOT NULL,
        vat_number text COLLATE "C",
        registration_number text,
        key_account text,
        version bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id)
    )""",
    """CREATE UNIQUE INDEX companies_by_vat_number
        ON companies (vat_number)""",
    """CREATE TABLE company_sites (
        company_id uuid NOT NULL,
        code text COLLATE "C" NOT NULL,
        name text NOT NULL,
        address jsonb,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (company_id, code),
        FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
    )""",
    """CREATE TABLE households (
        id uuid NOT NULL,
        name text,
        address jsonb,
        version bigint NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id)
    )""",
    """CREATE TABLE relationships (
        id uuid NOT NULL,
        type text COLLATE "C" NOT NULL,
        told_customer_id text COLLATE "C",
        source_record_id uuid,
        to_customer_id text COLLATE "C",
        to_record_id uuid,
        to_company_id uuid,
        to_household_id uuid,
        to_associate text COLLATE "C",
        site text COLLATE "C",
        brand text,
        store text,
        roles text[] NOT NULL,
        since date,
        until date,
        source text NOT NULL,
        version bigint NOT NULL,
        client_id text NOT NULL,
        actor text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT relationships_are_told_of_one
            CHECK (num_nonnulls(told_customer_id, source_record_id) = 1),
        CONSTRAINT relationships_lead_to_one
            CHECK (num_nonnulls(to_customer_id, to_record_id, to_company_id, to_household_id,
                to_associate) = 1),
        FOREIGN KEY (told_customer_id) REFERENCES customers (id),
        FOREIGN KEY (source_record_id) REFERENCES source_records (id) ON DELETE CASCADE,
        FOREIGN KEY (to_customer_id) REFERENCES customers (id),
        FOREIGN KEY (to_record_id) REFERENCES source_records (id) ON DELETE CASCADE,
        FOREIGN KEY (to_company_id) REFERENCES companies (id),
        FOREIGN KEY (to_household_id) REFERENCES households (id)
    )""",
    """CREATE INDEX relationships_by_source_record
        ON relationships (source_record_id)
        WHERE source_record_id IS NOT NULL""",
    """CREATE INDEX relationships_by_to_associate
        ON relationships (to_associate, id)
        WHERE to_associate IS NOT NULL""",
    """CREATE INDEX relationships_by_to_company
        ON relationships (to_company_id, id)
        WHERE to_company_id IS NOT NULL""",
    """CREATE INDEX relationships_by_to_customer
        ON relationships (to_customer_id)
        WHERE to_customer_id IS NOT NULL""",
    """CREATE INDEX relationships_by_to_household
        ON relationships (to_household_id, id)
        WHERE to_household_id IS NOT NULL""",
    """CREATE INDEX relationships_by_to_record
        ON relationships (to_record_id)
        WHERE to_record_id IS NOT NULL""",
    """CREATE INDEX relationships_by_told_customer
        ON relationships (told_customer_id)
        WHERE told_customer_id IS NOT NULL""",
    """COMMENT ON TABLE relationships IS
        'From a customer to another, a company, a household or a sales associate.'""",
    """CREATE INDEX source_records_by_referrer
        ON source_records ((normalised ->> 'referred_by'), id)
        WHERE (normalised ->> 'referred_by') IS NOT NULL""",
)
REVERSALS: tuple[str, ...] = (
    "DROP INDEX source_records_by_referrer",
    "DROP TABLE relationships",
    "DROP TABLE households",
    "DROP TABLE company_sites",
    "DROP TABLE companies",
    "DROP TABLE appointments",
    "DROP TABLE notes",
    "DROP TABLE interactions",
    "DROP TABLE attribute_values",
    "DROP TABLE attribute_definitions",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in REVERSALS:
        op.execute(statement)
