"""Cutting the whole base in fifths: one reading of all buyers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.scoring import FEWEST_BUYERS, FIRST_SCALE, CutPoints, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from chassis.database import Transaction

_FIFTHS = "percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8])"
_DRAW = f"""
SELECT count(*) AS buyers,
    {_FIFTHS} WITHIN GROUP (ORDER BY greatest($1 - last_purchase_on, 0)) AS recency,
    {_FIFTHS} WITHIN GROUP (ORDER BY frequency) AS frequency
FROM profiles WHERE frequency > 0
"""  # noqa: S608 - a constant of this module
_DRAW_MONEY = f"""
WITH reckoned AS (
    SELECT spending.profile_id,
        CASE WHEN known.factor IS NULL THEN spending.currency ELSE $1 END AS currency,
        sum(round(
            (ordered_minor - cancelled_minor - returned_minor) * coalesce(known.factor, 1)
        )) AS minor
    FROM spendings AS spending
        JOIN profiles USING (profile_id)
        LEFT JOIN unnest($2::text[], $3::numeric[]) AS known (currency, factor)
            ON known.currency = spending.currency
    WHERE profiles.frequency > 0
    GROUP BY 1, 2
)
SELECT currency, {_FIFTHS} WITHIN GROUP (ORDER BY minor)::bigint[] AS points
FROM reckoned GROUP BY currency HAVING count(*) >= $4
"""  # noqa: S608 - a constant of this module


async def draw(
    tx: Transaction, *, house_currency: str, factors: Mapping[str, Decimal], today: date
) -> Scale:
    """Give the scale that cuts the buyers of today in fifths.

    What fewer than `FEWEST_BUYERS` buyers would decide stays as in the first scale.
    """
    connection = await driver(tx)
    base = await connection.fetchrow(_DRAW, today)
    assert base is not None  # noqa: S101 - a count always has a row
    enough = base["buyers"] >= FEWEST_BUYERS
    money = await connection.fetch(
        _DRAW_MONEY, house_currency, list(factors), list(factors.values()), FEWEST_BUYERS
    )
    return Scale(
        house_currency=house_currency,
        recency_days=CutPoints(*base["recency"]) if enough else FIRST_SCALE.recency_days,
        frequency=CutPoints(*base["frequency"]) if enough else FIRST_SCALE.frequency,
        monetary={row["currency"]: CutPoints(*row["points"]) for row in money},
        factors=factors,
    )
