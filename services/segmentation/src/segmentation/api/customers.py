"""A customer's indicators, by any id it has or had."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from chassis.iso import Currency
from segmentation.domain.indicators import NOTHING_KNOWN, Spending
from segmentation.domain.profiles import Profile
from segmentation.domain.scoring import Scale, Scores
from segmentation.domain.standing import Standing
from segmentation.events import ProfileId
from segmentation.use_cases.find_standing import find_standing

router = APIRouter(
    prefix="/v1/customers", tags=["indicators"], dependencies=[requires("segments:read")]
)


class ScoresOut(BaseModel):
    """From 1, the lowest fifth of the base, to 5, the highest."""

    recency: int
    frequency: int
    monetary: int

    @staticmethod
    def of(scores: Scores) -> ScoresOut:
        return ScoresOut(
            recency=scores.recency, frequency=scores.frequency, monetary=scores.monetary
        )


class MonetaryOut(BaseModel):
    """What was spent in one currency; `scored_in` is the one it is compared in."""

    currency: Currency
    ordered_minor: int
    cancelled_minor: int
    returned_minor: int
    net_minor: int
    scored_in: Currency

    @staticmethod
    def of(spending: Spending, scale: Scale) -> MonetaryOut:
        return MonetaryOut(
            currency=spending.currency,
            ordered_minor=spending.ordered_minor,
            cancelled_minor=spending.cancelled_minor,
            returned_minor=spending.returned_minor,
            net_minor=spending.net_minor,
            scored_in=scale.scored_in(spending.currency),
        )


class SegmentOfOut(BaseModel):
    """A segment that the customer is in, and since when."""

    slug: str
    since: datetime


class IndicatorsOut(BaseModel):
    """A customer in numbers; of whom nothing is known, all is empty.

    `segment` is that of the scores; `segments` are all, with those that the house wrote.
    """

    customer_id: GlobalId
    retired_id: GlobalId | None
    profile_id: ProfileId | None
    first_purchase_on: date | None
    recency_on: date | None
    frequency: int
    monetary: list[MonetaryOut]
    open_complaints: int
    scores: ScoresOut | None
    segment: str | None
    segment_since: datetime | None
    segments: list[SegmentOfOut]

    @staticmethod
    def of(standing: Standing) -> IndicatorsOut:
        profile = standing.profile
        known = profile.indicators if profile else NOTHING_KNOWN
        return IndicatorsOut(
            customer_id=standing.customer_id,
            retired_id=standing.retired_id,
            profile_id=profile and profile.profile_id,
            first_purchase_on=known.first_purchase_on,
            recency_on=known.last_purchase_on,
            frequency=known.frequency,
            monetary=[MonetaryOut.of(each, standing.scale) for each in known.spendings],
            open_complaints=known.open_complaints,
            scores=_scores(profile),
            segment=profile and profile.segment,
            segment_since=standing.segment_since,
            segments=[
                SegmentOfOut(slug=slug, since=since) for slug, since in standing.since.items()
            ],
        )


def _scores(profile: Profile | None) -> ScoresOut | None:
    return ScoresOut.of(profile.scores) if profile and profile.scores else None


@router.get("/{customer_id}/indicators", summary="Show a customer's indicators and segment")
async def show_indicators(customer_id: GlobalId, database: DatabaseDep) -> IndicatorsOut:
    """Recency, frequency, monetary by currency, open complaints, scores and segments.

    A retired id answers with its survivor. A customer of whom nothing is known answers with
    empty indicators: who may ask about whom is not this service's knowledge.
    """
    return IndicatorsOut.of(await find_standing(database, customer_id))
