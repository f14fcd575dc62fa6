"""By what a reader may find a customer: what is shown by any part, what is hidden as a whole only.

A search that finds by the beginning or the end of a value confirms that value piece by piece. So
keys are made anew of what the reader sees, and a find that none of them explains is none. Who was
told a whole e-mail, number, card or own id by the person at the counter recognises by it even where
it is hidden, unless the source record that told it is closed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import phonenumbers

from customer.domain.cards import read_card
from customer.domain.emails import read_email
from customer.domain.identifiers import IdentifierKind, Unusable
from customer.domain.reading_policies import EXTERNAL_ID, Access
from customer.domain.search_keys import (
    SearchKind,
    backwards,
    fold_code,
    is_unspaced,
    search_keys_of,
)
from customer.domain.search_readings import NAME, Reading
from customer.domain.visibility import shown_only

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from customer.domain.claims import Normalised
    from customer.domain.reading_policies import Sight
    from customer.domain.search_readings import Matched
    from customer.domain.search_terms import Typed
    from customer.domain.sights import Sights
    from customer.domain.survivorship import TellingRecord
    from customer.domain.telling import Telling


class _Key(NamedTuple):
    """A key by which a reader may find; `is_whole` if only by all of it."""

    kind: str
    value: str
    is_whole: bool


def matched_by_text(typed: Typed, telling: Telling, sights: Sights) -> set[Matched]:
    """Tell by what of a customer a reader finds it who typed so; by nothing when it may not."""
    keys = list(_keys(telling, sights))
    matched = _matched(typed.readings, keys)
    terms = [_matched(term.readings, keys) for term in typed.narrowing]
    if len(terms) > 1 and all(terms):
        matched.update(*terms)
    return matched


def is_named(beginning: str, telling: Telling, sights: Sights) -> bool:
    """Tell whether a reader sees a name of the customer that begins so, in folded form."""
    return bool(_matched([Reading(SearchKind.NAME, beginning, NAME)], _keys(telling, sights)))


def _matched(readings: Collection[Reading], keys: Iterable[_Key]) -> set[Matched]:
    return {
        matched
        for key in keys
        for reading in readings
        if _fits(reading, key)
        for matched in reading.matched
    }


def _fits(reading: Reading, key: _Key) -> bool:
    if reading.kind != key.kind:
        return False
    if key.is_whole:
        return reading.low == key.value
    words = (word if is_unspaced(word) else f" {word}" for word in reading.others)
    return key.value.startswith(reading.low) and all(word in f" {key.value}" for word in words)


def _keys(telling: Telling, sights: Sights) -> Iterator[_Key]:
    for record in telling.records:
        sight = sights.of(record.home)
        if not sight.is_closed:
            yield from _keys_of(record, sight)


def _keys_of(record: TellingRecord, sight: Sight) -> Iterator[_Key]:
    shown = shown_only(record, sight)
    for kind, value in search_keys_of(shown, record.key):
        if kind is not SearchKind.EXTERNAL:
            yield _Key(kind, value, is_whole=False)
    for kind, value in _identifiers(shown):
        yield _Key(kind, value, is_whole=False)
    for kind, value in (*_identifiers(record.normalised), *_whole_numbers(record.normalised)):
        yield _Key(kind, value, is_whole=True)
    is_hidden = sight.of(EXTERNAL_ID) is not Access.SHOWN
    yield _Key(SearchKind.EXTERNAL, fold_code(record.key.external_id), is_whole=is_hidden)


def _identifiers(normalised: Normalised) -> Iterator[tuple[str, str]]:
    """Give e-mails, phones and cards in the form in which they are compared."""
    for email in normalised.emails:
        with suppress(Unusable):
            yield IdentifierKind.EMAIL, read_email(email).compared
    for phone in normalised.phones:
        yield IdentifierKind.PHONE, phone
    for card in normalised.cards:
        with suppress(Unusable):
            yield IdentifierKind.CARD, read_card(card).compared


def _whole_numbers(normalised: Normalised) -> Iterator[tuple[str, str]]:
    """Give each phone backwards as dialled from abroad and at home, nothing shorter."""
    for phone in normalised.phones:
        yield SearchKind.PHONE, backwards(phone)
        with suppress(phonenumbers.NumberParseException):
            parsed = phonenumbers.parse(phone)
            yield SearchKind.PHONE, backwards(phonenumbers.national_significant_number(parsed))
