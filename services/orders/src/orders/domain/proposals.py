"""The next carrier: offers held against what became of the parcels that went the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid
from orders.domain.scorecards import NONE, RANKED_FROM, Interval, Outcomes, add

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

ON_TIME_BAR = 0.9
"""What the lower bound of kept promises is to reach, unless the house or the caller says other."""


class Width(StrEnum):
    """Whose parcels speak for an offer: those of the lane, or those between its two countries."""

    LANE = "lane"
    COUNTRIES = "countries"


class Reason(StrEnum):
    """Why an offer stands where it stands.

    - `reaches-bar`, `below-bar`: the lower bound of kept promises, against the bar.
    - `cheapest-that-reaches-bar`: and no other that reaches it costs less.
    - `most-reliable`: nothing reaches the bar, and its lower bound is the highest.
    - `measured-between-countries`: the lane alone has too few parcels.
    - `too-few-parcels`: fewer than 30 speak for it, so that it is not ranked.
    """

    REACHES_BAR = "reaches-bar"
    BELOW_BAR = "below-bar"
    CHEAPEST = "cheapest-that-reaches-bar"
    MOST_RELIABLE = "most-reliable"
    BETWEEN_COUNTRIES = "measured-between-countries"
    TOO_FEW = "too-few-parcels"


class OffersInSeveralCurrencies(Invalid):
    slug = "offers-in-several-currencies"
    title = "The offers are in several currencies"


class PromiseInThePast(Invalid):
    slug = "promise-in-the-past"
    title = "The promise ends before the parcel is handed over"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a carrier takes for a parcel by one of its services."""

    carrier: str
    service: str | None
    cost_minor: int

    @property
    def name(self) -> tuple[str, str]:
        """Whose parcels speak for it."""
        return self.carrier, self.service or ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An offer, the share of parcels that arrived in the time asked for, and why it stands here."""

    offer: Offer
    kept: Interval | None
    width: Width
    reasons: tuple[Reason, ...]
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What became of an offer's parcels: on the lane, and elsewhere between its countries."""

    lane: Outcomes = NONE
    countries: Outcomes = NONE

    @property
    def widened(self) -> Outcomes:
        """Those of the lane and the others between its countries."""
        return add(self.lane, self.countries)


def check_currencies(currencies: Iterable[str]) -> str:
    """Give the one currency of all offers; raises `OffersInSeveralCurrencies`."""
    found = sorted(set(currencies))
    if len(found) > 1:
        mend = "Send all offers in one currency, converted at the rate that you pay."
        problem = FieldProblem("offers", f"are in {', '.join(found)}", mend)
        raise OffersInSeveralCurrencies(mend, fields=[problem])
    return found[0]


def hours_between(handed_over_at: datetime, promised_until: datetime) -> int:
    """Give the whole hours that a carrier has; raises `PromiseInThePast`."""
    if promised_until <= handed_over_at:
        mend = "Send a promised_until that is after handed_over_at, which is now without it."
        problem = FieldProblem("promised_until", "is not after the hand-over", mend)
        raise PromiseInThePast(mend, fields=[problem])
    return (promised_until - handed_over_at) // timedelta(hours=1)


def propose(
    offers: Sequence[Offer],
    evidence: Mapping[tuple[str, str], Evidence],
    *,
    hours: int,
    bar: float,
) -> list[Proposal]:
    """Rank offers: the cheapest of those that reach the bar first, the others by lower bound.

    Offers for which too few parcels speak come last, without a rank: they are named, never judged.
    """
    measured = [_measured(one, evidence.get(one.name, Evidence()), hours) for one in offers]
    known = [(one, one.kept) for one in measured if one.kept and one.kept.of >= RANKED_FROM]
    reaching = sorted(
        (pair for pair in known if pair[1].lower >= bar),
        key=lambda pair: (pair[0].offer.cost_minor, -pair[1].lower, pair[0].offer.name),
    )
    below = sorted(
        (pair for pair in known if pair[1].lower < bar),
        key=lambda pair: (-pair[1].lower, pair[0].offer.cost_minor, pair[0].offer.name),
    )
    ranked = [
        *(_placed(one, Reason.REACHES_BAR) for one, _ in reaching),
        *(_placed(one, Reason.BELOW_BAR) for one, _ in below),
    ]
    if ranked:
        ranked[0] = _placed(ranked[0], Reason.CHEAPEST if reaching else Reason.MOST_RELIABLE)
    untried = [one for one in measured if one.kept is None or one.kept.of < RANKED_FROM]
    return [
        *(
            Proposal(one.offer, one.kept, one.width, one.reasons, place)
            for place, one in enumerate(ranked, 1)
        ),
        *(_placed(one, Reason.TOO_FEW) for one in sorted(untried, key=lambda one: one.offer.name)),
    ]


def _measured(offer: Offer, evidence: Evidence, hours: int) -> Proposal:
    """Let the lane's own parcels speak where they are enough, else those between its countries."""
    on_lane = evidence.lane.within(hours)
    if on_lane is not None and on_lane.of >= RANKED_FROM:
        return Proposal(offer, on_lane, Width.LANE, ())
    widened = evidence.widened.within(hours)
    return Proposal(offer, widened, Width.COUNTRIES, (Reason.BETWEEN_COUNTRIES,))


def _placed(one: Proposal, reason: Reason) -> Proposal:
    return Proposal(one.offer, one.kept, one.width, (*one.reasons, reason))
