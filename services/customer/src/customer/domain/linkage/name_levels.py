"""How alike two names are: word by word, forgiving slips, short forms, initials and swaps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from customer.domain.linkage.words import GUESS, readings_of
from customer.domain.nicknames import canonical_given

if TYPE_CHECKING:
    from customer.domain.linkage.traits import Traits

WORD_LEVELS = ("same", "nickname", "slip", "swapped", "alike", "initial", "different")
_SAME, _NICKNAME, _SLIP, _SWAPPED, _ALIKE, _INITIAL, _DIFFERENT = range(7)
MIDDLE_LEVELS = ("same", "alike", "different")
NATIVE_LEVELS = ("same", "part", "different")
_NOT_TOLD = -1
_ALIKE_FROM = 0.85
_SHORT = 4
_REMEMBERED = 1 << 17
"""Pairs of words: names are few, and the same ones meet again and again."""


def compare_names(left: Traits, right: Traits) -> tuple[int, int]:
    """Give the levels of given and family name.

    A name of one word, of which nobody knows which it is, is held against both words of the
    other and counts for the liker.
    """
    if left.solo or right.solo:
        return _compare_solo(left, right)
    given = family = _NOT_TOLD
    if left.given and right.given:
        given = compare_given(left.given, right.given)
    if left.family and right.family:
        family = compare_words(left.family, right.family)
    if given > _SLIP and family > _SLIP and _are_swapped(left, right):
        return _SWAPPED, _SWAPPED
    return given, family


def _are_swapped(left: Traits, right: Traits) -> bool:
    return (
        compare_given(left.given, right.family) <= _SLIP
        and compare_given(left.family, right.given) <= _SLIP
    )


def _compare_solo(left: Traits, right: Traits) -> tuple[int, int]:
    if left.solo and right.solo:
        return _NOT_TOLD, compare_given(left.solo, right.solo)
    solo, whole = (left.solo, right) if left.solo else (right.solo, left)
    if not whole.given and not whole.family:
        return _NOT_TOLD, _NOT_TOLD
    if not whole.given:
        return _NOT_TOLD, _unless_different(compare_words(solo, whole.family))
    if not whole.family:
        return _unless_different(compare_given(solo, whole.given)), _NOT_TOLD
    given = compare_given(solo, whole.given)
    family = compare_words(solo, whole.family)
    return (_NOT_TOLD, family) if family <= given else (given, _NOT_TOLD)


def _unless_different(level: int) -> int:
    """Say nothing where two lone names differ: each may be the half that the other lacks."""
    return _NOT_TOLD if level == _DIFFERENT else level


@lru_cache(maxsize=_REMEMBERED)
def compare_words(left: str, right: str) -> int:
    """Give the level of two words of names; guessed readings speak for likeness only."""
    if left[0] == GUESS or right[0] == GUESS:
        return _compare_guesses(left, right)
    if left == right:
        return _SAME
    if len(left) == 1 or len(right) == 1:
        return _INITIAL if left[0] == right[0] else _DIFFERENT
    if max(len(left), len(right)) >= _SHORT and (
        DamerauLevenshtein.distance(left, right, score_cutoff=1) == 1
    ):
        return _SLIP
    return _ALIKE if JaroWinkler.similarity(left, right) >= _ALIKE_FROM else _DIFFERENT


def _compare_guesses(left: str, right: str) -> int:
    pairs = [(mine, theirs) for mine in readings_of(left) for theirs in readings_of(right)]
    best = min(compare_words(mine, theirs) for mine, theirs in pairs)
    return max(best, _NICKNAME) if best <= _SLIP else _NOT_TOLD


def compare_middles(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """Compare the other words of the names: one alike is enough."""
    if not left or not right:
        return _NOT_TOLD
    if not set(left).isdisjoint(right):
        return 0
    best = min(compare_words(mine, theirs) for mine in left for theirs in right)
    return 1 if best < _DIFFERENT else 2


def compare_natives(left: str, right: str) -> int:
    """Compare names as written in their own script: whole, or one within the other."""
    if not left or not right:
        return _NOT_TOLD
    if left == right:
        return 0
    return 1 if left in right or right in left else 2


@lru_cache(maxsize=_REMEMBERED)
def compare_given(left: str, right: str) -> int:
    """Give the level of two given names: short and pet forms of the same one are near."""
    level = compare_words(left, right)
    if (
        level > _NICKNAME
        and GUESS not in left + right
        and not canonical_given(left).isdisjoint(canonical_given(right))
    ):
        return _NICKNAME
    return level
