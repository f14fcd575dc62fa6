"""Readings of names written in kanji: what a dictionary knows, likely and never sure.

The reading of a Japanese name is its bearer's: 裕子 is Yūko or Hiroko. Readings serve as further
keys of comparison and search; they are never shown and never stored as the name. Why this
dictionary: `docs/adr/0012-japanese-readings.md`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sudachipy import Dictionary, SplitMode

from customer.domain.honorifics import without_honorific
from customer.domain.romanisation import has_kanji, romanised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sudachipy import Morpheme, Tokenizer

_CACHED = 65_536
_MOST_READINGS = 3
_LONGEST = 12
_PERSON, _FAMILY, _GIVEN = "人名", "姓", "名"


@lru_cache(maxsize=_CACHED)
def family_readings(text: str) -> tuple[str, ...]:
    """Give the Latin readings of a family name in kanji; none when the dictionary has none."""
    return _readings(text, _FAMILY)


@lru_cache(maxsize=_CACHED)
def given_readings(text: str) -> tuple[str, ...]:
    """Give the Latin readings of a given name in kanji; none when the dictionary has none."""
    return _readings(text, _GIVEN)


@lru_cache(maxsize=_CACHED)
def parted(text: str) -> tuple[str, str] | None:
    """Part a whole name in kanji into family and given name; None when that is not clear.

    A space parts; without one the dictionary must know the beginning as a family name.
    """
    words = without_honorific(text).split()
    if not has_kanji(text) or not words:
        return None
    if len(words) > 1:
        return words[0], "".join(words[1:])
    [whole] = words
    if len(whole) > _LONGEST:
        return None
    first, *rest = _tokenizer().tokenize(whole)
    if not rest or not _is(first, _FAMILY):
        return None
    family = first.surface()
    return family, whole[len(family) :]


def _readings(text: str, part: str) -> tuple[str, ...]:
    folded = without_honorific(text).replace(" ", "")
    if not has_kanji(folded) or len(folded) > _LONGEST:
        return ()
    kana = (found.reading_form() for found in _dictionary().lookup(folded) if _is(found, part))
    return tuple(_distinct(romanised(reading) for reading in kana))[:_MOST_READINGS]


def _is(morpheme: Morpheme, part: str) -> bool:
    return tuple(morpheme.part_of_speech()[2:4]) == (_PERSON, part)


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


@cache
def _dictionary() -> Dictionary:
    """Open the dictionary at the first kanji: mapped into memory and shared by processes."""
    return Dictionary(dict="small")


@cache
def _tokenizer() -> Tokenizer:
    return _dictionary().tokenizer(mode=SplitMode.C)
