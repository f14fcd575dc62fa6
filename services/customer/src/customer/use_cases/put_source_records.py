"""Putting source records: who is this person? Created, found or merged, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.canonical import body_hash
from chassis.database import lock, unit_of_work
from chassis.errors import Refusal, Unavailable
from chassis.global_ids import new_global_id
from chassis.ids import new_uuid
from customer.domain.birth_dates import BornInTheFuture, refuse_future
from customer.domain.claims import Claim, Reading
from customer.domain.intake import Answer, Changes, Intake, unchanged_answer
from customer.domain.merging import last_survivors, moves
from customer.domain.normalisation import read_claim
from customer.store.announcements import announcements
from customer.store.book import known_records, open_book
from customer.store.changes import move_records, write_changes, write_merges
from customer.store.races import MAY_BE_LOST_RACES, is_lost_race

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once

# Large enough to share a commit, small enough to hold few locks and not for long.
RECORDS_TOGETHER = 100
NAMES_TOGETHER = 1000
_TRIES = 2


class IdentityBusy(Unavailable):
    """Others change the same customers at this moment."""

    slug = "identity-busy"
    title = "The customer is being changed by others"


async def put_source_record(database: Database, claim: Claim, *, once: Once[Answer]) -> Answer:
    """Put one source record whose request carries an Idempotency-Key.

    Raises `BornInTheFuture`.
    """
    told = _Told([claim])
    for attempt in range(1, _TRIES + 1):
        try:
            async with unit_of_work(database) as tx:
                if (earlier := await once.earlier(tx)) is not None:
                    return earlier
                [answer] = await _put(tx, told)
                return await once.keep(tx, answer)
        except MAY_BE_LOST_RACES as error:
            _raise_unless_race(error, attempt)
    raise AssertionError


async def put_source_records(database: Database, claims: Sequence[Claim]) -> list[Answer | Refusal]:
    """Put source records in their order, up to a hundred in a transaction.

    The same content under the same key is unchanged for ever and tells nobody anything, so that
    sending records again after a failure is safe. What is refused spoils nothing else: it is left
    out before, and when the records of a transaction cannot be stored together they are put one
    by one.
    """
    outcomes: list[Answer | Refusal | None] = [_refusal(claim) for claim in claims]
    good = [place for place, refusal in enumerate(outcomes) if refusal is None]
    for places in _together(good, claims):
        answers = await _put_all(database, [claims[place] for place in places])
        for place, answer in zip(places, answers, strict=True):
            outcomes[place] = answer
    return [outcome for outcome in outcomes if outcome is not None]


def _together(places: Iterable[int], claims: Sequence[Claim]) -> Iterator[list[int]]:
    together: list[int] = []
    names = 0
    for place in places:
        claim = claims[place]
        own = 1 + len(claim.emails) + len(claim.phones) + len(claim.cards)
        if together and (len(together) == RECORDS_TOGETHER or names + own > NAMES_TOGETHER):
            yield together
            together, names = [], 0
        together.append(place)
        names += own
    if together:
        yield together


async def _put_all(database: Database, claims: Sequence[Claim]) -> Sequence[Answer | Refusal]:
    try:
        return await _put_together(database, _Told(claims))
    except Refusal as refusal:
        if len(claims) == 1:
            return [refusal]
    outcomes: list[Answer | Refusal] = []
    for claim in claims:
        outcomes += await _put_all(database, [claim])
    return outcomes


async def _put_together(database: Database, told: _Told) -> list[Answer]:
    for attempt in range(1, _TRIES + 1):
        try:
            async with unit_of_work(database) as tx:
                return await _put(tx, told)
        except MAY_BE_LOST_RACES as error:
            _raise_unless_race(error, attempt)
    raise AssertionError


def _refusal(claim: Claim) -> Refusal | None:
    try:
        refuse_future(claim.birth_date, claim.received_at)
    except BornInTheFuture as refusal:
        return refusal
    return None


class _Told:
    """Claims with what reading them gave; read before any transaction begins."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            refuse_future(claim.birth_date, claim.received_at)
        self.at = max(claim.received_at for claim in claims)
        self.claims: list[tuple[Claim, Reading, bytes]] = [
            (claim, read_claim(claim), body_hash(body=claim.body)) for claim in claims
        ]
        self.keys = {claim.key for claim in claims}
        self.identifiers = list(
            {use.identifier for _, reading, _ in self.claims for use in reading.usable}
        )


async def _put(tx: Transaction, told: _Told) -> list[Answer]:
    known = {record.key: record for record in await known_records(tx, told.keys)}
    if all(
        claim.key in known and known[claim.key].content_hash == content_hash
        for claim, _, content_hash in told.claims
    ):
        return [unchanged_answer(known[claim.key]) for claim, _, _ in told.claims]
    await lock(
        tx,
        *(key.name for key in told.keys),
        *(identifier.name for identifier in told.identifiers),
    )
    book = await open_book(tx, told.keys, told.identifiers)
    intake = Intake(book, now=told.at, new_uuid=new_uuid, new_customer_id=new_global_id)
    answers = [intake.put(*each) for each in told.claims]
    await _write(tx, intake.changes, told.at)
    return [_as_it_ended(answer, book.current_id(answer.customer_id)) for answer in answers]


async def _write(tx: Transaction, changes: Changes, now: datetime) -> None:
    if not changes.merges:
        await write_changes(tx, changes, announcements(changes, {}, at=now), now=now)
        return
    leads_to = last_survivors(changes.merges)
    await write_changes(tx, changes, [], now=now)
    moved = moves(changes.merges, await move_records(tx, leads_to))
    record_ids = {move.merge.retired_id: move.record_ids for move in moved}
    rows = announcements(changes, record_ids, at=now)
    await write_merges(tx, moved, leads_to, rows, now=now)


def _as_it_ended(answer: Answer, customer_id: str) -> Answer:
    """Name the survivor when a later record of the same call merged the customer."""
    return replace(answer, customer_id=customer_id)


def _raise_unless_race(error: BaseException, attempt: int) -> None:
    """Let a race be run once more, for the database has decided who won the first."""
    if not is_lost_race(error):
        raise error
    if attempt == _TRIES:
        message = "Send the request again after a moment."
        raise IdentityBusy(message, retry_after_seconds=1) from error
