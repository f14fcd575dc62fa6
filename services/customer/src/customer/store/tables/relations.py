"""What ties customers to each other, to companies, households and sales associates."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from customer.store.tables.schema import INSTANT, KEY, METADATA

companies = Table(
    "companies",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("vat_number", KEY),
    Column("registration_number", Text),
    Column("key_account", Text),
    Column("version", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Index("companies_by_vat_number", "vat_number", unique=True),
)

company_sites = Table(
    "company_sites",
    METADATA,
    Column("company_id", Uuid, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True),
    Column("code", KEY, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", JSONB),
    Column("updated_at", INSTANT, nullable=False),
)

households = Table(
    "households",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("address", JSONB),
    Column("version", BigInteger, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
)

relationships = Table(
    "relationships",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("type", KEY, nullable=False),
    Column("told_customer_id", KEY, ForeignKey("customers.id")),
    Column("source_record_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE")),
    Column("to_customer_id", KEY, ForeignKey("customers.id")),
    Column("to_record_id", Uuid, ForeignKey("source_records.id", ondelete="CASCADE")),
    Column("to_company_id", Uuid, ForeignKey("companies.id")),
    Column("to_household_id", Uuid, ForeignKey("households.id")),
    Column("to_associate", KEY),
    Column("site", KEY),
    Column("brand", Text),
    Column("store", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("since", Date),
    Column("until", Date),
    Column("source", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("actor", Text),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    CheckConstraint(
        "num_nonnulls(told_customer_id, source_record_id) = 1",
        name="relationships_are_told_of_one",
    ),
    CheckConstraint(
        "num_nonnulls(to_customer_id, to_record_id, to_company_id, to_household_id, to_associate)"
        " = 1",
        name="relationships_lead_to_one",
    ),
    Index(
        "relationships_by_told_customer",
        "told_customer_id",
        postgresql_where=text("told_customer_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_source_record",
        "source_record_id",
        postgresql_where=text("source_record_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_to_customer",
        "to_customer_id",
        postgresql_where=text("to_customer_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_to_record",
        "to_record_id",
        postgresql_where=text("to_record_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_to_company",
        "to_company_id",
        "id",
        postgresql_where=text("to_company_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_to_household",
        "to_household_id",
        "id",
        postgresql_where=text("to_household_id IS NOT NULL"),
    ),
    Index(
        "relationships_by_to_associate",
        "to_associate",
        "id",
        postgresql_where=text("to_associate IS NOT NULL"),
    ),
    comment="From a customer to another, a company, a household or a sales associate.",
)
