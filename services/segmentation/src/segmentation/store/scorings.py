"""Drawings of cut points; the newest is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from chassis.database import driver
from segmentation.domain.scoring import FIRST_SCALE, CutPoints, Scale, Scoring
from segmentation.store.tables import cut_points, scoring_factors, scorings

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction

_POINTS = """
SELECT scoring_id, house_currency, indicator, currency, points
FROM scorings JOIN cut_points USING (scoring_id)
WHERE scoring_id = (SELECT max(scoring_id) FROM scorings)
"""
_FACTORS = "SELECT currency, factor FROM scoring_factors WHERE scoring_id = $1"
_NEWEST = select(scorings).order_by(scorings.c.scoring_id.desc()).limit(1)


async def newest(tx: Transaction) -> Scoring | None:
    """Give the newest drawing, if there was one."""
    row = (await tx.execute(_NEWEST)).one_or_none()
    if row is None:
        return None
    return Scoring(row.scoring_id, row.buyers, row.scored_at, row.finished_at)


async def load_scale(tx: Transaction) -> Scale:
    """Give the scale in force: of the newest drawing, or the first one of all."""
    connection = await driver(tx)
    rows = await connection.fetch(_POINTS)
    if not rows:
        return FIRST_SCALE
    points = {(row["indicator"], row["currency"]): CutPoints(*row["points"]) for row in rows}
    factors = await connection.fetch(_FACTORS, rows[0]["scoring_id"])
    return Scale(
        house_currency=rows[0]["house_currency"],
        recency_days=points.pop(("recency", "")),
        frequency=points.pop(("frequency", "")),
        monetary={currency: cut for (_, currency), cut in points.items()},
        factors={row["currency"]: row["factor"] for row in factors},
    )


async def add(tx: Transaction, scale: Scale, *, buyers: int, now: datetime) -> Scoring:
    """Put a scale in force."""
    scoring_id = (
        await tx.execute(
            insert(scorings)
            .values(house_currency=scale.house_currency, buyers=buyers, scored_at=now)
            .returning(scorings.c.scoring_id)
        )
    ).scalar_one()
    named = [("recency", "", scale.recency_days), ("frequency", "", scale.frequency)]
    named += [("monetary", currency, points) for currency, points in scale.monetary.items()]
    await tx.execute(
        insert(cut_points),
        [
            {
                "scoring_id": scoring_id,
                "indicator": indicator,
                "currency": currency,
                "points": list(points.values),
            }
            for indicator, currency, points in named
        ],
    )
    if scale.factors:
        await tx.execute(
            insert(scoring_factors),
            [
                {"scoring_id": scoring_id, "currency": currency, "factor": factor}
                for currency, factor in scale.factors.items()
            ],
        )
    return Scoring(scoring_id, buyers, scored_at=now, finished_at=None)


async def finish(tx: Transaction, scoring_id: int, *, now: datetime) -> None:
    """Note that the whole base has been measured by this drawing."""
    await tx.execute(
        update(scorings).where(scorings.c.scoring_id == scoring_id).values(finished_at=now)
    )
