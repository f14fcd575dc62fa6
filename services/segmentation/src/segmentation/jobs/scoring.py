"""Cutting the base in fifths anew, and measuring every buyer by the new cut points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import unit_of_work
from segmentation.use_cases.draw_scale import draw_scale
from segmentation.use_cases.finish_scoring import finish_scoring
from segmentation.use_cases.measure_buyers import measure_buyers

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database

_PAGE = 2000


async def score_base(
    database: Database, *, house_currency: str, now: datetime, even_if_fresh: bool = False
) -> int | None:
    """Draw new cut points when they are due and measure all by them; gives how many buyers.

    Gives None when nothing was due. A measuring that was cut off is taken up from its start:
    whoever is measured twice stays as he is.
    """
    async with unit_of_work(database) as tx:
        scoring = await draw_scale(
            tx, house_currency=house_currency, now=now, even_if_fresh=even_if_fresh
        )
    if scoring is None or scoring.finished_at is not None:
        return None
    last: str | None = ""
    while last is not None:
        async with unit_of_work(database) as tx:
            last = await measure_buyers(tx, after=last, limit=_PAGE, now=now)
    async with unit_of_work(database) as tx:
        await finish_scoring(tx, scoring.scoring_id, now=now)
    return scoring.buyers
