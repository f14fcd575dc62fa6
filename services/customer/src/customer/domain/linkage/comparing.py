"""Comparing two records' traits field by field: each field gives a level of likeness, or nothing.

Levels are ordered from the most to the least alike. A field that one side does not tell has no
level and counts nothing: to be silent is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein
from rapidfuzz.fuzz import ratio, token_sort_ratio

from customer.domain.linkage.birth_levels import BIRTH_LEVELS, compare_births
from customer.domain.linkage.name_levels import (
    MIDDLE_LEVELS,
    NATIVE_LEVELS,
    WORD_LEVELS,
    compare_middles,
    compare_names,
    compare_natives,
)

if TYPE_CHECKING:
    from customer.domain.linkage.traits import Traits

NOT_TOLD = -1
_CLOSE_PLACE = 0.92
_ALIKE_PLACE = 0.82
_SAME_WORK = 85.0
_CLOSE_STREET = 85.0
_ALIKE_STREET = 65.0
_TAIL = 7
_FEW_SLIPS = 3
_NUMBER = re.compile(r"\d+")

LEVELS: dict[str, tuple[str, ...]] = {
    "given": WORD_LEVELS,
    "family": WORD_LEVELS,
    "middle": MIDDLE_LEVELS,
    "native": NATIVE_LEVELS,
    "birth": BIRTH_LEVELS,
    "gender": ("same", "different"),
    "place": ("same", "close", "alike", "different"),
    "occupation": ("same", "close", "different"),
    "postcode": ("same", "slip", "district", "area", "different"),
    "city": ("same", "close", "alike", "different"),
    "street": ("same", "close", "alike", "different"),
    "email": ("same", "mailbox", "close", "different"),
    "phone": ("same", "tail", "different"),
    "card": ("same", "different"),
    "id": ("same", "different"),
}
FIELDS = tuple(LEVELS)


NAMES = FIELDS[:4]
"""The fields that are compared together: a name of one word may be either."""


def compare(left: Traits, right: Traits) -> tuple[int, ...]:
    """Give the level of each of `FIELDS`, `NOT_TOLD` where a side says nothing; symmetric."""
    levels = [NOT_TOLD] * len(FIELDS)
    levels[: len(NAMES)] = compare_name_fields(left, right)
    for position, told, level_of in _REST:
        mine, theirs = told(left), told(right)
        if mine and theirs:
            levels[position] = level_of(mine, theirs)
    return tuple(levels)


def compare_name_fields(left: Traits, right: Traits) -> tuple[int, int, int, int]:
    """Give the levels of `NAMES`."""
    return (
        *compare_names(left, right),
        compare_middles(left.middle, right.middle),
        compare_natives(left.native, right.native),
    )


def _same(left: str, right: str) -> int:
    return 0 if left == right else 1


def _close(left: str, right: str) -> int:
    if left == right:
        return 0
    likeness = JaroWinkler.similarity(left, right)
    if likeness >= _CLOSE_PLACE:
        return 1
    return 2 if likeness >= _ALIKE_PLACE else 3


def _works(left: str, right: str) -> int:
    if left == right:
        return 0
    return 1 if token_sort_ratio(left, right) >= _SAME_WORK else 2


def _postcodes(mine: str, theirs: str) -> int:
    if mine == theirs:
        return 0
    if DamerauLevenshtein.distance(mine, theirs, score_cutoff=1) == 1:
        return 1
    if outward(mine) == outward(theirs):
        return 2
    return 3 if area(mine) == area(theirs) else 4


def outward(postcode: str) -> str:
    """Give the part of a postcode that names the district: all but its last three signs."""
    return postcode[:-3] if len(postcode) > 4 else postcode[:3]  # noqa: PLR2004 - four signs are a district


def area(postcode: str) -> str:
    """Give the part that names the region: the letters it begins with, or two figures."""
    letters = 0
    while letters < len(postcode) and postcode[letters].isalpha():
        letters += 1
    return postcode[: letters or 2]


def _streets(left: str, right: str) -> int:
    if left == right:
        return 0
    likeness = ratio(left.replace(" ", ""), right.replace(" ", ""))
    if likeness >= _CLOSE_STREET:
        return 1
    return 2 if likeness >= _ALIKE_STREET else 3


def _emails(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    best = 3
    for mine in left:
        for theirs in right:
            if mine == theirs:
                return 0
            if mine[: mine.find("@")] == theirs[: theirs.find("@")]:
                best = 1
            elif best > 2 and _have_few_slips(mine, theirs):  # noqa: PLR2004 - the level's own number
                best = 2
    return best


def _have_few_slips(mine: str, theirs: str) -> bool:
    """Tell whether three slips part two addresses; a swap of two letters is one, or two edits.

    Another number is no slip: namesakes are told apart by it. Counting edits takes a tenth of the
    time, and nearly all addresses are further apart.
    """
    return (
        Levenshtein.distance(mine, theirs, score_cutoff=2 * _FEW_SLIPS) <= 2 * _FEW_SLIPS
        and DamerauLevenshtein.distance(mine, theirs, score_cutoff=_FEW_SLIPS) <= _FEW_SLIPS
        and _NUMBER.findall(mine) == _NUMBER.findall(theirs)
    )


def _phones(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    best = 2
    for mine in left:
        for theirs in right:
            if mine == theirs:
                return 0
            if mine[-_TAIL:] == theirs[-_TAIL:]:
                best = 1
    return best


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    return 1 if set(left).isdisjoint(right) else 0


_Level = Callable[[Any, Any], int]
LEVEL_OF: dict[str, tuple[str, _Level]] = {
    "birth": ("birth", compare_births),
    "gender": ("gender", _same),
    "place": ("place", _close),
    "occupation": ("occupation", _works),
    "postcode": ("postcode", _postcodes),
    "city": ("city", _close),
    "street": ("street", _streets),
    "email": ("emails", _emails),
    "phone": ("phones", _phones),
    "card": ("cards", _shared),
    "id": ("ids", _shared),
}
"""By field but names: what is compared of traits, and how the level comes of two values."""
_REST = tuple(
    (position, attrgetter(LEVEL_OF[name][0]), LEVEL_OF[name][1])
    for position, name in enumerate(FIELDS)
    if name in LEVEL_OF
)
