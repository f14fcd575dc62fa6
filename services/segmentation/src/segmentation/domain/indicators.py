"""What a customer's facts add up to: recency, frequency, monetary, open complaints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Spending:
    """What a customer spent in one currency, in its minor units."""

    currency: str
    ordered_minor: int
    cancelled_minor: int
    returned_minor: int

    @property
    def net_minor(self) -> int:
        """Ordered less cancelled less returned; negative when more came back than went out."""
        return self.ordered_minor - self.cancelled_minor - self.returned_minor


@dataclass(frozen=True, slots=True)
class Indicators:
    """A customer in numbers. Cancelled orders are no purchases; spendings are by currency."""

    first_purchase_on: date | None = None
    last_purchase_on: date | None = None
    frequency: int = 0
    spendings: tuple[Spending, ...] = ()
    open_complaints: int = 0


NOTHING_KNOWN = Indicators()
