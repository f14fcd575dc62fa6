"""What a searched text may be: ranges of search keys, and how well a key in them fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from customer.domain.romanisation import romanised
from customer.domain.search_keys import SearchKind, is_unspaced

WHOLE_NUMBER = 8
"""So many digits are taken for all that is dialled within a country."""

_CALLING_CODE_DIGITS = 3
_PLACES = (SearchKind.NAME_AND_PLACE, SearchKind.PLACE)


class Matched(StrEnum):
    """By what a customer was found: its kind, never the value."""

    CUSTOMER_ID = "customer-id"
    CARD = "card"
    EMAIL = "email"
    PHONE = "phone"
    PHONE_TAIL = "phone-tail"
    EXTERNAL_ID = "external-id"
    NAME = "name"
    CITY = "city"
    SIMILAR_NAME = "similar-name"


NAME = (Matched.NAME,)
SIMILAR = (Matched.SIMILAR_NAME,)
CITY = (Matched.CITY,)


class Rank(IntEnum):
    """How well something fits what was typed, the best first."""

    EXACT = 0
    NAME = 1
    CODE = 2
    CITY = 3
    TAIL = 4
    SIMILAR = 5


CUSTOMER = "customer"
"""The kind of a reading that looks for global customer ids."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One understanding of what was typed: keys of a kind that begin with `low`.

    `others` are words that the key must have besides.
    """

    kind: str
    low: str
    matched: tuple[Matched, ...]
    others: tuple[str, ...] = ()

    @property
    def rank(self) -> Rank:
        """Tell how well a key fits of which nothing but the beginning is known."""
        if Matched.SIMILAR_NAME in self.matched:
            return Rank.SIMILAR
        if self.kind == SearchKind.PHONE:
            return Rank.CODE if len(self.low) >= WHOLE_NUMBER else Rank.TAIL
        if self.kind in _PLACES:
            return Rank.CITY
        return Rank.NAME if self.kind == SearchKind.NAME else Rank.CODE

    def rank_of(self, key: str) -> Rank:
        """Tell how well a key fits."""
        if self.rank is Rank.SIMILAR or self.rank is Rank.CITY:
            return self.rank
        if self.rank is Rank.NAME:
            words = {*self.low.split(), *self.others}
            return Rank.EXACT if words <= set(key.split()) else Rank.NAME
        left = len(key) - len(self.low)
        if self.kind == SearchKind.PHONE and self.rank is Rank.CODE:
            return Rank.EXACT if left <= _CALLING_CODE_DIGITS else self.rank
        return Rank.EXACT if left == 0 else self.rank


def word_readings(word: str, matched: tuple[Matched, ...] = NAME) -> tuple[Reading, ...]:
    """Understand a word as a name, as it is written and read aloud, or as a city."""
    forms = dict.fromkeys((word, romanised(word)))
    names = (Reading(SearchKind.NAME, form, matched) for form in forms if form)
    if matched != NAME:
        return tuple(names)
    return (*names, Reading(SearchKind.PLACE, word, CITY))


def compositions(words: tuple[str, ...], matched: tuple[Matched, ...] = NAME) -> list[Reading]:
    """Understand several words as one name, or as a name and a city, in any order.

    Two of them begin the key, so that few keys are looked at, or else one; the others stand
    somewhere in it.
    """
    if len(words) == 1:
        return list(word_readings(words[0], matched))
    readings: list[Reading] = []
    for first, second in _pairs(words):
        others = _without(words, first, second)
        unspaced = is_unspaced(first) and is_unspaced(second)
        name = first + second if unspaced else f"{first} {second}"
        readings.append(Reading(SearchKind.NAME, name, matched, others))
        place = f"{first} {second}"
        readings += [Reading(kind, place, (*matched, *CITY), others) for kind in _PLACES]
    return [
        *readings,
        *(
            Reading(SearchKind.NAME, word, matched, _without(words, word))
            for word in dict.fromkeys(words)
            if len(word) > 1 or not word.isascii()
        ),
    ]


def _pairs(words: tuple[str, ...]) -> list[tuple[str, str]]:
    places = range(len(words))
    near = 3 if len(words) <= 3 else 1  # noqa: PLR2004 - of three words every pair
    pairs = [(words[a], words[b]) for a in places for b in places if 0 < abs(a - b) <= near]
    return list(dict.fromkeys(pairs))


def _without(words: tuple[str, ...], *used: str) -> tuple[str, ...]:
    left = list(words)
    for word in used:
        left.remove(word)
    return tuple(left)
