"""Will a parcel miss its promise? Learnt on Olist's earlier orders, asked of its later ones.

The last third of the hand-overs is the test, and beside it the last year, of which the house knew
a year and more. What was chosen (features, ridge, half-life, weight of the wider groups) was chosen
on what lies before that third. A parcel is judged as it is handed over to its carrier, from what
was known by then, and only while its promise could still be kept.
"""

import math
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, median, report
from orders.domain.estimates import TransitTimes, days_between
from orders.domain.lanes import Lane, TransitGroup
from orders.domain.lateness import WARN_AT, LatenessModel, look_ahead
from orders.domain.transits import Transit
from orders.domain.watching import LOOK_EVERY
from orders.models.fitting import decided, fit
from orders.models.foretelling import LEARNT_EVERY, foretell
from orders.models.measuring import Measures, measure
from orders.models.transit_history import Case, replay

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[2] / "shared" / "data"))
OLIST = DATA / "orders" / "olist"
TEST_SHARE = 1 / 3
_YEAR = datetime(2017, 9, 1, tzinfo=UTC)
_LEARN_EVERY = timedelta(days=1)
_END = datetime(2020, 1, 1, tzinfo=UTC)

_QUERY = """
    SELECT order_purchase_timestamp, order_delivered_carrier_date, order_delivered_customer_date,
        order_estimated_delivery_date, customer_state, customer_zip_code_prefix
    FROM read_csv(?) JOIN read_csv(?, all_varchar = true) USING (customer_id)
    WHERE order_delivered_carrier_date >= order_purchase_timestamp
        AND (order_status = 'delivered' AND order_delivered_customer_date IS NOT NULL OR ?)
    ORDER BY order_delivered_carrier_date, order_id
"""


def main() -> None:
    """Measure the warning, beside the time left alone and the usual share."""
    transits = olist()
    split = _split(transits)
    _, cases = replay(transits, until=_END)
    test = _since(cases, split)
    earlier = decided(cases, by=split)
    model = _learn(earlier, at=split)
    came = [case.transit.missed for case in test]
    said = _foretell(cases, test)
    measured = measure(said, came)
    as_of_split = measure([model.probability(case.values) for case in test], came)
    frozen, _ = replay(transits, until=split)
    still = measure([model.probability(frozen.values(case.hand_over)) for case in test], came)
    slack = measure([-math.log(case.hand_over.slack_days) for case in test], came)
    base = sum(case.transit.missed for case in earlier) / len(earlier)
    usual = sum((base - missed) ** 2 for missed in came) / len(came)

    year = _since(cases, _YEAR)
    said_in_year = _foretell(cases, year)
    in_year = measure(said_in_year, [case.transit.missed for case in year])
    everything = _with_those_that_never_arrived()

    warned = _watch(transits, cases, test)
    missed = [days for days, case in zip(warned, test, strict=True) if case.transit.missed]
    in_time = [days for days in missed if days is not None]

    _show("the last third, at hand-over", measured)
    _show(f"all since {_YEAR:%B %Y}, at hand-over", in_year)
    _show_months(year, said_in_year)
    print(f"split at {split:%Y-%m-%d}; {model.parcels} taught, of which {model.missed} had missed")
    print("weights", [round(weight, 3) for weight in model.weights])
    report(
        "late_warning",
        [
            Figure("AUC", measured.auc, "AUC", 0.75),
            Figure("AUC, lower bound of 95 %", measured.auc_low, "AUC"),
            Figure("AUC, upper bound of 95 %", measured.auc_high, "AUC"),
            Figure("AUC, weights of the split", as_of_split.auc, "AUC"),
            Figure("AUC, all that is learnt frozen at the split", still.auc, "AUC"),
            Figure("AUC of the time left alone", slack.auc, "AUC"),
            Figure("AUC, those that never arrived counted as missed", everything.auc, "AUC"),
            Figure(
                "Brier",
                measured.brier,
                "",
                peer="always the usual share",
                ratio=measured.brier / usual,
                target=1.0,
                at_most=True,
            ),
            Figure("calibration error", measured.calibration_error, ""),
            *_beside("missed, to what was said", test, said),
            Figure("a year: AUC", in_year.auc, "AUC", 0.75),
            Figure("a year: AUC, lower bound of 95 %", in_year.auc_low, "AUC"),
            Figure("a year: AUC, upper bound of 95 %", in_year.auc_high, "AUC"),
            Figure("a year: calibration error", in_year.calibration_error, ""),
            *_beside("a year: missed, to what was said", year, said_in_year),
            Figure("a year: parcels", in_year.parcels, "parcels"),
            Figure("a year: of which missed their promise", in_year.missed, "parcels"),
            Figure(f"warned at {WARN_AT}, of all parcels", _share(warned), "share"),
            Figure("of those that missed, warned before the promise", _share(missed), "share"),
            Figure(
                "of those warned of, missed",
                len(in_time) / (len(warned) - warned.count(None)),
                "share",
            ),
            Figure("notice of those that missed, median", median(in_time), "days"),
            Figure("parcels in the test", measured.parcels, "parcels"),
            Figure("of which missed their promise", measured.missed, "parcels"),
        ],
    )


def olist(*, arrived: bool = True) -> list[Transit]:
    """Read the hand-overs, oldest first: those that arrived, or all; a promise is for a whole day.

    The sample holds every undelivered order of the whole data set and only a twentieth of the
    others, so that those are far too many here.
    """
    files = [str(OLIST / f"olist_{name}.csv") for name in ("orders", "customers")]
    rows = duckdb.connect().execute(_QUERY, [*files, not arrived]).fetchall()
    return [
        Transit(
            lane=Lane("olist", None, None, f"BR-{state}-{code[:2]}-{code[:3]}"),
            placed_at=placed.replace(tzinfo=UTC),
            handed_over_at=handed_over.replace(tzinfo=UTC),
            promised_until=promised.replace(tzinfo=UTC) + timedelta(days=1),
            delivered_at=delivered and delivered.replace(tzinfo=UTC),
        )
        for placed, handed_over, delivered, promised, state, code in rows
        if delivered is None or delivered >= handed_over
    ]


def _split(transits: Sequence[Transit]) -> datetime:
    return transits[round(len(transits) * (1 - TEST_SHARE))].handed_over_at


def _learn(cases: Sequence[Case], *, at: datetime) -> LatenessModel:
    model = fit(cases, version=1, trained_at=at)
    if model is None:
        raise SystemExit("There are too few parcels in the file to learn from.")
    return model


def _foretell(cases: Sequence[Case], asked: Sequence[Case]) -> list[float]:
    """Judge each as the worker would, whose model is a day old where this one is a week at most."""
    said = foretell(cases, asked)
    if said is None:
        raise SystemExit("There are too few parcels in the file to learn from.")
    return said


def _since(cases: Sequence[Case], begin: datetime) -> list[Case]:
    return [case for case in cases if case.transit.handed_over_at >= begin]


def _beside(name: str, asked: Sequence[Case], said: Sequence[float]) -> list[Figure]:
    """Give missed promises to expected ones, and 95 % of it with whole weeks drawn anew.

    Parcels of a week share its strikes and its holidays, and are not so many independent ones.
    """
    weeks: defaultdict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for case, chance in zip(asked, said, strict=True):
        week = weeks[case.transit.handed_over_at.isocalendar()[:2]]
        week[0] += case.transit.missed
        week[1] += chance
    sums = np.array(list(weeks.values()))
    drawn = np.random.default_rng(1).integers(0, len(sums), (2_000, len(sums)))
    missed, expected = sums[drawn].sum(axis=1).T
    low, high = np.percentile(missed / expected, (2.5, 97.5))
    return [
        Figure(name, float(sums[:, 0].sum() / sums[:, 1].sum()), "times"),
        Figure(f"{name}, lower bound of 95 %", float(low), "times"),
        Figure(f"{name}, upper bound of 95 %", float(high), "times"),
    ]


def _watch(
    transits: Sequence[Transit], cases: Sequence[Case], test: Sequence[Case]
) -> list[float | None]:
    """Look at each as the worker does; gives how long before its promise it would be warned of.

    What is known of transit times is learnt again every day and the model every week.
    """
    found: list[float | None] = [None] * len(test)
    begin = test[0].transit.handed_over_at
    end = max(case.hand_over.promised_until for case in test)
    model, now = None, begin
    while now < end:
        history, _ = replay(transits, until=now)
        times = {each.group: each for each in history.times()}
        if model is None or now - model.trained_at >= LEARNT_EVERY:
            model = _learn(decided(cases, by=now), at=now)
        for place, case in enumerate(test):
            if found[place] is None:
                found[place] = _notice(case, times, model, now=now)
        now += _LEARN_EVERY
    return found


def _notice(
    case: Case, times: Mapping[TransitGroup, TransitTimes], model: LatenessModel, *, now: datetime
) -> float | None:
    """Look at a parcel through one day; gives the notice where it is warned of."""
    hand_over, until = case.hand_over, case.hand_over.promised_until
    known = [times[group] for group in hand_over.lane.groups if group in times]
    end = min(until, case.transit.delivered_at or until, now + _LEARN_EVERY)
    look_at = hand_over.handed_over_at
    if look_at < now:
        look_at += math.ceil((now - look_at) / LOOK_EVERY) * LOOK_EVERY
    while look_at < end:
        outlook = look_ahead(hand_over, known, model, now=look_at)
        if outlook is not None and outlook.probability >= WARN_AT:
            return days_between(look_at, until)
        look_at += LOOK_EVERY
    return None


def _share(warned: Sequence[float | None]) -> float:
    return 1 - warned.count(None) / len(warned)


def _with_those_that_never_arrived() -> Measures:
    transits = olist(arrived=False)
    _, cases = replay(transits, until=_END)
    test = _since(cases, _split(transits))
    return measure(_foretell(cases, test), [case.transit.missed for case in test])


def _show_months(asked: Sequence[Case], said: Sequence[float]) -> None:
    table = Table("month", "parcels", "said", "came", title="month by month")
    months: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for case, chance in zip(asked, said, strict=True):
        months[f"{case.transit.handed_over_at:%Y-%m}"].append((chance, case.transit.missed))
    for month, told in sorted(months.items()):
        shares = [f"{sum(each) / len(told):.3f}" for each in zip(*told, strict=True)]
        table.add_row(month, str(len(told)), *shares)
    Console().print(table)


def _show(title: str, measured: Measures) -> None:
    table = Table("parcels", "said", "came", title=title)
    for each in measured.bins:
        table.add_row(str(each.parcels), f"{each.said:.3f}", f"{each.came:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
