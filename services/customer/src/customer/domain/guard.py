"""The guard: what speaks so clearly against one person that a shared identifier does not join."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.birth_dates import compare_birth_dates
from customer.domain.identifiers import IdentifierKind
from customer.domain.linkage.traits import Traits
from customer.domain.names import (
    Names,
    are_nearly_one,
    are_read_apart,
    are_written_apart,
    compare_family,
    compare_given,
    share_given,
)
from customer.domain.official_ids import OfficialId, conflicting
from customer.domain.word_likeness import Likeness

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from customer.domain.claims import Normalised


class Contradiction(StrEnum):
    """An attribute in which two sides clearly differ."""

    BIRTH_DATE = "birth-date"
    GIVEN_NAME = "given-name"
    FAMILY_NAME = "family-name"
    SCRIPT = "script"
    RIVALS = "rivals"
    OFFICIAL_ID = "official-id"
    KEPT_APART = "kept-apart"


GIVEN_TO_ONE = frozenset({IdentifierKind.OFFICIAL_ID, IdentifierKind.CARD, IdentifierKind.ACCOUNT})
"""Identifiers that somebody gave to one person."""

LENT = frozenset({IdentifierKind.PHONE, IdentifierKind.DEVICE})
"""Identifiers that others use too: a household's telephone, a shop's own one told for anybody."""

BARE_TOGETHER = 5
"""How many records that tell nothing but lent identifiers may be of one customer."""

_NAMES = frozenset({Contradiction.GIVEN_NAME, Contradiction.FAMILY_NAME})

VETOES = frozenset({Contradiction.OFFICIAL_ID, Contradiction.KEPT_APART})
"""What no evidence outweighs for a machine: another lawful id, or a person who said otherwise."""


@dataclass(frozen=True, slots=True)
class Person:
    """What one source record says that could speak for or against being somebody.

    `tells_own_id` is true when it tells more than a lent identifier (`tells_own_id`).
    """

    record_id: UUID
    names: Names
    birth_date: date | None
    traits: Traits | None = None
    official_ids: tuple[OfficialId, ...] = ()
    tells_own_id: bool = False

    @property
    def is_bare(self) -> bool:
        """Tell whether it tells nothing of a person but a lent identifier."""
        return self.birth_date is None and not self.names.are_known and not self.tells_own_id


def tells_own_id(told: Normalised) -> bool:
    """Tell whether an e-mail, a card, an account or an official id is told: what is not lent."""
    return bool(told.emails or told.cards or told.accounts or told.official_ids)


_Pair = tuple[Person, Person]


def contradictions_between(
    left: Sequence[Person], right: Sequence[Person]
) -> frozenset[Contradiction]:
    """Name what clearly differs between two customers, each known by several records.

    An attribute contradicts when some pair of records differs in it and none is alike. Where given
    names are nearly one, only the same name is a likeness: what may be a slip of either of two
    does not make them one. Where pairs tell the reading on both sides, only these pairs count.
    Names that share no script cannot be compared: that speaks against a joining that nothing else
    supports.
    """
    pairs = _pairs(left, right)
    found = {
        attribute
        for attribute, likenesses in _likenesses(pairs).items()
        if Likeness.DIFFERENT in likenesses
        and (
            Likeness.ALIKE not in likenesses
            or (attribute is Contradiction.GIVEN_NAME and _may_be_siblings(pairs))
        )
    }
    named = [(a.names, b.names) for a, b in pairs if a.names.are_known and b.names.are_known]
    if named and all(are_written_apart(mine, theirs) for mine, theirs in named):
        found.add(Contradiction.SCRIPT)
    if have_conflicting_ids(left, right):
        found.add(Contradiction.OFFICIAL_ID)
    return frozenset(found)


def against_likeness(
    left: Sequence[Person], right: Sequence[Person], *, may_be_siblings: bool
) -> frozenset[Contradiction]:
    """Name what keeps two apart whom a model may take for one, for it weighs this too lightly.

    Twins share family name, birth date and home, and their given names may pass for one with a
    slip. And one writing has several readings: whoever tells both is two. `may_be_siblings` is
    false where nobody shares a home, in a base without households.
    """
    pairs = _pairs(left, right)
    if not any(
        (may_be_siblings and are_nearly_one(mine.names, theirs.names))
        or are_read_apart(mine.names, theirs.names)
        for mine, theirs in pairs
    ):
        return frozenset()
    return contradictions_between(left, right) & _NAMES


def backs_a_lent_identifier(
    left: Sequence[Person], right: Sequence[Person], *, has_one_owner: bool
) -> bool:
    """Tell whether two sides who share no more than a lent identifier may be one.

    A likeness backs it: a name, a birth date. With none it must have one owner, and one of the
    sides tell nothing else of its own, for two mailboxes may be two people's. And of records that
    tell nothing at all a customer has but a few, or a shop's telephone would make one of everybody.
    """
    if any(Likeness.ALIKE in found for found in _likenesses(_pairs(left, right)).values()):
        return True
    if all(any(one.tells_own_id for one in side) for side in (left, right)):
        return False
    return has_one_owner and sum(one.is_bare for one in (*left, *right)) <= BARE_TOGETHER


def have_conflicting_ids(left: Sequence[Person], right: Sequence[Person]) -> bool:
    """Tell whether two customers have verified official ids that one person cannot both have."""
    return conflicting(
        [official_id for person in left for official_id in person.official_ids],
        [official_id for person in right for official_id in person.official_ids],
    )


def allows_joining(
    shared: Collection[IdentifierKind], contradictions: Collection[Contradiction]
) -> bool:
    """Decide whether shared identifiers outweigh what contradicts.

    A card, an account or an official id is given to one person: only another birth date and
    another given name together outweigh it. A mailbox is shared by couples and families: another
    birth date or given name does; another family name does not, for people marry. A phone or a
    device is shared by households and shops: anything does, even names in scripts that cannot be
    compared.
    """
    against = set(contradictions)
    if against & VETOES:
        return False
    if GIVEN_TO_ONE.intersection(shared):
        return not against >= {Contradiction.BIRTH_DATE, Contradiction.GIVEN_NAME}
    if IdentifierKind.EMAIL in shared:
        return against.isdisjoint({Contradiction.BIRTH_DATE, Contradiction.GIVEN_NAME})
    return not against


def _pairs(left: Sequence[Person], right: Sequence[Person]) -> list[_Pair]:
    return [(mine, theirs) for mine in _unlike(left) for theirs in _unlike(right)]


def _unlike(people: Sequence[Person]) -> Collection[Person]:
    """Leave out records that say the same as another: many tills tell the same name."""
    return {(person.names, person.birth_date): person for person in people}.values()


def _may_be_siblings(pairs: Sequence[_Pair]) -> bool:
    """Tell whether given names are nearly one in some pair and the same in none."""
    told = [(mine.names, theirs.names) for mine, theirs in _with_readings(pairs)]
    return any(are_nearly_one(*names) for names in told) and not any(
        share_given(*names) for names in told
    )


def _with_readings(pairs: Sequence[_Pair]) -> Sequence[_Pair]:
    return [(a, b) for a, b in pairs if a.names.given_kana and b.names.given_kana] or pairs


def _likenesses(pairs: Sequence[_Pair]) -> dict[Contradiction, set[Likeness]]:
    given = _with_readings(pairs)
    family = [(a, b) for a, b in pairs if a.names.family_kana and b.names.family_kana]
    return {
        Contradiction.BIRTH_DATE: {
            compare_birth_dates(a.birth_date, b.birth_date) for a, b in pairs
        },
        Contradiction.GIVEN_NAME: {compare_given(a.names, b.names) for a, b in given},
        Contradiction.FAMILY_NAME: {compare_family(a.names, b.names) for a, b in family or pairs},
    }
