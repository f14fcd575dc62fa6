"""Search keys: the folded beginnings under which a source record is found, whatever is typed first.

Each record has some ten of them, in one table: names turned so that every word comes first, names
behind the city, long words read backwards (for slips of the pen), phone numbers read backwards
(for their last digits) and the source's own id.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from itertools import permutations, product
from typing import TYPE_CHECKING, TypeVar

from customer.domain.kanji import family_readings, given_readings, parted
from customer.domain.romanisation import romanised
from customer.domain.text import fold, scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customer.domain.claims import Normalised, RecordKey
    from customer.domain.names import Names

T = TypeVar("T")

_SHORTEST_ENDING = 5
_WORDS = 6
_WORDS_IN_ANY_ORDER = 3
_KEY_LENGTH = 80
_LETTERS = 8
_GUESSES = 2
_MOST_NAMES = 16
_MOST_ENDINGS = 4
_MOST_PLACES = 6
_CITY_WORDS = 2
_SHORTEST_CITY_WORD = 3
_WRITTEN_WITHOUT_SPACES = frozenset({"CJK", "HIRAGANA", "HANGUL"})


class SearchKind(StrEnum):
    """What a search key begins with."""

    NAME = "name"
    PLACE = "place"
    NAME_AND_PLACE = "name-place"
    ENDING = "ending"
    PHONE = "phone"
    EXTERNAL = "external"


SearchKey = tuple[SearchKind, str]


def search_keys_of(normalised: Normalised, key: RecordKey) -> frozenset[SearchKey]:
    """Give every key of a source record."""
    return frozenset(
        (kind, text[:_KEY_LENGTH]) for kind, text in _keys(normalised, key.external_id) if text
    )


def _keys(normalised: Normalised, external_id: str) -> Iterator[SearchKey]:
    wholes = _wholes(normalised.names)
    for name in _first(_MOST_NAMES, (turn for whole in wholes for turn in _ways_to_type(whole))):
        yield SearchKind.NAME, name
    words = (word for whole in wholes for word in whole)
    for word in _first(_MOST_ENDINGS, (word for word in words if may_be_mistyped(word))):
        yield SearchKind.ENDING, word[::-1]
    cities = (address.city for address in normalised.addresses if address.city)
    names = _first_or_last_first(wholes[0]) if wholes else ()
    yield from _first(_MOST_PLACES, (key for city in cities for key in _places(city, names)))
    for phone in normalised.phones:
        yield SearchKind.PHONE, backwards(phone)
    yield SearchKind.EXTERNAL, fold_code(external_id)


def backwards(phone: str) -> str:
    """Give the digits of an E.164 number from the last to the first, without its extension."""
    digits = filter(str.isdigit, phone.partition(";")[0])
    return "".join(digits)[::-1]


def fold_code(text: str) -> str:
    """Give the form in which ids are compared: no spaces, small letters."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def search_text(typed: str) -> str:
    """Fold what a person typed as the keys are folded."""
    return joined(fold(typed).split())


def joined(words: Iterable[str]) -> str:
    """Write words together as their script does: without spaces in Chinese characters and kana."""
    told = tuple(words)
    return ("" if all(map(is_unspaced, told)) else " ").join(told)


def is_unspaced(folded: str) -> bool:
    """Tell whether a word is of a script that is written without spaces."""
    if folded.isascii():
        return False
    found = scripts(folded)
    return bool(found) and found <= _WRITTEN_WITHOUT_SPACES


def may_be_mistyped(word: str) -> bool:
    """Tell whether a word is long enough to be told from others in spite of a slip."""
    return len(word) >= _SHORTEST_ENDING and word.isascii() and word.isalpha()


def _wholes(names: Names) -> list[tuple[str, ...]]:
    """Give the words of each way in which the whole name is written, then read aloud."""
    written = [
        (names.given, names.family),
        (names.full,),
        (names.given_kana, names.family_kana),
        (names.given_latin, names.family_latin),
    ]
    told = [tuple(filter(None, parts)) for parts in written]
    folded = [tuple(word for part in parts for word in fold(part).split()) for parts in told]
    read = [tuple(word for part in parts for word in romanised(part).split()) for parts in told]
    guessed = [] if read[2] or read[3] else _guesses(names)
    return [words for words in dict.fromkeys((*folded, *read, *guessed)) if words]


def _guesses(names: Names) -> list[tuple[str, ...]]:
    """Read kanji by the dictionary where nobody told the reading: one likely, or two."""
    given, family = names.given or "", names.family or ""
    if not (given or family) and names.full is not None:
        family, given = parted(names.full) or ("", "")
    families = family_readings(family)[:_GUESSES] or ("",)
    givens = given_readings(given)[:_GUESSES] or ("",)
    return [tuple(filter(None, pair)) for pair in product(givens, families)]


def _ways_to_type(words: tuple[str, ...]) -> list[str]:
    """Turn a name so that each word comes first, and a whole one each letter but the last."""
    if len(words) == 1 and is_unspaced(words[0]):
        [whole] = words
        return [whole, *(whole[start:] for start in range(1, min(len(whole), _LETTERS) - 1))]
    return _turns(words)


def _turns(words: tuple[str, ...]) -> list[str]:
    if len(words) == _WORDS_IN_ANY_ORDER:  # any two of them may be typed without the third
        return [joined(order) for order in permutations(words)]
    told = words[:_WORDS]
    return [joined((*told[turn:], *told[:turn])) for turn in range(len(told))]


def _first_or_last_first(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    told = words[:_WORDS]
    return tuple(dict.fromkeys((told, (*told[-1:], *told[:-1]))))


def _places(city: str, names: Iterable[tuple[str, ...]]) -> Iterator[SearchKey]:
    """Put the city behind the first word of a name, and its telling words before the name."""
    words = fold(city).split()
    telling = [word for word in words if len(word) >= _SHORTEST_CITY_WORD or is_unspaced(word)]
    for first, *rest in names:
        yield SearchKind.NAME_AND_PLACE, " ".join((first, *words, *rest))
    for word in sorted(telling, key=len, reverse=True)[:_CITY_WORDS]:
        others = [other for other in words if other != word]
        for name in names:
            yield SearchKind.PLACE, " ".join((word, joined(name), *others))


def _first(most: int, found: Iterable[T]) -> list[T]:
    """Take distinct ones, the first: whatever a source tells, its keys are few."""
    return list(dict.fromkeys(found))[:most]
