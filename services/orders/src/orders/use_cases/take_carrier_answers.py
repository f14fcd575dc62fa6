"""Taking what carriers send: kept at once, read later, so that nothing of it is lost."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chassis.database import is_transient, snapshot, unit_of_work
from chassis.errors import Refusal
from chassis.logs import get_logger
from orders.adapters.tracking.sources import SOURCES, read_payload
from orders.domain.carrier_answers import CarrierAnswer, PayloadForgotten, UnknownSource
from orders.domain.carrier_words import PayloadUnreadable
from orders.domain.telling import ParcelNumber, ToldEvent
from orders.store.carrier_answers import (
    empty_answers,
    keep_answer,
    lease_answers,
    load_answer,
    note_read,
    wish_read_again,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from chassis.database import Database
    from chassis.principal import Principal
    from orders.domain.carrier_words import CarrierEvent
    from orders.store.carrier_answers import WaitingAnswer

    Record = Callable[
        [Database, Sequence[Sequence[ToldEvent]]], Awaitable[Sequence[Sequence[object]]]
    ]

_AT_ONCE = 20
_EVENTS_AT_ONCE = 500
_LONGEST = 100
_OUR_FAULT = "Reading it failed, which is our fault and was logged. It is kept."

log = get_logger()


async def take_answer(
    database: Database,
    source: str,
    payload: bytes,
    *,
    caller: Principal,
    answer_id: UUID,
    now: datetime,
) -> tuple[CarrierAnswer, bool]:
    """Keep what a source sent; gives it, and whether it came before. Raises `UnknownSource`."""
    if source not in SOURCES:
        raise UnknownSource(f"Send to one of {', '.join(SOURCES)}.")
    answer = CarrierAnswer(answer_id, source, now)
    async with unit_of_work(database) as tx:
        earlier = await keep_answer(
            tx,
            answer,
            body_hash=hashlib.sha256(payload).digest(),
            payload=payload,
            client_id=caller.client_id,
            purview=caller.purview,
        )
    return earlier or answer, earlier is not None


async def read_answer(database: Database, answer_id: UUID) -> CarrierAnswer:
    """Give what became of an answer; raises `CarrierAnswerNotFound`."""
    async with snapshot(database) as connection:
        return await load_answer(connection, answer_id)


async def read_again(database: Database, answer_id: UUID) -> CarrierAnswer:
    """Have an answer read again; raises `CarrierAnswerNotFound`, `PayloadForgotten`."""
    async with unit_of_work(database) as tx:
        await load_answer(tx, answer_id)
        if not await wish_read_again(tx, answer_id):
            raise PayloadForgotten("Have the carrier send it again.")
        return await load_answer(tx, answer_id)


async def read_waiting_answers(database: Database, record: Record) -> int:
    """Read the answers that came first, record what they say; gives how many.

    Whoever is killed in between leaves the answer for another: an event is never recorded twice.
    One on which reading fails as nobody foresaw is noted as unreadable and keeps none waiting.
    """
    async with unit_of_work(database) as tx:
        waiting = await lease_answers(tx, limit=_AT_ONCE)
    for answer in waiting:
        read = CarrierAnswer(answer.id, answer.source, answer.received_at, datetime.now(UTC))
        events: Sequence[CarrierEvent] = ()
        try:
            events = read_payload(answer.source, answer.payload)
            read = await _recorded(database, answer, events, read, record)
        except PayloadUnreadable as unreadable:
            read = replace(read, recorded=0, unmapped=0, refused=0, problem=str(unreadable))
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("carrier_answer.failed", answer_id=str(answer.id), source=answer.source)
            events = ()
            read = replace(read, recorded=0, unmapped=0, refused=0, problem=_OUR_FAULT)
        numbers = sorted({event.tracking_number for event in events})
        async with unit_of_work(database) as tx:
            await note_read(tx, read, tracking_numbers=numbers)
    return len(waiting)


async def forget_payloads(database: Database, *, read_before: datetime) -> int:
    """Empty the payloads that were read before; gives how many."""
    async with unit_of_work(database) as tx:
        return await empty_answers(tx, read_before=read_before)


async def _recorded(
    database: Database,
    answer: WaitingAnswer,
    events: Sequence[CarrierEvent],
    read: CarrierAnswer,
    record: Record,
) -> CarrierAnswer:
    told = [_told(event, answer) for event in events]
    outcomes: list[object] = []
    for at in range(0, len(told), _EVENTS_AT_ONCE):
        [found] = await record(database, [told[at : at + _EVENTS_AT_ONCE]])
        outcomes += found
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    return replace(
        read,
        recorded=len(outcomes) - len(refused),
        unmapped=sum(event.is_unmapped for event in events),
        refused=len(refused),
        problem=str(refused[0]) if refused else None,
    )


def _told(event: CarrierEvent, answer: WaitingAnswer) -> ToldEvent:
    return ToldEvent(
        parcel=ParcelNumber(event.carrier[:_LONGEST], event.tracking_number[:_LONGEST]),
        status=event.status,
        occurred_told=event.occurred_told,
        received_at=answer.received_at,
        code=event.code and event.code[:_LONGEST],
        location=event.location and event.location[:_LONGEST],
        description=event.description,
        reason=event.reason,
        purview=answer.purview,
    )
