"""The facts of an intake as rows of the outbox, in the order in which they came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.global_ids import show_global_id
from chassis.outbox import OutboxRow, outbox_row
from customer.domain.facts import (
    Fact,
    RecordCreatedCustomer,
    RecordToldMore,
    ReviewNeeded,
    TwoProvedOne,
)
from customer.events import (
    JUDGEMENT,
    CustomerCreated,
    CustomerMerged,
    CustomerUpdated,
    MatchReviewRequested,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from customer.domain.intake import Changes


def announcements(
    changes: Changes, moved: Mapping[str, Sequence[UUID]], *, at: datetime
) -> list[OutboxRow]:
    """Write each fact as an event in the trace of the request that brought its record.

    `moved` gives the records of each retired customer.
    """
    rows: list[OutboxRow] = []
    for fact in changes.facts:
        row, entry = _announcement(fact, moved, at), changes.entries.get(fact.record_id)
        rows.append(row if entry is None else (*row[:-1], entry.claim.traceparent))
    return rows


def _announcement(fact: Fact, moved: Mapping[str, Sequence[UUID]], at: datetime) -> OutboxRow:
    match fact:
        case RecordCreatedCustomer():
            event, key, sequence = _created(fact, at), fact.customer.id, fact.customer.version
        case RecordToldMore():
            event = CustomerUpdated(
                customer_id=fact.customer_id, source_record_id=fact.record_id, updated_at=at
            )
            key, sequence = fact.customer_id, fact.version
        case TwoProvedOne():
            event = CustomerMerged(
                survivor_id=fact.survivor_id,
                retired_id=fact.retired_id,
                source_record_ids=list(moved[fact.retired_id]),
                merged_at=at,
            )
            key, sequence = fact.retired_id, fact.version
        case ReviewNeeded():
            shown = JUDGEMENT.show(fact.judgement_id)
            return outbox_row(_review(fact, at), key=shown, sequence=1, at=at)
    return outbox_row(event, key=show_global_id(key), sequence=sequence, at=at)


def _created(fact: RecordCreatedCustomer, at: datetime) -> CustomerCreated:
    return CustomerCreated(
        customer_id=fact.customer.id,
        source_record_id=fact.record_id,
        brand=fact.customer.brand,
        home_region=fact.customer.home_region,
        channel=fact.channel,
        created_at=at,
    )


def _review(fact: ReviewNeeded, at: datetime) -> MatchReviewRequested:
    judgement = fact.conclusion.judgement
    return MatchReviewRequested(
        judgement_id=fact.judgement_id,
        customer_id=fact.customer_id,
        source_record_id=fact.record_id,
        other_customer_id=fact.conclusion.other_customer_id,
        other_source_record_id=fact.conclusion.other_record_id,
        shared=list(judgement.shared),
        contradictions=list(judgement.contradictions),
        weight_bits=judgement.weight,
        requested_at=at,
    )
