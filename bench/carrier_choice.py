"""Choosing carriers by their scorecards against choosing the cheapest, on simulated parcels.

Nothing here is measured of real carriers: each has an invented price and reliability on each lane,
parcels are drawn at random, and the choice sees only those of the months before. What counts is
how many of the later, held-out parcels arrive in time, and what that costs.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bench.figures import Figure, report
from orders.domain.proposals import Evidence, Offer, propose
from orders.domain.scorecards import Outcomes, Spread

LANES = 12
CARRIERS = 6
HISTORY = 20_000
HELD_OUT = 20_000
BAR = 0.9
SEEDS = range(10)
_LOST = 0.005
_HOURS = (48, 72, 96)


@dataclass(frozen=True, slots=True)
class SimulatedCarrier:
    """Its price on a lane, and how long its parcels take: the logarithm of hours, its spread."""

    name: str
    cost_minor: int
    middle: float
    spread: float

    def hours(self, chooser: Random) -> int | None:
        """Draw how long a parcel takes; None where it is lost."""
        if chooser.random() < _LOST:
            return None
        return math.ceil(math.exp(chooser.gauss(self.middle, self.spread)))


@dataclass(slots=True)
class Kept:
    """What a way of choosing came to."""

    in_time: int = 0
    parcels: int = 0
    cost_minor: int = 0

    def add(self, carrier: SimulatedCarrier, chooser: Random, hours: int) -> None:
        """Send one parcel."""
        took = carrier.hours(chooser)
        self.in_time += took is not None and took <= hours
        self.parcels += 1
        self.cost_minor += carrier.cost_minor

    @property
    def share(self) -> float:
        """Which share arrived in time."""
        return self.in_time / self.parcels


def simulate(
    seed: int, *, history: int = HISTORY, held_out: int = HELD_OUT, bar: float = BAR
) -> tuple[Kept, Kept]:
    """Give what choosing by scorecards and choosing the cheapest come to on held-out parcels."""
    chooser = Random(seed)
    lanes = [_carriers(chooser) for _ in range(LANES)]
    evidence = [_past(carriers, history // LANES, chooser) for carriers in lanes]
    choices = {
        (number, hours): _chosen(carriers, evidence[number], hours, bar)
        for number, carriers in enumerate(lanes)
        for hours in _HOURS
    }
    by_scorecard, cheapest = Kept(), Kept()
    for _ in range(held_out):
        number, hours = chooser.randrange(LANES), chooser.choice(_HOURS)
        by_scorecard.add(choices[number, hours], chooser, hours)
        cheapest.add(min(lanes[number], key=lambda one: one.cost_minor), chooser, hours)
    return by_scorecard, cheapest


def _carriers(chooser: Random) -> list[SimulatedCarrier]:
    """Invent a lane's carriers: the faster ones tend to be dearer, and not all are worth it."""
    found: list[SimulatedCarrier] = []
    for number in range(CARRIERS):
        middle = chooser.uniform(math.log(24), math.log(90))
        dear = 1_400 - 220 * (middle - math.log(24)) / math.log(90 / 24)
        found.append(
            SimulatedCarrier(
                name=f"carrier-{number}",
                cost_minor=round(dear * chooser.uniform(0.6, 1.4)),
                middle=middle,
                spread=chooser.uniform(0.15, 0.5),
            )
        )
    return found


def _past(
    carriers: Sequence[SimulatedCarrier], parcels: int, chooser: Random
) -> Mapping[tuple[str, str], Evidence]:
    took: defaultdict[str, list[int | None]] = defaultdict(list)
    for _ in range(parcels):
        carrier = chooser.choice(carriers)
        took[carrier.name].append(carrier.hours(chooser))
    found: dict[tuple[str, str], Evidence] = {}
    for name, each in took.items():
        transits: defaultdict[int, int] = defaultdict(int)
        for hours in each:
            if hours is not None:
                transits[hours] += 1
        outcomes = Outcomes(parcels=len(each), ended=len(each), transits=Spread(transits))
        found[name, ""] = Evidence(lane=outcomes)
    return found


def _chosen(
    carriers: Sequence[SimulatedCarrier],
    evidence: Mapping[tuple[str, str], Evidence],
    hours: int,
    bar: float,
) -> SimulatedCarrier:
    offers = [Offer(one.name, None, one.cost_minor) for one in carriers]
    [first, *_] = propose(offers, evidence, hours=hours, bar=bar)
    return next(one for one in carriers if one.name == first.offer.carrier)


def main() -> None:
    """Simulate and report."""
    found = [simulate(seed) for seed in SEEDS]
    gains = [100 * (ours.share - theirs.share) for ours, theirs in found]
    in_time = 100 * sum(ours.share for ours, _ in found) / len(found)
    peer = 100 * sum(theirs.share for _, theirs in found) / len(found)
    cost = sum(ours.cost_minor / theirs.cost_minor for ours, theirs in found) / len(found)
    name = "cheapest first, same simulation"
    report(
        "carrier_choice",
        [
            Figure(
                "SIMULATED: held-out parcels in time, chosen by scorecards",
                in_time,
                "%",
                target=1.0,
                peer=name,
                ratio=in_time / peer,
            ),
            Figure("SIMULATED: the same, chosen cheapest first", peer, "%"),
            Figure(
                f"SIMULATED: least gain of {len(found)} seeds", min(gains), "points", target=0.0
            ),
            Figure("SIMULATED: what it costs, against cheapest first", cost, "times"),
        ],
    )


if __name__ == "__main__":
    main()
