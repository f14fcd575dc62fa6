"""Names, and when two of them clearly belong to different people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rapidfuzz.distance import JaroWinkler

from customer.domain.honorifics import without_honorific
from customer.domain.linkage.words import name_words
from customer.domain.nicknames import canonical_given
from customer.domain.romanisation import romanised
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
    """A person's names as one source tells them; a source may know only some of them.

    `given`, `family` and `full` are in the person's own script, `…_kana` are their furigana,
    `…_latin` how the person writes them in Latin letters.
    """

    given: str | None = None
    family: str | None = None
    full: str | None = None
    given_kana: str | None = None
    family_kana: str | None = None
    given_latin: str | None = None
    family_latin: str | None = None

    @property
    def are_known(self) -> bool:
        """Tell whether there is any name at all."""
        return self != _NO_NAMES

    @property
    def words(self) -> tuple[str, ...]:
        """Give the folded words of the whole name, in the order in which they were told."""
        whole = self.full or " ".join(filter(None, (self.given, self.family)))
        return tuple(fold(whole).split())

    @property
    def all_given(self) -> tuple[str | None, ...]:
        """Give the given name in every writing."""
        return self.given, self.given_kana, self.given_latin

    @property
    def all_family(self) -> tuple[str | None, ...]:
        """Give the family name in every writing."""
        return self.family, self.family_kana, self.family_latin


_NO_NAMES = Names()


def compare_given(left: Names, right: Names) -> Likeness:
    """Compare given names in every writing that both sides have; one likeness is enough.

    A nickname is alike to the names that it stands for.
    """
    outcome = _compare(left, right, left.all_given, right.all_given)
    if outcome is Likeness.DIFFERENT and _are_nicknames(left, right):
        return Likeness.ALIKE
    return outcome


def compare_family(left: Names, right: Names) -> Likeness:
    """Compare family names in every writing that both sides have; one likeness is enough."""
    outcome = _compare(left, right, left.all_family, right.all_family)
    if outcome is Likeness.DIFFERENT and _compare_words(left.words, right.words) is Likeness.ALIKE:
        both_parted = left.family is not None and right.family is not None
        return Likeness.DIFFERENT if both_parted else Likeness.UNKNOWN
    return outcome


def are_written_apart(left: Names, right: Names) -> bool:
    """Tell whether both sides have names, in no script that they share and with no like sound."""
    mine, theirs = _all_words(left), _all_words(right)
    if not mine or not theirs or _scripts_of(mine) & _scripts_of(theirs):
        return False
    return not any(_sound_alike(one, other) for one in mine for other in theirs)


def _all_words(names: Names) -> list[str]:
    written = (*names.all_given, *names.all_family, names.full)
    return [word for writing in _words_of(*written) for word in writing]


def _scripts_of(words: list[str]) -> frozenset[str]:
    return frozenset(script for word in words for script in scripts(word))


def _are_nicknames(left: Names, right: Names) -> bool:
    """Tell whether a word of one given name may stand for one of the other."""
    mine, theirs = _words_of(*left.all_given), _words_of(*right.all_given)
    if not mine and not theirs:  # names not taken apart: the first word is likely the given name
        mine = [words[:1] for words in _words_of(left.full)]
        theirs = [words[:1] for words in _words_of(right.full)]
    ours, yours = mine or _words_of(left.full), theirs or _words_of(right.full)
    return any(
        canonical_given(one) & canonical_given(other)
        for ones in ours
        for others in yours
        for one in ones
        for other in others
    )


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
    """Give the words of each writing that are compared: no titles, particles and honorifics."""
    told = [name_words(without_honorific(writing)) for writing in writings if writing]
    return [words for words in told if words]


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
    pairs = [(mine, theirs) for mine in left for theirs in right]
    comparable = [(mine, theirs) for mine, theirs in pairs if _comparable(mine, theirs)]
    if any(_alike(mine, theirs) for mine, theirs in comparable):
        return Likeness.ALIKE
    if any(_sound_alike(mine, theirs) for mine, theirs in pairs):
        return Likeness.ALIKE
    return Likeness.DIFFERENT if comparable else Likeness.UNKNOWN


def _comparable(left: str, right: str) -> bool:
    """Words in different scripts never differ: 田中 may be read Tanaka, マイケル is Michael."""
    return bool(scripts(left) & scripts(right))


def _sound_alike(left: str, right: str) -> bool:
    """Tell whether words in different scripts are read alike: ヤマダ is Yamada."""
    if _comparable(left, right):
        return False
    mine, theirs = romanised(left), romanised(right)
    return bool(mine) and bool(theirs) and _alike(mine, theirs)


def _alike(left: str, right: str) -> bool:
    """Forgive slips of the pen, initials and short forms that begin the long one."""
    shorter, longer = sorted((left, right), key=len)
    if longer.startswith(shorter) and (len(shorter) == 1 or len(shorter) >= _SHORT_FORM):
        return True
    return left == right or JaroWinkler.similarity(left, right) >= _ALIKE
