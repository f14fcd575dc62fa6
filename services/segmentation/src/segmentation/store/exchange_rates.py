"""Rates of the day to the house currency, as imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from segmentation.store.tables import exchange_rates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from chassis.database import Transaction
    from segmentation.domain.rates import ExchangeRate

_CHUNK = 1000


async def put(tx: Transaction, house_currency: str, rates: Sequence[ExchangeRate]) -> None:
    """Keep rates; a day's rate that is told again replaces the one before."""
    for start in range(0, len(rates), _CHUNK):  # a statement takes 32,767 parameters
        statement = insert(exchange_rates).values(
            [
                {
                    "house_currency": house_currency,
                    "currency": rate.currency,
                    "rate_on": rate.rate_on,
                    "rate": rate.rate,
                }
                for rate in rates[start : start + _CHUNK]
            ]
        )
        await tx.execute(
            statement.on_conflict_do_update(
                index_elements=exchange_rates.primary_key.columns,
                set_={"rate": statement.excluded.rate},
            )
        )


async def newest(tx: Transaction, house_currency: str, *, on: date) -> dict[str, Decimal]:
    """Give each currency's rate of the day, or else of the last day before that has one."""
    rate = exchange_rates.c
    rows = await tx.execute(
        select(rate.currency, rate.rate)
        .where(rate.house_currency == house_currency, rate.rate_on <= on)
        .ext(distinct_on(rate.currency))
        .order_by(rate.currency, rate.rate_on.desc())
    )
    return {row.currency: row.rate for row in rows}
