"""Names, and when two of them clearly belong to different people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rapidfuzz.distance import JaroWinkler

from customer.domain.text import fold, scripts

_ALIKE = 0.85
_SHORT_FORM = 3


class Likeness(Enum):
    """What the comparison of two values says."""

    ALIKE = "alike"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Names:
    """A person's names as one source tells them; a source may know only some of them."""

    given: str | None = None
    family: str | None = None
    full: str | None = None
    given_kana: str | None = None
    family_kana: str | None = None

    @property
    def are_known(self) -> bool:
        """Tell whether there is any name at all."""
        return any((self.given, self.family, self.full, self.given_kana, self.family_kana))

    @property
    def words(self) -> tuple[str, ...]:
        """Give the folded words of the whole name, in the order in which they were told."""
        whole = self.full or " ".join(filter(None, (self.given, self.family)))
        return tuple(fold(whole).split())


def compare_given(left: Names, right: Names) -> Likeness:
    """Compare given names in every writing that both sides have; one likeness is enough."""
    return _compare(left, right, (left.given, left.given_kana), (right.given, right.given_kana))


def compare_family(left: Names, right: Names) -> Likeness:
    """Compare family names in every writing that both sides have; one likeness is enough."""
    outcome = _compare(
        left, right, (left.family, left.family_kana), (right.family, right.family_kana)
    )
    if outcome is Likeness.DIFFERENT and _compare_words(left.words, right.words) is Likeness.ALIKE:
        both_parted = left.family is not None and right.family is not None
        return Likeness.DIFFERENT if both_parted else Likeness.UNKNOWN
    return outcome


def are_written_apart(left: Names, right: Names) -> bool:
    """Tell whether both sides have names, and in no script that they share."""
    mine, theirs = _scripts_of(left), _scripts_of(right)
    return bool(mine) and bool(theirs) and not mine & theirs


def _scripts_of(names: Names) -> frozenset[str]:
    written = (names.given, names.family, names.full, names.given_kana, names.family_kana)
    words = [word for writing in _words_of(*written) for word in writing]
    return frozenset(script for word in words for script in scripts(word))


def _compare(
    left: Names, right: Names, mine: tuple[str | None, ...], theirs: tuple[str | None, ...]
) -> Likeness:
    if left.words and sorted(left.words) == sorted(right.words):
        return Likeness.ALIKE  # the same words, in another order or in the wrong fields
    left_writings, right_writings = _words_of(*mine), _words_of(*theirs)
    outcomes = {_compare_words(one, other) for one in left_writings for other in right_writings}
    if not left_writings and not right_writings:
        wholes = ((one, other) for one in _words_of(left.full) for other in _words_of(right.full))
        outcomes |= {_compare_whole(one, other) for one, other in wholes}
    elif not left_writings:
        parts = ((whole, part) for whole in _words_of(left.full) for part in right_writings)
        outcomes |= {_find_in(whole, part) for whole, part in parts}
    elif not right_writings:
        parts = ((whole, part) for whole in _words_of(right.full) for part in left_writings)
        outcomes |= {_find_in(whole, part) for whole, part in parts}
    if Likeness.ALIKE in outcomes:
        return Likeness.ALIKE
    return Likeness.DIFFERENT if Likeness.DIFFERENT in outcomes else Likeness.UNKNOWN


def _words_of(*writings: str | None) -> list[tuple[str, ...]]:
    return [tuple(fold(writing).split()) for writing in writings if writing]


def _find_in(whole: tuple[str, ...], part: tuple[str, ...]) -> Likeness:
    """Look for a part of a name in a whole one; a single word may be the other part."""
    outcome = _compare_words(part, whole)
    if outcome is Likeness.DIFFERENT and len(whole) == 1:
        return Likeness.UNKNOWN
    return outcome


def _compare_whole(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    """Compare names not taken apart: different when both have a word that the other lacks."""
    if _compare_words(left, right) is Likeness.UNKNOWN:
        return Likeness.UNKNOWN
    lacks = [
        any(_compare_words((word,), other) is not Likeness.ALIKE for word in one)
        for one, other in ((left, right), (right, left))
    ]
    return Likeness.DIFFERENT if all(lacks) else Likeness.ALIKE


def _compare_words(left: tuple[str, ...], right: tuple[str, ...]) -> Likeness:
    pairs = [(mine, theirs) for mine in left for theirs in right if _comparable(mine, theirs)]
    if not pairs:
        return Likeness.UNKNOWN
    if any(_alike(mine, theirs) for mine, theirs in pairs):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def _comparable(left: str, right: str) -> bool:
    """Words in different scripts say nothing about each other: 田中 may be read Tanaka."""
    return bool(scripts(left) & scripts(right))


def _alike(left: str, right: str) -> bool:
    """Forgive slips of the pen, initials and short forms that begin the long one."""
    shorter, longer = sorted((left, right), key=len)
    if longer.startswith(shorter) and (len(shorter) == 1 or len(shorter) >= _SHORT_FORM):
        return True
    return left == right or JaroWinkler.similarity(left, right) >= _ALIKE
