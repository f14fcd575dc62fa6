"""What a customer bought, in sums: each currency by itself, and each country within it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PURCHASES = "purchases"
"""What field policies and purviews call orders, their parcels and returns."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts in minor units and counts; net is what was ordered less what fell away."""

    ordered_minor: int = 0
    cancelled_minor: int = 0
    returned_minor: int = 0
    order_count: int = 0
    cancelled_count: int = 0
    return_count: int = 0

    @property
    def net_minor(self) -> int:
        """What the customer kept and paid for."""
        return self.ordered_minor - self.cancelled_minor - self.returned_minor

    def plus(self, other: Sums) -> Sums:
        """Add two sums."""
        return Sums(
            ordered_minor=self.ordered_minor + other.ordered_minor,
            cancelled_minor=self.cancelled_minor + other.cancelled_minor,
            returned_minor=self.returned_minor + other.returned_minor,
            order_count=self.order_count + other.order_count,
            cancelled_count=self.cancelled_count + other.cancelled_count,
            return_count=self.return_count + other.return_count,
        )


@dataclass(frozen=True, slots=True)
class CountrySums:
    """The sums of one country in one currency."""

    country: str
    currency: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """The sums of one currency."""

    currency: str
    sums: Sums


def by_country(parts: Iterable[CountrySums]) -> tuple[CountrySums, ...]:
    """Add up what belongs to the same country and currency, in a fixed sequence."""
    found: dict[tuple[str, str], CountrySums] = {}
    for part in parts:
        place = part.country, part.currency
        known = found.get(place)
        found[place] = part if known is None else replace(part, sums=known.sums.plus(part.sums))
    return tuple(found[place] for place in sorted(found))


def by_currency(parts: Iterable[CountrySums]) -> tuple[CurrencySums, ...]:
    """Add up what belongs to the same currency, in a fixed sequence."""
    found: defaultdict[str, Sums] = defaultdict(Sums)
    for part in parts:
        found[part.currency] = found[part.currency].plus(part.sums)
    return tuple(CurrencySums(currency, found[currency]) for currency in sorted(found))
