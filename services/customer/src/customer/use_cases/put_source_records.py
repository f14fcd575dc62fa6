"""Putting source records: who is this person? Created, found or merged, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.canonical import body_hash
from chassis.database import driver, lock_names, unit_of_work
from chassis.errors import Refusal
from chassis.global_ids import new_global_id
from chassis.hot import hot_unit_of_work
from chassis.ids import new_uuid
from customer.domain.claims import Claim, Reading
from customer.domain.intake import Answer, Intake, unchanged_answer
from customer.domain.neighbourhood import Portrait, Recogniser, portrait_of
from customer.domain.normalisation import read_claim
from customer.domain.refusals import CustomersBusy
from customer.store.book import open_book
from customer.store.consent_changes import record_told_consents
from customer.store.finding import lock_and_look
from customer.store.intake import write_all
from customer.store.races import MAY_BE_LOST_RACES, is_lost_race
from customer.store.tombstones import refuse_erased

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chassis.database import Database, Transaction
    from chassis.hot import Driver
    from chassis.idempotency import Once

# Large enough to share a commit, small enough to hold few locks and not for long.
RECORDS_TOGETHER = 100
NAMES_TOGETHER = 1000
_TRIES = 2
_OWN_NAMES = 10  # of the record itself, and of its blocking keys


async def put_source_record(
    database: Database, claim: Claim, *, recogniser: Recogniser, once: Once[Answer]
) -> Answer:
    """Put one source record whose request carries an Idempotency-Key."""
    told = _Told([claim], recogniser)
    for attempt in range(1, _TRIES + 1):
        try:
            async with unit_of_work(database) as tx:
                if (earlier := await once.earlier(tx)) is not None:
                    return earlier
                [answer] = await _put(tx, await driver(tx), told)
                return await once.keep(tx, answer)
        except MAY_BE_LOST_RACES as error:
            _raise_unless_race(error, attempt)
    raise AssertionError


async def put_source_records(
    database: Database, claims: Sequence[Claim], *, recogniser: Recogniser
) -> list[Answer | Refusal]:
    """Put source records in their order, up to a hundred in a transaction.

    The same content under the same key is unchanged for ever and tells nobody anything, so that
    sending records again after a failure is safe. What is refused spoils nothing else: when the
    records of a transaction cannot be stored together they are put one by one.
    """
    outcomes: list[Answer | Refusal] = []
    for together in _together(claims):
        outcomes += await _put_all(database, together, recogniser)
    return outcomes


def _together(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    together: list[Claim] = []
    names = 0
    for claim in claims:
        own = _OWN_NAMES + len(claim.emails) + len(claim.phones) + len(claim.cards)
        if together and (len(together) == RECORDS_TOGETHER or names + own > NAMES_TOGETHER):
            yield together
            together, names = [], 0
        together.append(claim)
        names += own
    if together:
        yield together


async def _put_all(
    database: Database, claims: Sequence[Claim], recogniser: Recogniser
) -> Sequence[Answer | Refusal]:
    try:
        return await _put_together(database, _Told(claims, recogniser))
    except Refusal as refusal:
        if len(claims) == 1:
            return [refusal]
    outcomes: list[Answer | Refusal] = []
    for claim in claims:
        outcomes += await _put_all(database, [claim], recogniser)
    return outcomes


async def _put_together(database: Database, told: _Told) -> list[Answer]:
    for attempt in range(1, _TRIES + 1):
        try:
            async with hot_unit_of_work(database) as (tx, connection):
                return await _put(tx, connection, told)
        except MAY_BE_LOST_RACES as error:
            _raise_unless_race(error, attempt)
    raise AssertionError


class _Told:
    """Claims with what reading them gave; read before any transaction begins."""

    def __init__(self, claims: Sequence[Claim], recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self.at = max(claim.received_at for claim in claims)
        readings = [read_claim(claim) for claim in claims]
        self.portraits = [portrait_of(reading.normalised) for reading in readings]
        hashes = [body_hash(body=claim.body) for claim in claims]
        self.claims: list[tuple[Claim, Reading, Portrait, bytes]] = list(
            zip(claims, readings, self.portraits, hashes, strict=True)
        )
        self.keys = {claim.key for claim in claims}
        self.identifiers = list({use.identifier for reading in readings for use in reading.usable})
        self.key_hashes = [claim.key_hash for claim in claims if claim.key_hash is not None]
        self.names = lock_names(
            *(key.name for key in self.keys),
            *(identifier.name for identifier in self.identifiers),
            *(f"block:{key}" for portrait in self.portraits for key in portrait.keys),
        )


async def _put(tx: Transaction, connection: Driver, told: _Told) -> list[Answer]:
    before = await lock_and_look(connection, told.names, told.keys)
    known = {record.key: record for record in before}
    if all(
        claim.key in known and known[claim.key].content_hash == content_hash
        for claim, *_, content_hash in told.claims
    ):
        return [unchanged_answer(known[claim.key]) for claim, *_ in told.claims]
    book, erased = await open_book(
        connection,
        told.keys,
        told.identifiers,
        told.portraits,
        told.recogniser,
        key_hashes=told.key_hashes,
    )
    new = [claim for claim, *_ in told.claims if book.record(claim.key) is None]
    await refuse_erased(connection, new, erased)
    intake = Intake(book, now=told.at, new_uuid=new_uuid, new_customer_id=new_global_id)
    answers = [intake.put(*each) for each in told.claims]
    await write_all(tx, intake.changes, now=told.at)
    await record_told_consents(tx, intake.changes.entries.values(), now=told.at)
    return [_as_it_ended(answer, book.current_id(answer.customer_id)) for answer in answers]


def _as_it_ended(answer: Answer, customer_id: str) -> Answer:
    """Name the survivor when a later record of the same call merged the customer."""
    return replace(answer, customer_id=customer_id)


def _raise_unless_race(error: BaseException, attempt: int) -> None:
    """Let a race be run once more, for the database has decided who won the first."""
    if not is_lost_race(error):
        raise error
    if attempt == _TRIES:
        message = "Send the request again after a moment."
        raise CustomersBusy(message, retry_after_seconds=1) from error
