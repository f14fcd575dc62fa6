"""Evidence of a whole base: pairs of records that may be one person, and who tells what is lent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from customer.domain.identifiers import IdentifierKind

Lent = tuple[IdentifierKind, Sequence[UUID]]
"""A lent identifier's kind, and the records that tell it, in order."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that share identifiers, or are alike by so many bits; `left_id` < `right_id`."""

    left_id: UUID
    right_id: UUID
    shared: frozenset[IdentifierKind] = frozenset()
    weight: float = 0.0

    @property
    def trust(self) -> tuple[int, int]:
        """Sort the more trusted identifiers first, then those that agree in more kinds."""
        rank = min((kind.rank for kind in self.shared), default=len(IdentifierKind))
        return rank, -len(self.shared)

    @property
    def strength(self) -> tuple[tuple[int, int], float, UUID, UUID]:
        """Sort the stronger first: identifiers by trust, then likeness, then the pair itself."""
        return self.trust, -self.weight, self.left_id, self.right_id
