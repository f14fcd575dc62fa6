"""Whole names whose writing tells which part is the family name: commas, capitals, particles."""

from __future__ import annotations

import re
from functools import lru_cache

from customer.domain.linkage.words import is_particle, is_title, telling_words

_CACHED = 16_384
_SHORTEST_IN_CAPITALS = 3
_WORD = re.compile(r"[^\s(),;]+")


@lru_cache(maxsize=_CACHED)
def parts_as_written(whole: str) -> tuple[str, str] | None:
    """Give given and family name of a whole name that tells its order; None when it does not.

    It is told by a comma (`de la Bretèche, Jean`), by capitals (`BRETECHE (de la) Jean`) or by the
    particles that a family name begins with (`von der Heide Ursula`). Titles and what is written
    behind a name (`Martin Hale, Jr.`) tell nothing.
    """
    family, comma, given = whole.partition(",")
    if comma and "," not in given:
        return (given, family) if telling_words(given) and telling_words(family) else None
    words = [word for word in _WORD.findall(whole) if not is_title(word)]
    return _by_capitals(words) or _by_particles(words)


def _by_capitals(words: list[str]) -> tuple[str, str] | None:
    family = [word for word in words if _is_in_capitals(word)]
    given = [word for word in words if word not in family and not is_particle(word)]
    if not family or not any(_has_small_letters(word) for word in given):
        return None
    return " ".join(given), " ".join(family)


def _by_particles(words: list[str]) -> tuple[str, str] | None:
    """A single particle in capitals may be a given name: Al, Van, La."""
    leading = 0
    while leading < len(words) and is_particle(words[leading]):
        leading += 1
    told = leading > 1 or (leading == 1 and words[0].islower())
    if not told or len(words) < leading + 2:
        return None
    return " ".join(words[leading + 1 :]), " ".join(words[: leading + 1])


def _is_in_capitals(word: str) -> bool:
    letters = sum(map(str.isalpha, word))
    return word.isupper() and letters >= _SHORTEST_IN_CAPITALS and not is_particle(word)


def _has_small_letters(word: str) -> bool:
    return any(map(str.islower, word))
