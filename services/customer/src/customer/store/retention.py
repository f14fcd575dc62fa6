"""Retention rules as they are kept, and what each of them finds old enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from customer.domain.retention import Kept, RetentionAction, RetentionRule
from customer.store.tables.consents import retention_rules

if TYPE_CHECKING:
    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

MOST_COUNTED = 10_000
_FACTS = ("consents", "interactions", "notes", "appointments", "attribute_values", "relationships")

_NO_FACTS = " AND ".join(
    f"""NOT EXISTS (SELECT FROM {table} f WHERE f.told_customer_id = c.id)
    AND NOT EXISTS (SELECT FROM {table} f JOIN source_records r ON r.id = f.source_record_id
                    WHERE r.customer_id = c.id)"""  # noqa: S608 - made of constants
    for table in _FACTS
)

# Nobody can be told from another by a country, a language and a gender.
_ANONYMOUS = f"""
SELECT c.id, c.updated_at AS since FROM customers c
WHERE c.retired_at IS NULL AND c.updated_at < :cut AND c.id > :after
AND NOT EXISTS (
    SELECT FROM source_records r WHERE r.customer_id = c.id
    AND (r.normalised - ARRAY['country', 'language', 'gender'] <> '{{}}'
         OR EXISTS (SELECT FROM identifiers i WHERE i.source_record_id = r.id)))
AND NOT EXISTS (SELECT FROM customer_aliases a WHERE a.survivor_id = c.id)
AND {_NO_FACTS}
ORDER BY c.id LIMIT :bound
"""  # noqa: S608 - made of constants

_INACTIVE = """
SELECT c.id, c.updated_at AS since FROM customers c
WHERE c.retired_at IS NULL AND c.updated_at < :cut AND c.id > :after
AND NOT EXISTS (
    SELECT FROM interactions i WHERE i.told_customer_id = c.id AND i.at >= :cut)
AND NOT EXISTS (
    SELECT FROM source_records r JOIN interactions i ON i.source_record_id = r.id
    WHERE r.customer_id = c.id AND i.at >= :cut)
AND NOT EXISTS (
    SELECT FROM consents d WHERE d.told_customer_id = c.id AND d.recorded_at >= :cut)
AND NOT EXISTS (
    SELECT FROM source_records r JOIN consents d ON d.source_record_id = r.id
    WHERE r.customer_id = c.id AND d.recorded_at >= :cut)
ORDER BY c.id LIMIT :bound
"""

_CUSTOMERS_DUE = {Kept.ANONYMOUS_CUSTOMERS: _ANONYMOUS, Kept.INACTIVE_CUSTOMERS: _INACTIVE}

_COUNT = {
    Kept.INTERACTIONS: "SELECT at FROM interactions WHERE at < :cut LIMIT :bound",
    Kept.READS: "SELECT read_at FROM customer_reads WHERE read_at < :cut LIMIT :bound",
}

_DELETE = {
    Kept.INTERACTIONS: """
DELETE FROM interactions WHERE id IN (
    SELECT id FROM interactions WHERE at < :cut LIMIT :bound FOR UPDATE SKIP LOCKED)""",
    Kept.READS: """
DELETE FROM customer_reads WHERE id IN (
    SELECT id FROM customer_reads WHERE read_at < :cut
    ORDER BY read_at LIMIT :bound FOR UPDATE SKIP LOCKED)""",
}


@dataclass(frozen=True, slots=True)
class DueCustomer:
    """A customer of whom nothing came since an instant."""

    id: str
    since: datetime


async def list_rules(connection: AsyncConnection) -> list[RetentionRule]:
    """Give all rules by name."""
    query = select(retention_rules).order_by(retention_rules.c.what)
    return [_rule(row) for row in (await connection.execute(query)).mappings()]


async def find_rule(connection: AsyncConnection, what: Kept) -> RetentionRule | None:
    """Give the rule about something."""
    query = select(retention_rules).where(retention_rules.c.what == what)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _rule(row)


async def write_rule(tx: Transaction, rule: RetentionRule) -> RetentionRule:
    """Put a rule; when it was applied last is kept."""
    laid_down = {
        "after_days": rule.after_days,
        "action": rule.action,
        "updated_at": rule.updated_at,
    }
    query = insert(retention_rules).values(what=rule.what, applied_count=0, **laid_down)
    written = await tx.execute(
        query.on_conflict_do_update(index_elements=["what"], set_=laid_down).returning(
            retention_rules
        )
    )
    return _rule(written.mappings().one())


async def delete_rule(tx: Transaction, what: Kept) -> bool:
    """Take a rule back; tells whether there was one."""
    result = await tx.execute(delete(retention_rules).where(retention_rules.c.what == what))
    return result.rowcount > 0


async def mark_applied(tx: Transaction, what: Kept, count: int, *, at: datetime) -> None:
    """Remember when a rule was applied and how much went."""
    await tx.execute(
        retention_rules.update()
        .where(retention_rules.c.what == what)
        .values(applied_at=at, applied_count=retention_rules.c.applied_count + count)
    )


async def customers_due(
    connection: AsyncConnection, what: Kept, *, cut: datetime, after: str, limit: int
) -> list[DueCustomer]:
    """Give customers that a rule finds, by id."""
    query = _CUSTOMERS_DUE.get(what)
    if query is None:
        return []
    rows = await connection.execute(text(query), {"cut": cut, "after": after, "bound": limit})
    return [DueCustomer(row.id, row.since) for row in rows]


async def count_due(connection: AsyncConnection, what: Kept, *, cut: datetime) -> int:
    """Count what a rule finds, up to one more than is counted at the most."""
    query = _CUSTOMERS_DUE.get(what) or _COUNT[what]
    values: dict[str, object] = {"cut": cut, "bound": MOST_COUNTED + 1}
    if what in _CUSTOMERS_DUE:
        values["after"] = ""
    counted = await connection.scalar(
        text(f"SELECT count(*) FROM ({query}) AS due"),  # noqa: S608 - made of constants
        values,
    )
    return counted or 0


async def delete_due(tx: Transaction, what: Kept, *, cut: datetime, limit: int) -> int:
    """Delete some of what a rule finds; gives how many went."""
    result = await tx.execute(text(_DELETE[what]), {"cut": cut, "bound": limit})
    return result.rowcount


def _rule(row: RowMapping) -> RetentionRule:
    return RetentionRule(
        what=Kept(row["what"]),
        after_days=row["after_days"],
        action=RetentionAction(row["action"]),
        updated_at=row["updated_at"],
        applied_at=row["applied_at"],
        applied_count=row["applied_count"],
    )
