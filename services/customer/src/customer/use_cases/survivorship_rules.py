"""The survivorship rules: read, and replaced whole by a new version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from customer.domain.survivorship_rules import (
    SurvivorshipRules,
    SurvivorshipRulesChanged,
    check,
)
from customer.store.survivorship_rules import insert_rules, load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database
    from customer.domain.stewards import Steward
    from customer.domain.survivorship_rules import SurvivorshipRule

_MEND = "Read the rules again, make your change to them and send them with their new ETag."


async def read_survivorship_rules(database: Database) -> SurvivorshipRules:
    """Read the rules in force."""
    async with snapshot(database) as connection:
        return await load_rules(connection)


async def replace_survivorship_rules(
    database: Database,
    rules: Sequence[SurvivorshipRule],
    *,
    made_from: int | None,
    at: datetime,
    by: Steward,
) -> SurvivorshipRules:
    """Put the rules in force as the version after the one that they were made from.

    Golden records follow at once, for they are composed when they are read. Raises
    `SurvivorshipRuleUnusable`, and `SurvivorshipRulesChanged` for those who made theirs from an
    older version, or lost the race for the next one.
    """
    check(rules)
    async with unit_of_work(database) as tx:
        newest = await load_rules(tx)
        if made_from not in {None, newest.version}:
            raise SurvivorshipRulesChanged(_MEND)
        following = replace(newest, version=newest.version + 1, rules=tuple(rules))
        if not await insert_rules(tx, following, at=at, by=by):
            raise SurvivorshipRulesChanged(_MEND)
        return following
