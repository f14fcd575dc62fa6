"""Carriers' scorecards, and the next carrier that is proposed by them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.iso import Currency
from orders.api.delivery import Area
from orders.api.fields import Instant, Minor, ShortText
from orders.api.purviews import HomeRegions
from orders.domain.proposals import Offer, Reason, Width, check_currencies
from orders.domain.scorecards import RANKED_FROM, Facet, Scorecard, Spread, period_not_possible
from orders.use_cases.read_scorecards import propose_carrier, read_scorecards

if TYPE_CHECKING:
    from orders.domain.proposals import Proposal

router = APIRouter(tags=["carriers"])

_MOST_MONTHS = 24
_USUAL_MONTHS = 3
_MONTHS_IN_A_YEAR = 12
_END = r"(\*|[A-Z]{2}(-[0-9A-Z]{1,3})?)"
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IntervalOut(_Out):
    """A share of so many, and between what the true one lies with 95 % (Wilson)."""

    share: float
    of: int
    lower: float
    upper: float


class SpreadOut(BaseModel):
    """A value that so many percent of the parcels do not exceed."""

    of: int
    p50: float | None
    p90: float | None
    p95: float | None

    @classmethod
    def of_hours(cls, spread: Spread, *, unit_hours: int = 1) -> Self:
        found = {name: spread.percentile(int(name[1:])) for name in ("p50", "p90", "p95")}
        return cls(
            of=spread.total,
            **{
                name: None if hours is None else round(hours / unit_hours, 2)
                for name, hours in found.items()
            },
        )


class LaneOut(BaseModel):
    """From where to where; null is not told."""

    origin: str | None
    destination: str | None


class ScorecardOut(BaseModel):
    """What became of a carrier's parcels; a facet that was not asked for is null.

    `rank` is by the lower bound of `on_time`, among those of the same lane and month; it is null
    where fewer than 30 promises are decided, which `not_ranked` says.
    """

    carrier: str
    service: str | None
    lane: LaneOut | None
    month: str | None
    parcels: int
    rank: int | None
    not_ranked: str | None
    on_time: IntervalOut | None = Field(description="Of those whose first promise is decided.")
    first_attempt: IntervalOut | None = Field(description="Of those that were attempted.")
    damage: IntervalOut | None = Field(description="Of those that ended.")
    loss: IntervalOut | None = Field(description="Of those that ended; stolen ones with them.")
    lost_or_damaged_unsaid: int = Field(description="The carrier does not say which.")
    scan_gap_hours: SpreadOut = Field(description="The longest between two scans of a parcel.")
    late_days: SpreadOut = Field(description="From the promise to the delivery; negative is early.")

    @classmethod
    def of(cls, one: Scorecard) -> Self:
        outcomes = one.outcomes
        shares = {
            name: None if share is None else IntervalOut.model_validate(share)
            for name, share in (
                ("on_time", one.on_time),
                ("first_attempt", one.first_attempt),
                ("damage", one.damage),
                ("loss", one.loss),
            )
        }
        return cls(
            carrier=one.carrier,
            service=one.service or None,
            lane=None
            if one.lane is None
            else LaneOut(origin=one.lane[0] or None, destination=one.lane[1] or None),
            month=None if one.month is None else f"{one.month:%Y-%m}",
            parcels=outcomes.parcels,
            rank=one.rank,
            not_ranked=None if one.may_be_ranked else f"under-{RANKED_FROM}",
            **shares,
            lost_or_damaged_unsaid=outcomes.unsaid,
            scan_gap_hours=SpreadOut.of_hours(outcomes.gaps),
            late_days=SpreadOut.of_hours(outcomes.lateness, unit_hours=24),
        )


class ScorecardsOut(BaseModel):
    """Scorecards of a period, of each lane and month the best first."""

    first_month: str
    last_month: str
    items: list[ScorecardOut]


class OfferIn(StrictModel):
    """What a carrier takes for this parcel."""

    carrier: ShortText
    service: ShortText | None = None
    cost_minor: Minor
    currency: Currency


class ProposalIn(StrictModel):
    """A parcel that is to be sent, and who offers to carry it."""

    origin: Area
    destination: Area
    promised_until: Instant
    handed_over_at: Instant | None = Field(default=None, description="Without it, now.")
    on_time_at_least: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = Field(
        default=None, description="Which lower bound is enough; without it, the house's."
    )
    offers: Annotated[list[OfferIn], Field(min_length=1, max_length=50)]


class OfferOut(BaseModel):
    """An offer with its figures; `rank` is null where too few parcels speak for it.

    `in_time` is the share of parcels that arrived within the time asked for, counted over those of
    the lane or, where they are too few, over those between its two countries (`width`).
    """

    carrier: str
    service: str | None
    cost_minor: int
    rank: int | None
    in_time: IntervalOut | None
    width: Width
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, one: Proposal) -> Self:
        return cls(
            carrier=one.offer.carrier,
            service=one.offer.service,
            cost_minor=one.offer.cost_minor,
            rank=one.rank,
            in_time=None if one.kept is None else IntervalOut.model_validate(one.kept),
            width=one.width,
            reasons=one.reasons,
        )


class ProposalOut(BaseModel):
    """Offers, the one that is proposed first; those that nobody tried come last, without a rank."""

    on_time_at_least: float
    currency: str
    offers: list[OfferOut]


@router.get("/v1/carrier-scorecards", dependencies=[requires("orders:read")])
async def list_scorecards(
    database: DatabaseDep,
    regions: HomeRegions,
    now: Now,
    first: Annotated[Month, Query(alias="from", description="A month; two before `to`.")] = None,
    last: Annotated[Month, Query(alias="to", description="A month; the present one.")] = None,
    lane: Annotated[
        str,
        Query(
            pattern=f"^{_END}:{_END}$",
            description="Origin and destination, such as `FR:JP` or `*:FR-75`; a country takes "
            "what is inside it.",
        ),
    ] = "*:*",
    group_by: Annotated[
        list[Facet] | None, Query(max_length=3, description="Beside the carrier.")
    ] = None,
) -> ScorecardsOut:
    """List carriers' scorecards by the months in which parcels were handed over, the best first."""
    months = _months(first, last, now)
    origin, _, destination = lane.partition(":")
    found = await read_scorecards(
        database,
        months=months,
        lane=(_end(origin), _end(destination)),
        facets=frozenset(group_by or ()),
        regions=regions,
    )
    return ScorecardsOut(
        first_month=f"{months[0]:%Y-%m}",
        last_month=f"{months[1]:%Y-%m}",
        items=[ScorecardOut.of(one) for one in found],
    )


@router.post("/v1/carrier-proposals", dependencies=[requires("orders:read")])
async def propose(
    body: ProposalIn, request: Request, database: DatabaseDep, regions: HomeRegions, now: Now
) -> ProposalOut:
    """Rank offers for a parcel: the cheapest that is reliable enough first.

    A question with a body, hence POST; it changes nothing, and may be asked again.
    """
    bar = request.app.state.on_time_bar if body.on_time_at_least is None else body.on_time_at_least
    currency = check_currencies(offer.currency for offer in body.offers)
    found = await propose_carrier(
        database,
        [Offer(one.carrier, one.service, one.cost_minor) for one in body.offers],
        lane=(body.origin, body.destination),
        handed_over_at=body.handed_over_at or now,
        promised_until=body.promised_until,
        bar=bar,
        regions=regions,
        now=now,
    )
    return ProposalOut(
        on_time_at_least=bar, currency=currency, offers=[OfferOut.of(one) for one in found]
    )


def _months(first: str | None, last: str | None, now: datetime) -> tuple[date, date]:
    """Read a period of months; raises `PeriodNotPossible`."""
    today = now.astimezone(UTC)
    end = today.year * _MONTHS_IN_A_YEAR + today.month - 1 if last is None else _number(last)
    start = end - _USUAL_MONTHS + 1 if first is None else _number(first)
    if start > end:
        raise period_not_possible("ends before it begins", "Send a `to` that is not before `from`.")
    if end - start >= _MOST_MONTHS:
        mend = f"Ask for {_MOST_MONTHS} months at the most."
        raise period_not_possible(f"is longer than {_MOST_MONTHS} months", mend)
    return _month(start), _month(end)


def _number(month: str) -> int:
    year, _, of_year = month.partition("-")
    return int(year) * _MONTHS_IN_A_YEAR + int(of_year) - 1


def _month(number: int) -> date:
    return date(max(1, number // _MONTHS_IN_A_YEAR), number % _MONTHS_IN_A_YEAR + 1, 1)


def _end(told: str) -> str | None:
    return None if told == "*" else told
