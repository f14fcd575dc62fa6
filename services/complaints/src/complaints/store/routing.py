"""Teams and the routing rules in the database, where each version of the rules stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from complaints.domain.report import Channel
from complaints.domain.routing import RoutingRule, RoutingTable, Team
from complaints.store.tables import routing_rules, routing_tables, teams

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction


async def load_routing_table(connection: AsyncConnection) -> RoutingTable:
    """Give the newest version of the rules, in one statement so that it is one version."""
    newest = select(func.max(routing_tables.c.version)).scalar_subquery()
    rows = await connection.execute(
        select(routing_tables.c.version, routing_tables.c.default_team, routing_rules)
        .outerjoin_from(
            routing_tables,
            routing_rules,
            routing_rules.c.table_version == routing_tables.c.version,
        )
        .where(routing_tables.c.version == newest)
        .order_by(routing_rules.c.priority)
    )
    found = rows.all()
    return RoutingTable(
        version=found[0].version,
        default_team=found[0].default_team,
        rules=tuple(_rule(row) for row in found if row.slug is not None),
    )


async def insert_routing_table(
    tx: Transaction, table: RoutingTable, *, at: datetime, by: str
) -> bool:
    """Store a version of the rules; gives False when another took the version's number first."""
    taken = await tx.scalar(
        insert_or_skip(routing_tables)
        .values(version=table.version, default_team=table.default_team, made_at=at, made_by=by)
        .on_conflict_do_nothing()
        .returning(routing_tables.c.version)
    )
    if taken is None:
        return False
    if table.rules:
        await tx.execute(insert(routing_rules), [_columns(table, rule) for rule in table.rules])
    return True


async def list_teams(connection: AsyncConnection) -> list[Team]:
    """Give all teams by their slug; a house has dozens."""
    rows = await connection.execute(select(teams).order_by(teams.c.slug))
    return [Team(row.slug, row.name) for row in rows]


def _columns(table: RoutingTable, rule: RoutingRule) -> dict[str, Any]:
    return {
        "table_version": table.version,
        "priority": rule.priority,
        "slug": rule.slug,
        "team": rule.team,
        "channels": list(rule.channels),
        "categories": list(rule.categories),
        "countries": list(rule.countries),
        "languages": list(rule.languages),
        "brands": list(rule.brands),
        "subject_words": list(rule.subject_words),
    }


def _rule(row: Row[Any]) -> RoutingRule:
    return RoutingRule(
        slug=row.slug,
        priority=row.priority,
        team=row.team,
        channels=tuple(Channel(channel) for channel in row.channels),
        categories=tuple(row.categories),
        countries=tuple(row.countries),
        languages=tuple(row.languages),
        brands=tuple(row.brands),
        subject_words=tuple(row.subject_words),
    )
