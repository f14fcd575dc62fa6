"""Rulings as rows: a person's decision, and the judgement that stands in the graph for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import RowMapping, insert, text

from customer.domain.rulings import Act, Ruling, judge_by_person
from customer.domain.stewards import Steward
from customer.store.tables.book import judgements
from customer.store.tables.stewardship import rulings

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Transaction

_NEWEST_RECORDS = """
SELECT (SELECT id FROM source_records WHERE customer_id = :left
        ORDER BY observed_at DESC, id DESC LIMIT 1) AS left_id,
       (SELECT id FROM source_records WHERE customer_id = :right
        ORDER BY observed_at DESC, id DESC LIMIT 1) AS right_id
"""

_LIST_RECORDS = "SELECT id FROM source_records WHERE customer_id = :customer_id ORDER BY id"


async def write_ruling(tx: Transaction, ruling: Ruling, pair: tuple[UUID, UUID]) -> None:
    """Write a ruling and its judgement, which is of one record of each side."""
    judgement = judge_by_person(pair, ruling.act)
    await tx.execute(
        insert(judgements).values(
            id=ruling.judgement_id,
            left_id=judgement.left_id,
            right_id=judgement.right_id,
            verdict=judgement.verdict,
            judge=judgement.judge,
            rule=judgement.rule,
            evidence={"shared": [], "contradictions": []},
            judged_at=ruling.ruled_at,
        )
    )
    await tx.execute(
        insert(rulings).values(
            judgement_id=ruling.judgement_id,
            act=ruling.act,
            customer_id=ruling.customer_id,
            other_id=ruling.other_id,
            merged_at=ruling.merged_at,
            retired_ids=list(ruling.retired_ids),
            source_record_ids=list(ruling.source_record_ids),
            client_id=ruling.by.client_id,
            person=ruling.by.person,
            reason=ruling.reason,
            ruled_at=ruling.ruled_at,
        )
    )


async def find_ruling(tx: Transaction, judgement_id: UUID) -> Ruling:
    """Give a ruling that is known to have been made."""
    query = rulings.select().where(rulings.c.judgement_id == judgement_id)
    return read_ruling((await tx.execute(query)).mappings().one())


async def rulings_of_split(tx: Transaction, first: Ruling) -> list[Ruling]:
    """Give all rulings of one proposed split, of which each parted one customer from the rest."""
    query = rulings.select().where(
        rulings.c.customer_id == first.customer_id,
        rulings.c.ruled_at == first.ruled_at,
        rulings.c.client_id == first.by.client_id,
        rulings.c.person.is_not_distinct_from(first.by.person),
        rulings.c.act.in_([Act.SPLIT, Act.UNMERGE]),
    )
    rows = (await tx.execute(query.order_by(rulings.c.judgement_id))).mappings()
    return [read_ruling(row) for row in rows]


def read_ruling(row: RowMapping) -> Ruling:
    """Read a ruling from its row."""
    return Ruling(
        judgement_id=row["judgement_id"],
        act=Act(row["act"]),
        customer_id=row["customer_id"],
        other_id=row["other_id"],
        by=Steward(row["client_id"], row["person"]),
        reason=row["reason"],
        ruled_at=row["ruled_at"],
        merged_at=row["merged_at"],
        retired_ids=tuple(row["retired_ids"]),
        source_record_ids=tuple(row["source_record_ids"]),
    )


async def newest_records(tx: Transaction, left_id: str, right_id: str) -> tuple[UUID, UUID]:
    """Give the newest record of each of two customers, to stand for them in a judgement."""
    row = (await tx.execute(text(_NEWEST_RECORDS), {"left": left_id, "right": right_id})).one()
    return row.left_id, row.right_id


async def records_of(tx: Transaction, customer_id: str) -> list[UUID]:
    """Name all records of a customer."""
    return list((await tx.execute(text(_LIST_RECORDS), {"customer_id": customer_id})).scalars())
