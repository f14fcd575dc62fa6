"""How alike two words of names are: slips, short forms and initials are forgiven."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from rapidfuzz.distance import JaroWinkler

from customer.domain.near_names import are_two_names
from customer.domain.nicknames import canonical_given
from customer.domain.romanisation import romanised
from customer.domain.text import scripts

_ALIKE = 0.85
_SHORT_FORM = 3


class Likeness(Enum):
    """What the comparison of two values says."""

    ALIKE = "alike"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


Words = tuple[str, ...]
Judge = Callable[[str, str], Likeness]
"""What tells whether two words in one script are alike."""


def lacks(words: Words, other: Words, same: Judge) -> bool:
    """Tell whether some word is like none of the other's, and could be the initial of none."""
    return any(compare_words((word,), other, same) is Likeness.DIFFERENT for word in words)


def compare_words(left: Words, right: Words, same: Judge) -> Likeness:
    """Compare word by word: one likeness is enough, and an initial may be any word's."""
    outcomes = {compare_word(mine, theirs, same) for mine in left for theirs in right}
    for outcome in (Likeness.ALIKE, Likeness.UNKNOWN, Likeness.DIFFERENT):
        if outcome in outcomes:
            return outcome
    return Likeness.UNKNOWN


def compare_word(left: str, right: str, same: Judge) -> Likeness | None:
    """Give nothing for words in different scripts that do not sound alike.

    田中 may be read Tanaka, マイケル is Michael; ヤマダ is Yamada.
    """
    if scripts(left) & scripts(right):
        return same(left, right)
    mine, theirs = romanised(left), romanised(right)
    if mine and theirs and same(mine, theirs) is Likeness.ALIKE:
        return Likeness.ALIKE
    return None


def same_given(left: str, right: str) -> Likeness:
    """Compare given names: forms of one are alike, and so are its letters in another order.

    An initial may be anybody's.
    """
    if not canonical_given(left).isdisjoint(canonical_given(right)):
        return Likeness.ALIKE
    if len(left) == 1 or len(right) == 1:
        return Likeness.UNKNOWN if left[0] == right[0] else Likeness.DIFFERENT
    alike = are_alike(left, right) or sorted(left) == sorted(right)
    if alike and not are_two_names(left, right):
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def exactly(left: str, right: str) -> Likeness:
    """Take no slip for a likeness; forms of one given name are one."""
    is_one = not canonical_given(left).isdisjoint(canonical_given(right))
    return Likeness.ALIKE if is_one else Likeness.DIFFERENT


def same_family(left: str, right: str) -> Likeness:
    """Compare family names, and words of which nobody knows what they are."""
    return Likeness.ALIKE if are_alike(left, right) else Likeness.DIFFERENT


def are_alike(left: str, right: str) -> bool:
    """Forgive slips of the pen, initials and short forms that begin the long one."""
    shorter, longer = sorted((left, right), key=len)
    if longer.startswith(shorter) and (len(shorter) == 1 or len(shorter) >= _SHORT_FORM):
        return True
    return left == right or JaroWinkler.similarity(left, right) >= _ALIKE
