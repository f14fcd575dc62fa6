"""Reading what was typed into the search box: its terms, and what each of them may be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

from phonenumbers import country_code_for_region

from customer.domain.emails import read_email
from customer.domain.identifiers import IdentifierKind, Unusable
from customer.domain.romanisation import romanised
from customer.domain.search_keys import SearchKind, fold_code
from customer.domain.search_readings import (
    CUSTOMER,
    NAME,
    SIMILAR,
    WHOLE_NUMBER,
    Matched,
    Reading,
    compositions,
    word_readings,
)
from customer.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_MOST_TERMS = 6
_MOST_WAYS = 4
_SHORTEST_TAIL = 4
_SHORTEST_CODE = 2
_SHORTEST_ADDRESS = 3
_SHORTEST_ID = 4
_SHORTEST_ID_OF_LETTERS = 6
_LONGEST_ID = 12
_NUMBER = re.compile(r"[0-9+().\-/]*[0-9][0-9+().\-/]*")
_DIGIT = re.compile(r"[0-9]")
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]+")
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None})
_GMAIL = "gmail.com"
_ONCE_GMAIL = "googlemail.com"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed; `word` is set when it is a word of a name or place."""

    readings: tuple[Reading, ...]
    word: str | None = None

    @property
    def telling(self) -> tuple[int, int]:
        """Sort the terms that fewer customers have first: numbers and codes, then long words."""
        if self.word is not None:
            return 1, -len(self.word)
        longest = max((len(reading.low) for reading in self.readings), default=0)
        return (0, 0) if longest >= _SHORTEST_TAIL else (2, 0)

    def corrected(self, near: Mapping[str, Sequence[str]]) -> Term:
        """Understand the term's word as words that are like it."""
        if self.word is None or self.word not in near:
            return self
        words = near[self.word]
        return Term(tuple(r for word in words for r in word_readings(word, SIMILAR)), self.word)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: readings of it as one thing, and terms that all must hold."""

    readings: tuple[Reading, ...]
    terms: tuple[Term, ...]

    @property
    def is_too_short(self) -> bool:
        """Tell whether it is one plain letter or none, which half the house begins with."""
        words = [term.word for term in self.terms]
        return all(word is not None and len(word) == 1 and word.isascii() for word in words)

    @property
    def is_words(self) -> bool:
        """Tell whether nothing but words of names and places was typed."""
        return all(term.word is not None for term in self.terms)

    @property
    def narrowing(self) -> list[Term]:
        """Give the terms, the most telling first; mere words only as names and cities."""
        terms = sorted(self.terms, key=lambda term: term.telling)
        if not self.is_words:
            return terms
        kinds = (SearchKind.NAME, SearchKind.PLACE)
        named = (tuple(r for r in term.readings if r.kind in kinds) for term in terms)
        return [Term(readings, term.word) for readings, term in zip(named, terms, strict=True)]

    def corrected(self, near: Mapping[str, Sequence[str]]) -> Typed:
        """Put known words in the place of words that are like them."""
        terms = tuple(term.corrected(near) for term in self.terms)
        if not self.is_words:
            return Typed((), terms)
        words = _words_of(terms)
        ways = islice(product(*(near.get(word, (word,)) for word in words)), _MOST_WAYS)
        return Typed(tuple(r for way in ways for r in compositions(way, SIMILAR)), terms)


def read_typed(text: str, country: str | None = None) -> Typed:
    """Take what was typed apart; `country` reads the beginning of a number dialled in it."""
    chunks = _chunks(unicodedata.normalize("NFKC", text))
    terms = tuple(term for chunk in chunks for term in _terms(chunk, country))[:_MOST_TERMS]
    together = "".join(chunks)
    readings: list[Reading] = []
    if len(chunks) == 1 or _DIGIT.search(together) is not None:
        readings += _codes(together)
    words = _words_of(terms)
    if len(words) == len(terms) > 0:
        readings += [reading for way in _spellings(words) for reading in compositions(way)]
    elif len(terms) == 1:
        readings += (reading for reading in terms[0].readings if not _is_short_tail(reading))
    return Typed(tuple(dict.fromkeys(readings)), terms)


def _is_short_tail(reading: Reading) -> bool:
    """Tell whether a phone's last digits are so few that they only narrow a name."""
    return reading.kind == SearchKind.PHONE and len(reading.low) < _SHORTEST_TAIL


def _words_of(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(term.word for term in terms if term.word is not None)


def _chunks(text: str) -> list[str]:
    """Part the text at spaces, but keep the groups of a number together."""
    chunks: list[str] = []
    for chunk in text.split():
        if chunks and _NUMBER.fullmatch(chunk) and _NUMBER.fullmatch(chunks[-1]):
            chunks[-1] += chunk
        else:
            chunks.append(chunk)
    return chunks


def _terms(chunk: str, country: str | None) -> Iterator[Term]:
    if _NUMBER.fullmatch(chunk):
        yield Term((*_numbers(chunk, country), *_codes(chunk)))
    elif "@" in chunk or _DIGIT.search(chunk):
        names = [Reading(SearchKind.NAME, word, NAME) for word in _words(chunk)]
        yield Term((*_codes(chunk), *(names if len(names) == 1 else ())))
    else:
        words = _words(chunk)
        codes = tuple(_codes(chunk)) if len(words) == 1 else ()
        yield from (Term((*word_readings(word), *codes), word) for word in words)


def _words(chunk: str) -> list[str]:
    return fold(chunk).split()


def _numbers(chunk: str, country: str | None) -> Iterator[Reading]:
    """Understand a number as the last digits of a phone, as a whole one, or as its beginning."""
    digits = "".join(_DIGIT.findall(chunk))
    is_whole = len(digits) >= WHOLE_NUMBER
    matched = (Matched.PHONE if is_whole else Matched.PHONE_TAIL,)
    without_zeros = digits.lstrip("0") if is_whole else digits
    for tail in filter(None, dict.fromkeys((digits, without_zeros))):
        yield Reading(SearchKind.PHONE, tail[::-1], matched)
    if len(digits) < _SHORTEST_TAIL:
        return
    beginnings: list[str] = []
    if chunk.startswith("+"):
        beginnings.append(digits)
    elif digits.startswith("00"):
        beginnings.append(digits[2:])
    elif country is not None:
        code = country_code_for_region(country)
        beginnings += [f"{code}{digits}", f"{code}{digits.lstrip('0')}"] if code else []
    for beginning in dict.fromkeys(beginnings):
        yield Reading(IdentifierKind.PHONE, f"+{beginning}", (Matched.PHONE,))


def _codes(chunk: str) -> Iterator[Reading]:
    """Understand a text as the beginning of an address, a card or an id."""
    has_digit = _DIGIT.search(chunk) is not None
    if len(chunk) >= _SHORTEST_ADDRESS and not _NUMBER.fullmatch(chunk):
        for address in dict.fromkeys(_addresses(chunk)):
            yield Reading(IdentifierKind.EMAIL, address, (Matched.EMAIL,))
    if len(chunk) >= (_SHORTEST_CODE if has_digit else _SHORTEST_ADDRESS):
        yield Reading(IdentifierKind.CARD, chunk.upper(), (Matched.CARD,))
        yield Reading(SearchKind.EXTERNAL, fold_code(chunk), (Matched.EXTERNAL_ID,))
    customer_id = chunk.upper().translate(_FORGIVEN)
    shortest = _SHORTEST_ID if has_digit else _SHORTEST_ID_OF_LETTERS
    if shortest <= len(customer_id) <= _LONGEST_ID and _ID.fullmatch(customer_id):
        yield Reading(CUSTOMER, customer_id, (Matched.CUSTOMER_ID,))


def _addresses(chunk: str) -> Iterable[str]:
    """Give the beginnings of compared addresses that a typed one may stand for."""
    typed = chunk.casefold()
    local, at, domain = typed.partition("@")
    plain = local.replace(".", "")
    yield typed
    if _GMAIL.startswith(domain):
        yield f"{plain}{at}{domain}"
    elif _ONCE_GMAIL.startswith(domain):
        yield f"{plain}@{_GMAIL}"
    if at:
        try:
            yield read_email(chunk).compared
        except Unusable:
            return


def _spellings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Give the words as they are written, and as they are read aloud where that differs."""
    aloud = tuple(romanised(word) for word in words)
    return [words] if aloud == words or not all(aloud) else [words, aloud]
