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
from customer.domain.names import Likeness, Names, are_written_apart, compare_family, compare_given
from customer.domain.official_ids import OfficialId, conflicting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


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

VETOES = frozenset({Contradiction.OFFICIAL_ID, Contradiction.KEPT_APART})
"""What no evidence outweighs for a machine: another lawful id, or a person who said otherwise."""


@dataclass(frozen=True, slots=True)
class Person:
    """What one source record says that could speak for or against being somebody."""

    record_id: UUID
    names: Names
    birth_date: date | None
    traits: Traits | None = None
    official_ids: tuple[OfficialId, ...] = ()


def contradictions_between(
    left: Sequence[Person], right: Sequence[Person]
) -> frozenset[Contradiction]:
    """Name what clearly differs between two customers, each known by several records.

    An attribute contradicts when some pair of records differs in it and none is alike. Names that
    share no script cannot be compared: that speaks against a joining that nothing else supports.
    """
    pairs = [(mine, theirs) for mine in _unlike(left) for theirs in _unlike(right)]
    likenesses: dict[Contradiction, Callable[[Person, Person], Likeness]] = {
        Contradiction.BIRTH_DATE: lambda a, b: compare_birth_dates(a.birth_date, b.birth_date),
        Contradiction.GIVEN_NAME: lambda a, b: compare_given(a.names, b.names),
        Contradiction.FAMILY_NAME: lambda a, b: compare_family(a.names, b.names),
    }
    found = {
        attribute
        for attribute, compare in likenesses.items()
        if _contradicts({compare(mine, theirs) for mine, theirs in pairs})
    }
    named = [(a.names, b.names) for a, b in pairs if a.names.are_known and b.names.are_known]
    if named and all(are_written_apart(mine, theirs) for mine, theirs in named):
        found.add(Contradiction.SCRIPT)
    if have_conflicting_ids(left, right):
        found.add(Contradiction.OFFICIAL_ID)
    return frozenset(found)


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
    another given name together outweigh it. A mailbox is shared by couples: another birth date,
    or a wholly different name, does. A phone or a device is shared by households and shops:
    anything does, even names in scripts that cannot be compared.
    """
    against = set(contradictions)
    if against & VETOES:
        return False
    if GIVEN_TO_ONE.intersection(shared):
        return not against >= {Contradiction.BIRTH_DATE, Contradiction.GIVEN_NAME}
    if IdentifierKind.EMAIL in shared:
        wholly_different = against >= {Contradiction.GIVEN_NAME, Contradiction.FAMILY_NAME}
        return Contradiction.BIRTH_DATE not in against and not wholly_different
    return not against


def _unlike(people: Sequence[Person]) -> Collection[Person]:
    """Leave out records that say the same as another: many tills tell the same name."""
    return {(person.names, person.birth_date): person for person in people}.values()


def _contradicts(likenesses: Collection[Likeness]) -> bool:
    return Likeness.DIFFERENT in likenesses and Likeness.ALIKE not in likenesses
