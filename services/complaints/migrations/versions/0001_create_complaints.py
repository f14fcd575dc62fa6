"""Create complaints, their history, teams and the first routing rules."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.migrations import CREATE_CHASSIS_TABLES_V1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CREATE_TABLES = (
    "CREATE TABLE teams (slug text PRIMARY KEY, name text NOT NULL)",
    """CREATE TABLE routing_tables (
        version integer PRIMARY KEY,
        default_team text NOT NULL REFERENCES teams (slug),
        made_at timestamptz NOT NULL,
        made_by text NOT NULL
    )""",
    """COMMENT ON TABLE routing_tables IS
        'Each version of the routing rules, kept so that old decisions stay explained.'""",
    """CREATE TABLE routing_rules (
        table_version integer NOT NULL REFERENCES routing_tables (version),
        priority integer NOT NULL,
        slug text NOT NULL,
        team text NOT NULL REFERENCES teams (slug),
        channels text[] NOT NULL,
        categories text[] NOT NULL,
        countries text[] NOT NULL,
        languages text[] NOT NULL,
        brands text[] NOT NULL,
        subject_words text[] NOT NULL,
        PRIMARY KEY (table_version, priority),
        CONSTRAINT routing_rules_by_slug UNIQUE (table_version, slug)
    )""",
    """COMMENT ON TABLE routing_rules IS
        'The first rule by priority whose conditions all hold names the team.'""",
    """CREATE TABLE complaints (
        id uuid PRIMARY KEY,
        version integer NOT NULL,
        status text NOT NULL,
        channel text NOT NULL,
        source text NOT NULL,
        external_ref text,
        category text,
        subject text NOT NULL,
        text text NOT NULL,
        language text,
        country text NOT NULL,
        store text,
        brand text NOT NULL,
        legal_entity text NOT NULL,
        home_region text NOT NULL,
        order_id uuid,
        customer_id text,
        source_record_id uuid,
        team text REFERENCES teams (slug),
        routing_rule text,
        routing_reasons text[],
        routing_version integer REFERENCES routing_tables (version),
        resolution text,
        filed_at timestamptz,
        received_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT complaints_by_external_ref UNIQUE (source, external_ref)
    )""",
    "COMMENT ON COLUMN complaints.filed_at IS 'As the source''s clock told it.'",
    """CREATE INDEX complaints_by_customer ON complaints (customer_id, id)
        WHERE customer_id IS NOT NULL""",
    "CREATE INDEX complaints_by_team ON complaints (team, id)",
    "CREATE INDEX complaints_by_team_and_status ON complaints (team, status, id)",
    "CREATE INDEX complaints_by_status ON complaints (status, id)",
    """CREATE TABLE history_entries (
        complaint_id uuid NOT NULL REFERENCES complaints (id),
        version integer NOT NULL,
        step text NOT NULL,
        status text NOT NULL,
        at timestamptz NOT NULL,
        by text,
        text text,
        team text REFERENCES teams (slug),
        resolution text,
        PRIMARY KEY (complaint_id, version)
    )""",
    """COMMENT ON TABLE history_entries IS
        'What happened to a complaint; entry n led to the complaint''s version n.'""",
    """CREATE TABLE customer_aliases (
        retired_id text PRIMARY KEY,
        survivor_id text NOT NULL,
        merged_at timestamptz NOT NULL
    )""",
    """COMMENT ON TABLE customer_aliases IS
        'Merges as told; an id is followed until it is no longer a retired one.'""",
)

TEAMS = {
    "customer-care": "Customer care",
    "care-fr": "Customer care in French",
    "care-ja": "Customer care in Japanese",
    "boutiques": "Boutiques",
    "delivery": "Delivery",
    "payments": "Payments and refunds",
    "after-sales": "After-sales and repairs",
    "safety": "Product safety",
    "privacy": "Privacy",
}

# fmt: off
SAFETY = ["burn", "burnt", "injury", "injured", "allergy", "allergic", "brûlure", "blessure",
          "allergie", "火傷", "怪我", "アレルギー"]
PRIVACY = ["gdpr", "rgpd", "personal data", "données personnelles", "個人情報"]
DELIVERY = ["parcel", "delivery", "delivered", "courier", "colis", "livraison", "livré",
            "配送", "荷物", "届かない"]
PAYMENTS = ["refund", "charged", "invoice", "remboursement", "facture", "débité", "返金", "請求"]
AFTER_SALES = ["broken", "repair", "scratched", "cassé", "réparation", "rayé", "修理", "破損"]
# fmt: on

RULES: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("safety-by-category", "safety", {"categories": ["safety"]}),
    ("safety-by-words", "safety", {"subject_words": SAFETY}),
    ("privacy-by-category", "privacy", {"categories": ["privacy"]}),
    ("privacy-by-words", "privacy", {"subject_words": PRIVACY}),
    ("delivery-by-category", "delivery", {"categories": ["delivery"]}),
    ("payments-by-category", "payments", {"categories": ["payment", "refund", "invoice"]}),
    ("after-sales-by-category", "after-sales", {"categories": ["quality", "repair"]}),
    ("delivery-by-words", "delivery", {"subject_words": DELIVERY}),
    ("payments-by-words", "payments", {"subject_words": PAYMENTS}),
    ("after-sales-by-words", "after-sales", {"subject_words": AFTER_SALES}),
    ("boutiques-by-channel", "boutiques", {"channels": ["shop"]}),
    ("japanese", "care-ja", {"languages": ["ja"]}),
    ("french", "care-fr", {"languages": ["fr"]}),
)


def upgrade() -> None:
    for statement in (*CREATE_CHASSIS_TABLES_V1, *CREATE_TABLES):
        op.execute(statement)
    _seed()


def _seed() -> None:
    text, texts = sa.Text, ARRAY(sa.Text)
    teams = sa.table("teams", sa.column("slug", text), sa.column("name", text))
    op.bulk_insert(teams, [{"slug": slug, "name": name} for slug, name in TEAMS.items()])
    op.bulk_insert(
        sa.table(
            "routing_tables",
            sa.column("version", sa.Integer),
            sa.column("default_team", text),
            sa.column("made_at", sa.DateTime(timezone=True)),
            sa.column("made_by", text),
        ),
        [
            {
                "version": 1,
                "default_team": "customer-care",
                "made_at": datetime.now(UTC),
                "made_by": "migration 0001",
            }
        ],
    )
    conditions = ("channels", "categories", "countries", "languages", "brands", "subject_words")
    op.bulk_insert(
        sa.table(
            "routing_rules",
            sa.column("table_version", sa.Integer),
            sa.column("priority", sa.Integer),
            sa.column("slug", text),
            sa.column("team", text),
            *(sa.column(name, texts) for name in conditions),
        ),
        [
            {"table_version": 1, "priority": 10 * number, "slug": slug, "team": team}
            | {name: given.get(name, []) for name in conditions}
            for number, (slug, team, given) in enumerate(RULES, start=1)
        ],
    )
