"""Laying down how long things are kept, seeing what that would end, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from customer.domain.retention import (
    Kept,
    NoRetentionRule,
    RetentionAction,
    RetentionRule,
    refuse_unfit,
)
from customer.store.retention import (
    MOST_COUNTED,
    DueCustomer,
    count_due,
    customers_due,
    delete_due,
    delete_rule,
    find_rule,
    list_rules,
    mark_applied,
    write_rule,
)

if TYPE_CHECKING:
    from chassis.database import Database

_TOGETHER = 5000


@dataclass(frozen=True, slots=True)
class Due:
    """What is old enough: how many (`at_least` when counting stopped), and a page of customers."""

    cut_at: datetime
    count: int
    at_least: bool
    customers: list[DueCustomer]
    next_id: str | None


async def put_retention_rule(database: Database, rule: RetentionRule) -> RetentionRule:
    """Lay a rule down or change it; raises `ActionNotForThis`."""
    refuse_unfit(rule.what, rule.action)
    async with unit_of_work(database) as tx:
        return await write_rule(tx, rule)


async def take_back_retention_rule(database: Database, what: Kept) -> None:
    """Keep something for ever again; raises `NoRetentionRule`."""
    async with unit_of_work(database) as tx:
        if not await delete_rule(tx, what):
            raise _no_rule()


async def list_retention_rules(database: Database) -> list[RetentionRule]:
    """Give all rules."""
    async with snapshot(database) as connection:
        return await list_rules(connection)


async def find_due(
    database: Database,
    what: Kept,
    *,
    after_days: int | None,
    after_id: str,
    limit: int,
    now: datetime,
) -> Due:
    """Say what a rule finds now, or would find after other days; changes nothing.

    Raises `NoRetentionRule` when there is no rule and no days are given.
    """
    async with snapshot(database) as connection:
        if after_days is None:
            rule = await find_rule(connection, what)
            if rule is None:
                raise _no_rule()
            after_days = rule.after_days
        cut = now - timedelta(days=after_days)
        count = await count_due(connection, what, cut=cut)
        found = await customers_due(connection, what, cut=cut, after=after_id, limit=limit + 1)
    return Due(
        cut_at=cut,
        count=min(count, MOST_COUNTED),
        at_least=count > MOST_COUNTED,
        customers=found[:limit],
        next_id=found[limit - 1].id if len(found) > limit else None,
    )


async def apply_retention(database: Database, *, now: datetime) -> dict[Kept, int]:
    """Delete what rules say goes by itself, a few thousand at a time; gives how much went.

    What a person must decide is left alone: `find_due` lists it.
    """
    gone: dict[Kept, int] = {}
    for rule in await list_retention_rules(database):
        if rule.action is not RetentionAction.DELETE:
            continue
        gone[rule.what] = await _delete_all(database, rule, now)
    return gone


async def _delete_all(database: Database, rule: RetentionRule, now: datetime) -> int:
    count = 0
    while True:
        async with unit_of_work(database) as tx:
            deleted = await delete_due(tx, rule.what, cut=rule.cut(now), limit=_TOGETHER)
            await mark_applied(tx, rule.what, deleted, at=now)
        count += deleted
        if deleted < _TOGETHER:
            return count


def _no_rule() -> NoRetentionRule:
    message = "Put a rule first, or say `after_days` to try one."
    return NoRetentionRule(message)
