"""Given names that look alike and are two: a slip seldom makes another name, twins' names do.

Nobody can tell Lena from a mistyped Lina by the letters alone. But slips have their ways: letters
change places, are left out, doubled, or hit beside one another. What gives children of one house
their names has other ways: another vowel in a short name, another ending, another beginning.
Where a wrong guess would make two people one, the second reading counts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from customer.domain.nicknames import canonical_given, is_known_given
from customer.domain.romanisation import romanised

_CACHED = 16_384
_VOWELS = frozenset("aeiou")
_SHORT = 5
_STEM = 3
_ENDINGS = frozenset(
    ["", *"a e o ia io ina ine ino etta ette ella elle la le na ne us".split()]  # noqa: SIM905 - a text is read more easily
)
_SPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"ph", "f"),
        (r"([pt])\1e$", r"\1"),
        (r"(?<=[bcdfgkptv])re$", "er"),
        (r"c(?=[eiy])", "s"),
        (r"ck|[cq]", "k"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"w", "v"),
        (r"[yj]", "i"),
        (r"(?<!^)h", ""),
        (r"ie$", "i"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=_CACHED)
def are_two_names(left: str, right: str) -> bool:
    """Tell whether two given names, folded and much alike, are two rather than one with a slip.

    Forms and spellings of one name are one (Bob, Robert; Sara, Sarah; Alexandre, Alexander). Two
    are names that both are known, unless they are long and a vowel inside differs (Sebastian,
    Sébastien), and names that differ in their first letter, their ending (Jan, Jana) or, when they
    are short, in a vowel (Lena, Lina).
    """
    if not canonical_given(left).isdisjoint(canonical_given(right)):
        return False
    mine, theirs = _spelt(left), _spelt(right)
    if mine == theirs:
        return False
    if _differ_in_a_vowel(mine, theirs):
        return len(mine) <= _SHORT or mine[:-1] == theirs[:-1]
    if is_known_given(left) and is_known_given(right):
        return True
    return _begin_apart(mine, theirs) or _end_apart(mine, theirs)


def _spelt(name: str) -> str:
    """Give one spelling for those that sound alike; names of other alphabets as they are read."""
    spelt = name if name.isascii() else romanised(name) or name
    for pattern, letters in _SPELLINGS:
        spelt = pattern.sub(letters, spelt)
    return spelt


def _begin_apart(left: str, right: str) -> bool:
    """Karina and Marina, Ella and Bella: the rest is the same, and seldom is a first letter hit."""
    if len(left) == len(right):
        return left[1:] == right[1:]
    shorter, longer = sorted((left, right), key=len)
    return longer[1:] == shorter


def _end_apart(left: str, right: str) -> bool:
    stem = 0
    for mine, theirs in zip(left, right, strict=False):
        if mine != theirs:
            break
        stem += 1
    return stem >= _STEM and left[stem:] in _ENDINGS and right[stem:] in _ENDINGS


def _differ_in_a_vowel(left: str, right: str) -> bool:
    if len(left) != len(right):
        return False
    apart = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
    return len(apart) == 1 and _VOWELS.issuperset(apart[0])
