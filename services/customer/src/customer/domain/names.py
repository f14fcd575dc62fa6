"""Names, and when two of them clearly belong to different people."""

from __future__ import annotations

from dataclasses import dataclass

from customer.domain.honorifics import without_honorific
from customer.domain.linkage.words import name_words
from customer.domain.romanisation import romanised
from customer.domain.text import scripts
from customer.domain.whole_names import parts_as_written
from customer.domain.word_likeness import (
    Judge,
    Likeness,
    Words,
    are_alike,
    compare_word,
    compare_words,
    exactly,
    lacks,
    same_family,
    same_given,
)


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
    def whole(self) -> Words:
        """Give the words of the whole name that are compared, in the order in which they came."""
        return _words(self.full or " ".join(filter(None, (self.given, self.family))))

    @property
    def all_given(self) -> tuple[str | None, ...]:
        """Give the given name in every writing, also of a whole name that tells which it is."""
        told = (self.given, self.given_kana, self.given_latin)
        return told if any(told) else (self._part(0),)

    @property
    def all_family(self) -> tuple[str | None, ...]:
        """Give the family name in every writing, also of a whole name that tells which it is."""
        told = (self.family, self.family_kana, self.family_latin)
        return told if any(told) else (self._part(1),)

    def _part(self, place: int) -> str | None:
        parts = parts_as_written(self.full) if self.full else None
        return parts[place] if parts else None


_NO_NAMES = Names()


def compare_given(left: Names, right: Names) -> Likeness:
    """Compare given names in every writing that both sides have; one likeness is enough.

    A nickname is alike to the names that it stands for; an initial says nothing for one person,
    and two names that are nearly the same differ (`near_names`). Where both tell a reading, the
    reading decides.
    """
    by_reading = _compare_readings(left.given_kana, right.given_kana, same_given)
    if by_reading is not Likeness.UNKNOWN:
        return Likeness.ALIKE if _readings_are_swapped(left, right) else by_reading
    outcome = _compare(left, right, left.all_given, right.all_given, same_given)
    if outcome is Likeness.ALIKE and _are_double_names(left, right):
        return Likeness.DIFFERENT
    if outcome is Likeness.DIFFERENT and (
        _holds_the_family(left, right) or _holds_the_family(right, left)
    ):
        return Likeness.UNKNOWN
    return outcome


def share_given(left: Names, right: Names) -> bool:
    """Tell whether given names are the same, or forms of one: no slip is forgiven."""
    if left.given_kana and right.given_kana:
        return romanised(left.given_kana) == romanised(right.given_kana)
    return _compare(left, right, left.all_given, right.all_given, exactly) is Likeness.ALIKE


def compare_family(left: Names, right: Names) -> Likeness:
    """Compare family names in every writing that both sides have; one likeness is enough."""
    by_reading = _compare_readings(left.family_kana, right.family_kana, same_family)
    if by_reading is not Likeness.UNKNOWN:
        return Likeness.ALIKE if _readings_are_swapped(left, right) else by_reading
    outcome = _compare(left, right, left.all_family, right.all_family, same_family)
    if outcome is Likeness.DIFFERENT:
        both_parted = any(left.all_family) and any(right.all_family)
        if (
            not both_parted
            and compare_words(left.whole, right.whole, same_family) is Likeness.ALIKE
        ):
            return Likeness.UNKNOWN
    return outcome


def are_read_apart(left: Names, right: Names) -> bool:
    """Tell whether both sides tell the reading of a name and the readings differ.

    One writing has many readings (裕子 is Yūko or Hiroko): then what is written alike is not.
    """
    if _readings_are_swapped(left, right):
        return False
    given = _compare_readings(left.given_kana, right.given_kana, same_given)
    family = _compare_readings(left.family_kana, right.family_kana, same_family)
    return Likeness.DIFFERENT in {given, family}


def are_nearly_one(left: Names, right: Names) -> bool:
    """Tell whether given names differ by so little that they would pass for one with a slip."""
    return compare_given(left, right) is Likeness.DIFFERENT and any(
        are_alike(one, other)
        for mine in _words_of(*left.all_given) or [left.whole]
        for theirs in _words_of(*right.all_given) or [right.whole]
        for one, other in zip(mine[:1], theirs[:1], strict=False)
    )


def are_written_apart(left: Names, right: Names) -> bool:
    """Tell whether both sides have names, in no script that they share and with no like sound."""
    mine, theirs = _all_words(left), _all_words(right)
    if not mine or not theirs or _scripts_of(mine) & _scripts_of(theirs):
        return False
    return not any(
        compare_word(one, other, same_family) is Likeness.ALIKE for one in mine for other in theirs
    )


def _all_words(names: Names) -> list[str]:
    written = (*names.all_given, *names.all_family, names.full)
    return [word for writing in _words_of(*written) for word in writing]


def _scripts_of(words: list[str]) -> frozenset[str]:
    return frozenset(script for word in words for script in scripts(word))


def _are_double_names(left: Names, right: Names) -> bool:
    """Tell whether given names of several words share one, and each has one the other lacks.

    Jean-Pierre and Jean-Paul are two; Anna Maria and Maria are not.
    """
    sides = [
        (words, (*names.whole, *words))
        for names in (left, right)
        for words in _words_of(names.given_latin or names.given)
    ]
    if len(sides) != len((left, right)) or any(len(words) == 1 for words, _ in sides):
        return False
    (mine, my_whole), (theirs, their_whole) = sides
    return lacks(mine, their_whole, same_given) and lacks(theirs, my_whole, same_given)


def _holds_the_family(lone: Names, other: Names) -> bool:
    """Tell whether a name told as the given one, and the only one, is the other's family name."""
    if lone.given is None or lone.family is not None or lone.full is not None:
        return False
    families = _words_of(*other.all_family)
    mine = _words_of(lone.given)
    return any(
        compare_words(one, family, same_family) is Likeness.ALIKE
        for one in mine
        for family in families
    )


def _compare(
    left: Names,
    right: Names,
    mine: tuple[str | None, ...],
    theirs: tuple[str | None, ...],
    same: Judge,
) -> Likeness:
    if left.whole and sorted(left.whole) == sorted(right.whole):
        return Likeness.ALIKE  # the same words, in another order or in the wrong fields
    left_writings, right_writings = _words_of(*mine), _words_of(*theirs)
    outcomes = {
        compare_words(one, other, same) for one in left_writings for other in right_writings
    }
    if not left_writings and not right_writings:
        wholes = ((one, other) for one in _words_of(left.full) for other in _words_of(right.full))
        outcomes |= {_compare_whole(one, other, same) for one, other in wholes}
    elif not left_writings:
        parts = ((whole, part) for whole in _words_of(left.full) for part in right_writings)
        outcomes |= {_find_in(whole, part, same) for whole, part in parts}
    elif not right_writings:
        parts = ((whole, part) for whole in _words_of(right.full) for part in left_writings)
        outcomes |= {_find_in(whole, part, same) for whole, part in parts}
    if Likeness.ALIKE in outcomes:
        return Likeness.ALIKE
    if Likeness.DIFFERENT in outcomes:
        return Likeness.ALIKE if _are_swapped(left, right) else Likeness.DIFFERENT
    return Likeness.UNKNOWN


def _are_swapped(left: Names, right: Names) -> bool:
    """Tell whether each side's given name is the other's family name, one of them to the letter."""
    crosses = [
        {
            (one == other, compare_words(one, other, same_family) is Likeness.ALIKE)
            for one in _words_of(*mine)
            for other in _words_of(*theirs)
        }
        for mine, theirs in (
            (left.all_given, right.all_family),
            (left.all_family, right.all_given),
        )
    ]
    alike = all(any(is_alike for _, is_alike in cross) for cross in crosses)
    return alike and any(is_equal for cross in crosses for is_equal, _ in cross)


def _words_of(*writings: str | None) -> list[Words]:
    """Give the words of each writing that are compared: no titles, particles and honorifics."""
    return [words for writing in writings if writing and (words := _words(writing))]


def _words(writing: str) -> Words:
    return name_words(without_honorific(writing))


def _find_in(whole: Words, part: Words, same: Judge) -> Likeness:
    """Look for a part of a name in a whole one; a single word may be the other part."""
    outcome = compare_words(part, whole, same)
    if outcome is Likeness.DIFFERENT and len(whole) == 1:
        return Likeness.UNKNOWN
    return outcome


def _compare_whole(left: Words, right: Words, same: Judge) -> Likeness:
    """Compare names not taken apart: different when both have a word that the other lacks.

    The first word is likely the given name.
    """
    if compare_words(left, right, same_family) is Likeness.UNKNOWN:
        return Likeness.UNKNOWN
    first = same_given if same is same_family else same
    if _lacks_a_word(left, right, first) and _lacks_a_word(right, left, first):
        return Likeness.DIFFERENT
    told = compare_words(left[:1], right[:1], first)
    return Likeness.UNKNOWN if told is Likeness.UNKNOWN else Likeness.ALIKE


def _lacks_a_word(mine: Words, theirs: Words, first: Judge) -> bool:
    lacks_first = lacks(mine[:1], theirs[:1], first)
    if lacks_first and len(theirs) > 1:
        lacks_first = lacks(mine[:1], theirs[1:], same_family)
    return lacks_first or lacks(mine[1:], theirs, same_family)


def _compare_readings(left: str | None, right: str | None, same: Judge) -> Likeness:
    """Compare furigana that both sides tell."""
    if left is None or right is None:
        return Likeness.UNKNOWN
    mine, theirs = romanised(left), romanised(right)
    if mine == theirs:
        return Likeness.ALIKE
    return compare_words(_words(left), _words(right), same)


def _readings_are_swapped(left: Names, right: Names) -> bool:
    mine = (left.given_kana, left.family_kana)
    theirs = (right.family_kana, right.given_kana)
    return all(
        one and other and _words(one) == _words(other)
        for one, other in zip(mine, theirs, strict=True)
    )
