"""The survivorship rules in the database, where each version of them stays."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from customer.domain.survivorship_rules import SurvivorshipRule, SurvivorshipRules
from customer.store.tables.golden import survivorship_rule_sets

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction
    from customer.domain.stewards import Steward

_RULES = TypeAdapter(tuple[SurvivorshipRule, ...])
_NEWEST = """
SELECT version, CAST(rules AS text) AS rules FROM survivorship_rule_sets
ORDER BY version DESC LIMIT 1
"""


async def load_rules(connection: AsyncConnection) -> SurvivorshipRules:
    """Give the rules in force; a house that made none has version 0, without rules."""
    row = (await connection.execute(text(_NEWEST))).one_or_none()
    return (
        SurvivorshipRules()
        if row is None
        else SurvivorshipRules(row.version, read_rules(row.rules))
    )


async def insert_rules(
    tx: Transaction, rules: SurvivorshipRules, *, at: datetime, by: Steward
) -> bool:
    """Store a version of the rules; gives False when another took the version's number first."""
    taken = await tx.scalar(
        insert(survivorship_rule_sets)
        .values(
            version=rules.version,
            rules=_RULES.dump_python(rules.rules, mode="json", exclude_defaults=True),
            made_at=at,
            client_id=by.client_id,
            actor=by.person,
        )
        .on_conflict_do_nothing()
        .returning(survivorship_rule_sets.c.version)
    )
    return taken is not None


@lru_cache(maxsize=16)
def read_rules(rules: str) -> tuple[SurvivorshipRule, ...]:
    """Read a version once: every read of a customer asks for it."""
    return _RULES.validate_json(rules)
