"""Who referred whom, as relationships tell and as source records say in `referred_by`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.global_ids import InvalidGlobalId, read_global_id, show_global_id
from chassis.ids import InvalidId
from customer.domain.claims import RecordKey
from customer.domain.owners import ToldOf, Whom
from customer.domain.relationships import OtherEnd, RelationshipType
from customer.events import SOURCE_RECORD
from customer.store.owners import find_owners
from customer.store.relationships import relationships_from, relationships_to
from customer.store.tables.book import customer_aliases, source_records
from customer.store.tables.schema import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.relationships import Relationship

_WORD = source_records.c.normalised.op("->>")("referred_by")
_RECORDS_READ = 200


@dataclass(frozen=True, slots=True)
class Referral:
    """The other side of a referral, if it is known here, and what tells of it.

    `told_by` is a relationship, or a source record of the one who was referred; `told` is of whom
    it tells so.
    """

    customer_id: str | None
    told_by: UUID
    told: ToldOf
    by_record: bool = False

    @classmethod
    def by_relationship(cls, other_id: str | None, one: Relationship) -> Referral:
        """Give a referral that a relationship tells."""
        return cls(other_id, one.id, one.told)

    @classmethod
    def by_source(cls, other_id: str | None, record_id: UUID) -> Referral:
        """Give a referral that a source record tells."""
        return cls(other_id, record_id, ToldOf(None, record_id), by_record=True)


async def referrals_of(connection: AsyncConnection, customer_id: str) -> list[Referral]:
    """Give who referred a customer, the last told first; whom a word names may be unknown here."""
    told = await relationships_to(
        connection,
        OtherEnd(customer_id=customer_id),
        type_=RelationshipType.REFERRER,
        before=None,
        limit=_RECORDS_READ,
    )
    found = [Referral.by_relationship(one.customer_id, one) for one in told]
    query = (
        select(source_records.c.id, _WORD.label("word"))
        .where(source_records.c.customer_id == customer_id, _WORD.is_not(None))
        .order_by(source_records.c.id.desc())
        .limit(_RECORDS_READ)
    )
    rows = (await connection.execute(query)).all()
    whoms = [_named(row.word) for row in rows]
    known = await find_owners(connection, [whom or Whom() for whom in whoms]) if rows else []
    for row, owner in zip(rows, known, strict=True):
        referrer = owner.record_customer_id or owner.customer_id
        if referrer != customer_id:
            found.append(Referral.by_source(referrer, row.id))
    return sorted(found, key=lambda one: one.told_by, reverse=True)


async def referred_by(
    connection: AsyncConnection, customer_id: str, *, before: UUID | None, limit: int
) -> list[Referral]:
    """Give whom a customer referred, the last told first."""
    told = await relationships_from(
        connection,
        customer_id,
        type_=RelationshipType.REFERRER,
        before=before,
        limit=limit,
    )
    words = await _words_for(connection, customer_id)
    query = (
        select(source_records.c.id, source_records.c.customer_id)
        .where(
            any_(cast(literal(words, ARRAY(KEY)), ARRAY(KEY))) == _WORD,
            source_records.c.customer_id != customer_id,
        )
        .order_by(source_records.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(source_records.c.id < before)
    rows = await connection.execute(query)
    found = [Referral.by_relationship(one.to.customer_id, one) for one in told]
    found += [Referral.by_source(row.customer_id, row.id) for row in rows]
    return sorted(found, key=lambda one: one.told_by, reverse=True)[:limit]


def _named(word: str) -> Whom | None:
    """Read whom a source names: a source's own id of a record, our id of one, or a customer's."""
    source, parted, external_id = word.partition("/")
    if parted:
        return Whom(record=RecordKey(source, external_id))
    try:
        return Whom(record=SOURCE_RECORD.read(word))
    except InvalidId:
        pass
    try:
        return Whom(customer_id=read_global_id(word))
    except InvalidGlobalId:
        return None


async def _words_for(connection: AsyncConnection, customer_id: str) -> list[str]:
    """Give the words by which sources name a customer, in the spellings that are shown."""
    retired = select(customer_aliases.c.retired_id).where(
        customer_aliases.c.survivor_id == customer_id
    )
    ids: Sequence[str] = [customer_id, *(await connection.scalars(retired))]
    records = select(
        source_records.c.id,
        func.concat(source_records.c.source, "/", source_records.c.external_id).label("key"),
    ).where(source_records.c.customer_id == customer_id)
    words = [spelling for id_ in ids for spelling in (id_, show_global_id(id_))]
    for row in await connection.execute(records):
        words += [row.key, SOURCE_RECORD.show(row.id)]
    return words
