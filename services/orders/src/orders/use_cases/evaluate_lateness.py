"""Measuring how well late parcels are foreseen: taught by earlier ones, asked of later ones."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.models.fitting import decided
from orders.models.foretelling import foretell
from orders.models.measuring import Measures, measure
from orders.models.transit_history import replay
from orders.store.transits import read_transits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database
    from orders.domain.transits import Transit


class TooFewParcels(Exception):
    """There is not enough to learn from, or nothing to ask."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The model's measures, those of the time left alone, and the error of the usual share."""

    model: Measures
    slack: Measures
    usual_brier: float
    split_at: datetime


async def evaluate_lateness(database: Database, *, now: datetime, test_share: float) -> Evaluation:
    """Judge the latest share of the house's decided parcels; raises `TooFewParcels`."""
    async with snapshot(database) as connection:
        transits = await read_transits(connection)
    return await asyncio.to_thread(evaluate, transits, now=now, test_share=test_share)


def evaluate(transits: Sequence[Transit], *, now: datetime, test_share: float) -> Evaluation:
    """Split by the time of hand-over and ask of the later ones; raises `TooFewParcels`.

    Each is judged by what was learnt before its hand-over, as the worker would have.
    """
    _, cases = replay(transits, until=now)
    known = decided(cases, by=now)
    if not known:
        raise TooFewParcels("No promise has been kept or missed yet.")
    known.sort(key=lambda case: case.transit.handed_over_at)
    split_at = known[int(len(known) * (1 - test_share))].transit.handed_over_at
    earlier = decided(known, by=split_at)
    later = [case for case in known if case.transit.handed_over_at >= split_at]
    said = foretell(known, later)
    came = [case.transit.missed for case in later]
    if said is None or len(set(came)) == 1:
        raise TooFewParcels("Too few promises were kept or missed to learn and to ask.")
    usual = sum(case.transit.missed for case in earlier) / len(earlier)
    return Evaluation(
        model=measure(said, came),
        slack=measure([-math.log(case.hand_over.slack_days) for case in later], came),
        usual_brier=sum((usual - missed) ** 2 for missed in came) / len(came),
        split_at=split_at,
    )
