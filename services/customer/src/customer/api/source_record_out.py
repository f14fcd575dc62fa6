"""Source records as they are answered: what came of putting one, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from chassis.errors import FieldProblem
from chassis.global_ids import GlobalId
from customer.domain.identifiers import IdentifierKind
from customer.domain.intake import Answer, Outcome
from customer.domain.resemblance import LIKENESS
from customer.events import SourceRecordId
from customer.store.source_records import StoredRecord

MatchedOn = IdentifierKind | Literal["likeness"]
"""An identifier, or the likeness of all that is told."""


class FlagOut(BaseModel):
    """A value that is kept as told but not used, or used with a doubt; and how to mend it.

    Only what may not be kept (a national number) is not kept; `problem` then says so.
    """

    field: str
    problem: str
    mend: str

    @classmethod
    def of(cls, flag: FieldProblem) -> FlagOut:
        return cls(field=flag.field, problem=flag.problem, mend=flag.mend)


class SourceRecordPutOut(BaseModel):
    """Whose the record is, and how that was found out.

    `retired_ids` are global ids that this request proved to be this customer's; they lead here
    for ever.
    """

    customer_id: GlobalId
    source_record_id: SourceRecordId
    outcome: Outcome
    matched_on: list[MatchedOn]
    retired_ids: list[GlobalId]
    flags: list[FlagOut]

    @classmethod
    def of(cls, answer: Answer) -> SourceRecordPutOut:
        return cls(
            customer_id=answer.customer_id,
            source_record_id=answer.source_record_id,
            outcome=answer.outcome,
            matched_on=matched_on(answer.matched_on),
            retired_ids=list(answer.retired_ids),
            flags=[FlagOut.of(flag) for flag in answer.flags],
        )


class SourceRecordOut(BaseModel):
    """A source record: as told (`raw`) and in normal form (`normalised`)."""

    customer_id: GlobalId
    source_record_id: SourceRecordId
    source: str
    external_id: str
    channel: str
    store: str | None
    country: str
    brand: str
    legal_entity: str
    home_region: str
    raw: dict[str, Any]
    normalised: dict[str, Any]
    matched_on: list[MatchedOn]
    flags: list[FlagOut]
    version: int
    observed_at: AwareDatetime
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, record: StoredRecord) -> SourceRecordOut:
        return cls(
            customer_id=record.customer_id,
            source_record_id=record.id,
            source=record.key.source,
            external_id=record.key.external_id,
            channel=record.channel,
            store=record.store,
            country=record.country,
            brand=record.brand,
            legal_entity=record.legal_entity,
            home_region=record.home_region,
            raw=record.raw,
            normalised=record.normalised,
            matched_on=matched_on(record.matched_on),
            flags=[FlagOut.of(flag) for flag in record.flags],
            version=record.version,
            observed_at=record.observed_at,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


def matched_on(kinds: Sequence[str]) -> list[MatchedOn]:
    """Show what a record was matched on."""
    return ["likeness" if kind == LIKENESS else IdentifierKind(kind) for kind in kinds]
