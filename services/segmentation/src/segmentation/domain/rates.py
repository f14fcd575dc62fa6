"""An exchange rate, as it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What one unit of a currency is in the house currency on a day."""

    currency: str
    rate_on: date
    rate: Decimal
