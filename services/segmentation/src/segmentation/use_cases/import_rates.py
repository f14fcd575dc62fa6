"""Keep exchange rates of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.store import exchange_rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Transaction
    from segmentation.domain.rates import ExchangeRate


async def import_rates(
    tx: Transaction, rates: Sequence[ExchangeRate], *, house_currency: str
) -> None:
    """Keep rates to the house currency; the next scoring uses them."""
    await exchange_rates.put(tx, house_currency, rates)
