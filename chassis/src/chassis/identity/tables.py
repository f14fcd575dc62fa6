"""The tables in which each service keeps who is who, in its own database."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData, Table, Text, Uuid, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.types import TypeEngine

_INSTANT = DateTime(timezone=True)
_COMMENTS = {
    "customer_aliases": "Retired global customer ids and their present survivor, never a chain.",
    "customer_moves": (
        "The last that was told of each merged or restored id; null: it stands for itself."
    ),
    "record_moves": (
        "Source records that were taken out of a customer, and whose their facts are since."
    ),
    "erased_customers": (
        "Ids that answer 410 for ever; what is told under them later is stored without them."
    ),
    "erased_records": "Source records of erased customers; facts that came by them are nobody's.",
}


class IdentityTables(NamedTuple):
    """`customer_aliases` is what `customer_moves` come to, for every join; the rest is told."""

    customer_aliases: Table
    customer_moves: Table
    record_moves: Table
    erased_customers: Table
    erased_records: Table


def identity_tables(
    metadata: MetaData,
    *,
    id_type: TypeEngine[str] | None = None,
    comments: Mapping[str, str] = MappingProxyType({}),
) -> IdentityTables:
    """Make the tables within a service's metadata.

    `id_type` is how its database keeps customer ids, `comments` what it says of a table in words
    of its own.
    """
    kept = Text() if id_type is None else id_type
    says = {**_COMMENTS, **comments}
    return IdentityTables(
        Table(
            "customer_aliases",
            metadata,
            Column("retired_id", kept, primary_key=True),
            Column("survivor_id", kept, nullable=False),
            Column("merged_at", _INSTANT, nullable=False),
            Index("customer_aliases_by_survivor", "survivor_id"),
            comment=says["customer_aliases"],
        ),
        Table(
            "customer_moves",
            metadata,
            Column("customer_id", kept, primary_key=True),
            Column("leads_to", kept),
            Column("moved_at", _INSTANT, nullable=False),
            Column("sequence", BigInteger, nullable=False),
            Column("merged_at", _INSTANT),
            Index(
                "customer_moves_by_end", "leads_to", postgresql_where=text("leads_to IS NOT NULL")
            ),
            comment=says["customer_moves"],
        ),
        Table(
            "record_moves",
            metadata,
            Column("source_record_id", Uuid, primary_key=True),
            Column("customer_id", kept, nullable=False),
            Column("moved_at", _INSTANT, nullable=False),
            comment=says["record_moves"],
        ),
        Table(
            "erased_customers",
            metadata,
            Column("customer_id", kept, primary_key=True),
            Column("erased_at", _INSTANT, nullable=False),
            comment=says["erased_customers"],
        ),
        Table(
            "erased_records",
            metadata,
            Column("source_record_id", Uuid, primary_key=True),
            Column("erased_at", _INSTANT, nullable=False),
            comment=says["erased_records"],
        ),
    )


TABLES = identity_tables(MetaData())
"""The same in no service's metadata, for statements that any of their databases understands."""
