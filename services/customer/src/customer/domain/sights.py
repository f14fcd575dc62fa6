"""What a reader sees of one customer: of each thing as where it was told from lets it be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from customer.domain.reading_policies import CLOSED, WHOLE, Access, Sight

if TYPE_CHECKING:
    from collections.abc import Mapping


class Home(NamedTuple):
    """Where something told is at home: its region's policy counts, and consents to its brand."""

    region: str
    brand: str


NOWHERE = Home("", "")
"""Stands where nobody asks by whom something is read."""


@dataclass(frozen=True, slots=True)
class Sights:
    """What one reader sees of what was told of one customer, by where each of it is at home.

    A merge moves no value: what a record of a closed region told stays closed under whichever
    customer it comes to stand. None for who sees everything; a home that is not named is closed.
    """

    by_home: Mapping[Home, Sight] | None = None

    def of(self, home: Home) -> Sight:
        """Give what is seen of what is at home there."""
        return WHOLE if self.by_home is None else self.by_home.get(home, CLOSED)

    @property
    def are_whole(self) -> bool:
        """Tell whether nothing of the customer is kept back."""
        return self.by_home is None or all(sight.is_whole for sight in self.by_home.values())

    @property
    def are_closed(self) -> bool:
        """Tell whether nothing of the customer may be read."""
        return self.by_home is not None and all(one.is_closed for one in self.by_home.values())

    def show(self, part: str) -> bool:
        """Tell whether a part of the customer is shown of any home."""
        sights = [WHOLE] if self.by_home is None else self.by_home.values()
        return any(sight.of(part) is Access.SHOWN for sight in sights)

    def show_everywhere(self, part: str) -> bool:
        """Tell whether a part of the customer is shown of every home."""
        return self.by_home is None or all(
            sight.of(part) is Access.SHOWN for sight in self.by_home.values()
        )


EVERYTHING = Sights()
