"""Searching as one types: whatever is typed into one box, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from customer.domain.search_keys import SearchKind, may_be_mistyped
from customer.domain.search_readings import Matched, Rank, Reading
from customer.domain.search_sight import matched_by_text
from customer.domain.search_terms import Term, Typed, read_typed
from customer.domain.spelling import ends_to_search, nearest
from customer.store.customers import list_customers
from customer.store.golden_records import CustomerView, view_customers
from customer.store.search import FIRST_RECORD, find_keys, narrow, words_beginning_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Database, Transaction
    from customer.store.seeing import Eyes

_RECORDS_SHOWN = 20
_RECORDS_NARROWED = 30
_KEYS_LOOKED_AT = 2000
_CANDIDATES = 300
_CANDIDATES_BY_NUMBER = 1000
_HITS_EACH = 60
_LOOKED_AT_TO_SEE = 4
_WORDS_WALKED = 1000
_CORRECTIONS = 2


@dataclass(frozen=True, slots=True)
class FoundByText:
    """A customer and by what it was found."""

    view: CustomerView
    matched: tuple[Matched, ...]


@dataclass(slots=True)
class _Fit:
    """How well a customer fits so far."""

    rank: Rank
    newest: UUID
    matched: set[Matched]


async def search_by_text(
    database: Database, text: str, eyes: Eyes, *, country: str | None, limit: int
) -> list[FoundByText]:
    """Find customers by a name, an address, a number or an id, or by several of them together.

    What is typed narrows: every term must fit. What fits exactly comes before what only begins so,
    that before a phone's last digits; of those that fit alike, the customer changed last comes
    first. Only when nothing fits, slips of the pen in longer names are forgiven. What the reader
    does not see finds nobody.
    """
    typed = read_typed(text, country)
    if typed.is_too_short:
        return []
    async with snapshot(database) as connection:
        found = await _found(connection, typed, eyes, limit)
        if not found and (meant := await _correct(connection, typed)) is not None:
            found = await _found(connection, meant, eyes, limit)
    return found


async def _found(
    connection: Transaction, typed: Typed, eyes: Eyes, limit: int
) -> list[FoundByText]:
    fits = await _search(connection, typed, limit)
    best = sorted(fits, key=lambda one: (-fits[one].rank, fits[one].newest), reverse=True)
    looked_at = limit if eyes.see_everything else limit * _LOOKED_AT_TO_SEE
    customers = await list_customers(connection, best[:looked_at])
    customers.sort(key=lambda one: (-fits[one.id].rank, one.updated_at, one.id), reverse=True)
    views = await view_customers(connection, customers, records_each=_RECORDS_SHOWN)
    if not eyes.see_everything:
        return (await _seen(connection, typed, eyes, views, fits))[:limit]
    return [FoundByText(view, tuple(sorted(fits[view.customer.id].matched))) for view in views]


async def _seen(
    connection: Transaction,
    typed: Typed,
    eyes: Eyes,
    views: Sequence[CustomerView],
    fits: dict[str, _Fit],
) -> list[FoundByText]:
    """Leave those whom the reader finds by what it sees; a customer's id is hidden to nobody."""
    homes = {view.customer.id: view.telling.homes for view in views}
    sights = await eyes.sights(connection, homes)
    found: list[FoundByText] = []
    for view in views:
        matched = matched_by_text(typed, view.telling, sights[view.customer.id])
        matched |= fits[view.customer.id].matched & {Matched.CUSTOMER_ID}
        if matched:
            found.append(FoundByText(view, tuple(sorted(matched))))
    return found


async def _search(connection: Transaction, typed: Typed, limit: int) -> dict[str, _Fit]:
    fits: dict[str, _Fit] = {}
    if typed.readings:
        await _find(connection, typed.readings, fits)
    if len(typed.terms) > 1 and len(fits) < (1 if typed.is_words else limit):
        await _narrow(connection, typed.narrowing, fits)
    return fits


async def _find(
    connection: Transaction, readings: Sequence[Reading], fits: dict[str, _Fit]
) -> None:
    found = await find_keys(connection, readings, looked_at=_KEYS_LOOKED_AT, each=_HITS_EACH)
    for hit in found:
        rank = hit.reading.rank_of(hit.key)
        _add(fits, hit.customer_id, rank, hit.source_record_id or FIRST_RECORD, hit.reading)


async def _narrow(connection: Transaction, terms: Sequence[Term], fits: dict[str, _Fit]) -> None:
    """Look for customers whose records, together, have every term."""
    found = await narrow(
        connection,
        terms,
        looked_at=_CANDIDATES if terms[0].word is not None else _CANDIDATES_BY_NUMBER,
        records=_RECORDS_NARROWED,
        limit=_HITS_EACH,
    )
    for one in found:
        rank = max(reading.rank for reading in one.readings)
        for reading in one.readings:
            _add(fits, one.customer_id, rank, one.newest, reading)


def _add(
    fits: dict[str, _Fit], customer_id: str, rank: Rank, newest: UUID, reading: Reading
) -> None:
    fit = fits.setdefault(customer_id, _Fit(rank, newest, set()))
    fit.rank = min(fit.rank, rank)
    fit.newest = max(fit.newest, newest)
    fit.matched.update(reading.matched)


async def _correct(connection: Transaction, typed: Typed) -> Typed | None:
    """Put the nearest known words in the place of those that nobody is called."""
    near: dict[str, list[str]] = {}
    for term in typed.terms:
        if term.word is not None and may_be_mistyped(term.word):
            near[term.word] = await _near_words(connection, term.word)
    corrections = {word: words for word, words in near.items() if words and words != [word]}
    return typed.corrected(corrections) if corrections else None


async def _near_words(connection: Transaction, word: str) -> list[str]:
    beginning, ending = ends_to_search(word)
    begun = await words_beginning_with(connection, SearchKind.NAME, beginning, limit=_WORDS_WALKED)
    ended = await words_beginning_with(
        connection, SearchKind.ENDING, ending[::-1], limit=_WORDS_WALKED
    )
    return nearest(word, [*begun, *(other[::-1] for other in ended)], most=_CORRECTIONS)
