"""Recording what was decided: the history grows, and what holds anew is announced."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.database import driver
from chassis.global_ids import show_global_id
from chassis.ids import new_uuid
from chassis.outbox import OutboxRow, mark_announced, outbox_row
from customer.domain.consent_state import ConsentState, changed_states, present_states
from customer.domain.consents import Consent, Recorder, ToldConsent, is_repeated
from customer.domain.owners import Owner, ToldOf
from customer.events import ConsentChanged
from customer.store.consents import HeldConsents, consents_of, write_consents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from customer.domain.intake import Entry

_COUNT_UP = """
UPDATE customers c SET version = c.version + n.facts, updated_at = :now
FROM unnest(CAST(:ids AS text[]), CAST(:facts AS bigint[])) AS n (id, facts)
WHERE c.id = n.id
RETURNING c.id, c.version
"""

_ANNOUNCE = """
INSERT INTO outbox (id, aggregatetype, aggregateid, type, sequence, payload, occurred_at,
                    traceparent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class Telling:
    """Decisions that were told of one customer at once; `at` is when, for those without a time.

    The caller holds the customer's row.
    """

    owner: Owner
    told: Sequence[ToldConsent]
    by: Recorder
    at: datetime


async def record_consents(
    tx: Transaction, tellings: Sequence[Telling], *, now: datetime
) -> list[Consent]:
    """Add decisions to the history, and announce what holds now and did not before.

    What the same teller said before in the same words is not added again. Gives what was added
    or is there already, in order.
    """
    before = await consents_of(tx, sorted({telling.owner.customer_id for telling in tellings}))
    after = {customer_id: held.copy() for customer_id, held in before.items()}
    added: list[Consent] = []
    answers: list[Consent] = []
    for telling in tellings:
        held = after[telling.owner.customer_id]
        for told in telling.told:
            consent, is_new = _placed(telling, told, held, now)
            answers.append(consent)
            if is_new:
                held.consents.append(consent)
                added.append(consent)
    if added:
        await write_consents(tx, added)
        await _announce(tx, _changes(before, after), now)
    return answers


async def record_told_consents(tx: Transaction, entries: Iterable[Entry], *, now: datetime) -> None:
    """Add what source records told with everything else; they are written and held already."""
    tellings = [
        Telling(
            owner=Owner(ToldOf(None, entry.record.id), entry.record.customer_id),
            told=entry.reading.consents,
            by=Recorder(entry.claim.key.source),
            at=entry.reading.observed_at,
        )
        for entry in entries
        if entry.reading.consents
    ]
    if tellings:
        await record_consents(tx, tellings, now=now)


def _placed(
    telling: Telling, told: ToldConsent, held: HeldConsents, now: datetime
) -> tuple[Consent, bool]:
    holder = telling.owner.told
    same = [
        consent
        for consent in held.consents
        if consent.source_record_id == holder.source_record_id
        and consent.told_customer_id == holder.customer_id
    ]
    if is_repeated(told, same):
        alike = [one for one in same if one.told.subject == told.subject]
        there = [one for one in alike if told.decided_at in {None, one.decided_at}]
        return max(there, key=lambda one: (one.recorded_at, one.id)), False
    decided_at = told.decided_at or telling.at
    consent = Consent(
        id=new_uuid(),
        told=replace(told, decided_at=decided_at),
        source_record_id=holder.source_record_id,
        told_customer_id=holder.customer_id,
        origin_id=holder.customer_id or _origin(telling.owner, held),
        decided_at=decided_at,
        recorded_at=now,
        recorded_by=telling.by.client,
        recorded_for=telling.by.person,
    )
    return consent, True


def _origin(owner: Owner, held: HeldConsents) -> str:
    record_id = owner.told.source_record_id
    assert record_id is not None  # noqa: S101 - what was told of no customer is a record's
    return held.origins.get(record_id, owner.customer_id)


def _changes(
    before: dict[str, HeldConsents], after: dict[str, HeldConsents]
) -> list[tuple[str, ConsentState]]:
    return [
        (customer_id, state)
        for customer_id, held in after.items()
        for state in changed_states(
            present_states(before[customer_id].consents, held.merges),
            present_states(held.consents, held.merges),
        )
    ]


async def _announce(
    tx: Transaction, changes: Sequence[tuple[str, ConsentState]], now: datetime
) -> None:
    """Announce in the customers' order of versions, which their facts all share."""
    facts = Counter(customer_id for customer_id, _ in changes)
    if not facts:
        return
    counted = await tx.execute(
        text(_COUNT_UP), {"ids": list(facts), "facts": list(facts.values()), "now": now}
    )
    last = {row.id: row.version for row in counted}
    rows: list[OutboxRow] = []
    for customer_id, state in changes:
        facts[customer_id] -= 1
        key, sequence = show_global_id(customer_id), last[customer_id] - facts[customer_id]
        rows.append(outbox_row(_event(customer_id, state, now), key=key, sequence=sequence, at=now))
    await (await driver(tx)).executemany(_ANNOUNCE, rows)
    mark_announced(tx)


def _event(customer_id: str, state: ConsentState, now: datetime) -> ConsentChanged:
    consent = state.consent
    return ConsentChanged(
        consent_id=consent.id,
        customer_id=customer_id,
        source_record_id=consent.source_record_id,
        purpose=state.purpose,
        channel=state.channel,
        brand=state.brand,
        decision=state.decision,
        decided_at=consent.decided_at,
        valid_until=consent.told.valid_until,
        changed_at=now,
    )
