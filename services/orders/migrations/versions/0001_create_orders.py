"""Create the tables of the orders service."""

from __future__ import annotations

import re

from alembic import op

from chassis.migrations import CREATE_CHASSIS_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """CREATE TABLE customer_aliases (
        retired_id text NOT NULL,
        survivor_id text NOT NULL,
        merged_at timestamptz NOT NULL,
        PRIMARY KEY (retired_id)
    )""",
    """COMMENT ON TABLE customer_aliases IS
        'Retired global customer ids and their present survivor, never a chain.'""",
    "CREATE INDEX customer_aliases_by_survivor ON customer_aliases (survivor_id)",
    """CREATE TABLE customer_claims (
        id uuid NOT NULL,
        kind text NOT NULL,
        key_id text NOT NULL,
        sealed bytea NOT NULL,
        claimed_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        next_try_at timestamptz,
        problem text,
        PRIMARY KEY (id)
    )""",
    """COMMENT ON TABLE customer_claims IS
        'Who is said to have bought, encrypted until identity answers; id is the fact''s.'""",
    """CREATE INDEX customer_claims_due
        ON customer_claims (next_try_at)
        WHERE next_try_at IS NOT NULL""",
    """CREATE TABLE order_contacts (
        order_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        contact jsonb NOT NULL,
        PRIMARY KEY (order_id)
    )""",
    """COMMENT ON TABLE order_contacts IS
        'An order''s own snapshot of whom to write to; erasing it is deleting its row.'""",
    """CREATE TABLE order_lines (
        order_id uuid NOT NULL,
        line_no integer NOT NULL,
        placed_at timestamptz NOT NULL,
        sku text NOT NULL,
        description text,
        category text,
        quantity bigint NOT NULL,
        unit_price_minor bigint NOT NULL,
        discount_minor bigint NOT NULL,
        tax_minor bigint NOT NULL,
        total_minor bigint NOT NULL,
        serial_number text,
        unit_cost_minor bigint,
        is_gift boolean NOT NULL,
        PRIMARY KEY (order_id, line_no),
        CONSTRAINT order_lines_quantity_is_positive CHECK (quantity > 0)
    )""",
    """CREATE TABLE order_references (
        source text NOT NULL,
        external_ref text NOT NULL,
        order_id uuid NOT NULL,
        body_hash bytea NOT NULL,
        client_id text NOT NULL,
        idempotency_key text,
        customer_id text,
        source_record_id uuid,
        customer_is_pending boolean NOT NULL,
        PRIMARY KEY (source, external_ref)
    )""",
    """COMMENT ON TABLE order_references IS
        'External references, unique per source for ever, and what the first answer said.'""",
    """CREATE UNIQUE INDEX order_references_by_key
        ON order_references (client_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL""",
    """CREATE TABLE orders (
        id uuid NOT NULL,
        source text NOT NULL,
        external_ref text NOT NULL,
        client_id text NOT NULL,
        customer_id text,
        source_record_id uuid,
        channel text NOT NULL,
        store text,
        country text NOT NULL,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        currency text NOT NULL,
        shipping_minor bigint NOT NULL,
        prices_include_tax boolean NOT NULL,
        total_minor bigint NOT NULL,
        placed_at timestamptz NOT NULL,
        time_zone text NOT NULL,
        placed_on date NOT NULL,
        received_at timestamptz NOT NULL,
        clock_skew_seconds bigint,
        taken_away boolean NOT NULL,
        commercial text NOT NULL,
        cancelled_at timestamptz,
        cancel_reason text,
        version bigint NOT NULL,
        PRIMARY KEY (id)
    )""",
    """COMMENT ON TABLE orders IS
        'What was bought; money in minor units, totals as they were when it was placed.'""",
    """CREATE INDEX orders_by_customer
        ON orders (customer_id, placed_at, id)
        WHERE customer_id IS NOT NULL""",
    """CREATE TABLE parcels (
        id uuid NOT NULL,
        shipment_id uuid NOT NULL,
        order_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        carrier text NOT NULL,
        tracking_number text NOT NULL,
        token text NOT NULL,
        holds_rest boolean NOT NULL,
        status text NOT NULL,
        status_at timestamptz,
        is_disputed boolean NOT NULL,
        registered_at timestamptz NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (id)
    )""",
    """COMMENT ON TABLE parcels IS
        'status and is_disputed are the fold of tracking_events, kept for reading.'""",
    "CREATE UNIQUE INDEX parcels_by_number ON parcels (order_id, carrier, tracking_number)",
    "CREATE UNIQUE INDEX parcels_by_token ON parcels (token)",
    """CREATE TABLE return_lines (
        return_id uuid NOT NULL,
        line_no integer NOT NULL,
        order_line_no integer,
        sku text NOT NULL,
        quantity bigint NOT NULL,
        refund_minor bigint,
        PRIMARY KEY (return_id, line_no),
        CONSTRAINT return_lines_quantity_is_positive CHECK (quantity > 0)
    )""",
    """CREATE TABLE returns (
        id uuid NOT NULL,
        source text NOT NULL,
        external_ref text NOT NULL,
        body_hash bytea NOT NULL,
        client_id text NOT NULL,
        order_id uuid,
        customer_id text,
        source_record_id uuid,
        channel text NOT NULL,
        store text,
        country text NOT NULL,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        currency text NOT NULL,
        refund_minor bigint NOT NULL,
        returned_at timestamptz NOT NULL,
        time_zone text NOT NULL,
        returned_on date NOT NULL,
        received_at timestamptz NOT NULL,
        reason text,
        announced_at timestamptz,
        PRIMARY KEY (id)
    )""",
    """COMMENT ON TABLE returns IS
        'Goods that came back; announced once it is known whose they were.'""",
    """CREATE INDEX returns_by_customer
        ON returns (customer_id, returned_at)
        WHERE customer_id IS NOT NULL""",
    "CREATE INDEX returns_by_order ON returns (order_id) WHERE order_id IS NOT NULL",
    "CREATE UNIQUE INDEX returns_by_reference ON returns (source, external_ref)",
    """CREATE TABLE reused_references (
        id uuid NOT NULL,
        kind text NOT NULL,
        source text NOT NULL,
        external_ref text NOT NULL,
        body_hash bytea NOT NULL,
        first_id uuid NOT NULL,
        client_id text NOT NULL,
        body jsonb NOT NULL,
        times bigint NOT NULL,
        first_received_at timestamptz NOT NULL,
        last_received_at timestamptz NOT NULL,
        PRIMARY KEY (id)
    )""",
    """COMMENT ON TABLE reused_references IS
        'For review: bodies that came under a used reference, without personal data.'""",
    """CREATE UNIQUE INDEX reused_references_by_body
        ON reused_references (kind, source, external_ref, body_hash)""",
    """CREATE TABLE shipment_lines (
        shipment_id uuid NOT NULL,
        position integer NOT NULL,
        parcel_id uuid,
        order_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        line_no integer NOT NULL,
        quantity bigint NOT NULL,
        PRIMARY KEY (shipment_id, position),
        CONSTRAINT shipment_lines_quantity_is_positive CHECK (quantity > 0)
    )""",
    """COMMENT ON TABLE shipment_lines IS
        'What left; parcel_id is null where the shipment''s parcels hold it together.'""",
    "CREATE INDEX shipment_lines_by_order ON shipment_lines (order_id)",
    """CREATE TABLE shipments (
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        shipped_at timestamptz NOT NULL,
        PRIMARY KEY (id)
    )""",
    "CREATE INDEX shipments_by_order ON shipments (order_id)",
    """CREATE TABLE tracking_events (
        dedupe_key bytea NOT NULL,
        parcel_id uuid NOT NULL,
        placed_at timestamptz NOT NULL,
        occurred_at timestamptz NOT NULL,
        occurred_told text NOT NULL,
        zone_source text NOT NULL,
        received_at timestamptz NOT NULL,
        status text NOT NULL,
        code text,
        location text,
        description text,
        PRIMARY KEY (dedupe_key)
    )""",
    """COMMENT ON TABLE tracking_events IS
        'Append only: what carriers said, as they said it.'""",
    "CREATE INDEX tracking_events_by_parcel ON tracking_events (parcel_id, occurred_at)",
)


def upgrade() -> None:
    for statement in (*CREATE_CHASSIS_TABLES_V1, *_TABLES):
        op.execute(statement)


def downgrade() -> None:
    created = re.findall(r"CREATE TABLE (\w+)", " ".join((*CREATE_CHASSIS_TABLES_V1, *_TABLES)))
    for table in created:
        op.execute(f"DROP TABLE {table}")
