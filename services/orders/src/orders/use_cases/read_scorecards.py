"""Reading carriers' scorecards, and proposing the next carrier by them."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from chassis.database import snapshot
from orders.domain.proposals import hours_between, propose
from orders.domain.scorecards import TooManyScorecards, rank
from orders.store import scorecards

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from chassis.database import Database
    from chassis.purview import Regions
    from orders.domain.proposals import Offer, Proposal
    from orders.domain.scorecards import Facet, Scorecard

MOST = 500
"""How many scorecards one answer holds: ranks need all of them together."""
_LOOKED_BACK = timedelta(days=183)


async def read_scorecards(
    database: Database,
    *,
    months: tuple[date, date],
    lane: tuple[str | None, str | None],
    facets: Collection[Facet],
    regions: Regions,
) -> list[Scorecard]:
    """Give the scorecards of a period, the best first; raises `TooManyScorecards`."""
    async with snapshot(database) as connection:
        found = await scorecards.read_scorecards(
            connection, months=months, lane=lane, facets=facets, regions=regions, limit=MOST + 1
        )
    if len(found) > MOST:
        message = f"Ask for a shorter period, a lane or fewer facets: at most {MOST} are shown."
        raise TooManyScorecards(message)
    return rank(found)


async def propose_carrier(
    database: Database,
    offers: Sequence[Offer],
    *,
    lane: tuple[str, str],
    handed_over_at: datetime,
    promised_until: datetime,
    bar: float,
    regions: Regions,
    now: datetime,
) -> list[Proposal]:
    """Rank offers by what the last half year tells; raises `PromiseInThePast`."""
    hours = hours_between(handed_over_at, promised_until)
    today = now.astimezone(UTC).date()
    async with snapshot(database) as connection:
        evidence = await scorecards.evidence_of(
            connection,
            (offer.carrier for offer in offers),
            months=((today - _LOOKED_BACK).replace(day=1), today),
            lane=lane,
            regions=regions,
        )
    return propose(offers, evidence, hours=hours, bar=bar)
