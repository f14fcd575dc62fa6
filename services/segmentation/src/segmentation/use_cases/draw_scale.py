"""Cut the base in fifths anew and put the new scale in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import lock
from chassis.iso import minor_digits
from segmentation.domain.scoring import factor_of, is_due
from segmentation.store import exchange_rates, fifths, gate, scorings, segments

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction
    from segmentation.domain.scoring import Scoring


async def draw_scale(
    tx: Transaction, *, house_currency: str, now: datetime, even_if_fresh: bool
) -> Scoring | None:
    """Draw the scale from all buyers where it is due; gives the scoring in force, if there is one.

    An unfinished scoring is one by which the base is yet to be measured (`measure_buyers` page by
    page, then `finish_scoring`). Facts go on coming in while the base is read, and wait only for
    the moment of the change.
    """
    await lock(tx, "scoring")
    known = await scorings.newest(tx)
    buyers = await segments.count_members(tx)
    if not (even_if_fresh or is_due(known, buyers=buyers, now=now)):
        return known
    rates = await exchange_rates.newest(tx, house_currency, on=now.date())
    house_digits = minor_digits(house_currency)
    factors = {
        currency: factor_of(rate, digits=minor_digits(currency), house_digits=house_digits)
        for currency, rate in rates.items()
    }
    scale = await fifths.draw(tx, house_currency=house_currency, factors=factors, today=now.date())
    await gate.enter(tx, alone=True)
    return await scorings.add(tx, scale, buyers=buyers, now=now)
