"""Groups: records of a whole base that are one person so far, and what may join two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from customer.domain.book import PEOPLE_COMPARED
from customer.domain.guard import (
    LENT,
    Person,
    allows_joining,
    backs_a_lent_identifier,
    contradictions_between,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from customer.domain.likely import Likely


@dataclass(slots=True, eq=False)
class Group:
    """Records that are one person so far, by id; `sides` are what people keep them apart by."""

    people: list[Person]
    sides: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    @property
    def speaking(self) -> list[Person]:
        """Give those who speak for or against joining another."""
        return self.people[:PEOPLE_COMPARED]

    @property
    def is_bare(self) -> bool:
        """Tell whether no record tells anything of a person but a lent identifier."""
        return all(person.is_bare for person in self.people)

    def is_kept_apart_from(self, other: Group) -> bool:
        """Tell whether a person said that these are two."""
        few, many = sorted((self.sides, other.sides), key=len)
        return any((word, 1 - side) in many for word, side in few)


def accept(pair: Likely, left: Sequence[Person], right: Sequence[Person]) -> bool:
    """Tell whether what the pair shares joins two sides, whatever contradicts."""
    return allows_joining(pair.shared, contradictions_between(left, right)) and (
        not LENT.issuperset(pair.shared)
        or backs_a_lent_identifier(left, right, has_one_owner=False)
    )


def person_of(record_id: UUID, group: Group) -> Person:
    """Give what a record of the group says."""
    return next(one for one in group.people if one.record_id == record_id)
