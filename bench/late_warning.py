"""Will a parcel miss its promise? Learnt on Olist's earlier orders, asked of its later ones.

The last third of the hand-overs is the test; nothing was chosen on it. What was chosen (features,
ridge, weight of the wider groups) was chosen on four later parts of the first two thirds, each
predicted from what came before it. A parcel is judged as it is handed over to its carrier, from
what was known by then, and only while its promise could still be kept.
"""

import math
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, median, report
from orders.domain.estimates import TransitTimes, days_between
from orders.domain.lanes import Lane
from orders.domain.lateness import WARN_AT, LatenessModel, look_ahead
from orders.domain.transits import Transit
from orders.domain.watching import LOOK_EVERY
from orders.models.fitting import decided, fit
from orders.models.measuring import Measures, measure
from orders.models.transit_history import Case, replay

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[2] / "shared" / "data"))
OLIST = DATA / "orders" / "olist"
TEST_SHARE = 1 / 3
RELEARN = timedelta(days=7)
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
    test = [case for case in cases if case.transit.handed_over_at >= split]
    known = decided(cases, by=split)
    earlier = [case for case in known if case.transit.handed_over_at < split]
    model = _learn(earlier, at=split)
    came = [case.transit.missed for case in test]
    said = [model.probability(case.values) for case in test]
    measured = measure(said, came)

    frozen, _ = replay(transits, until=split)
    still = measure([model.probability(frozen.values(case.hand_over)) for case in test], came)
    weekly = measure(_learnt_weekly(cases, test, start=split), came)
    slack = measure([-math.log(case.hand_over.slack_days) for case in test], came)
    base = sum(case.transit.missed for case in earlier) / len(earlier)
    usual = sum((base - missed) ** 2 for missed in came) / len(came)
    everything = _with_those_that_never_arrived()

    warned = _watch(test, model, list(frozen.times()))
    missed = [days for days, case in zip(warned, test, strict=True) if case.transit.missed]
    in_time = [days for days in missed if days is not None]

    _show("at hand-over, the model as of the split", measured)
    _show("the same, learnt again every week", weekly)
    print(f"tested from {split:%Y-%m-%d}; learnt on {len(earlier)}, of which {model.missed} missed")
    print("weights", [round(weight, 3) for weight in model.weights])
    report(
        "late_warning",
        [
            Figure("AUC at hand-over", measured.auc, "AUC", 0.75),
            Figure("AUC, lower bound of 95 %", measured.auc_low, "AUC"),
            Figure("AUC, upper bound of 95 %", measured.auc_high, "AUC"),
            Figure("AUC, all that is learnt frozen at the split", still.auc, "AUC"),
            Figure("AUC, learnt again every week", weekly.auc, "AUC"),
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
            Figure(
                "Brier, learnt again every week",
                weekly.brier,
                "",
                peer="always the usual share",
                ratio=weekly.brier / usual,
                target=1.0,
                at_most=True,
            ),
            Figure("calibration error", measured.calibration_error, ""),
            Figure("calibration error, learnt again every week", weekly.calibration_error, ""),
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


def _learnt_weekly(cases: Sequence[Case], test: Sequence[Case], *, start: datetime) -> list[float]:
    """Judge each as the worker would, whose model is never older than a week."""
    said: list[float] = []
    model, learnt_at = _learn(decided(cases, by=start), at=start), start
    for case in test:
        at = case.transit.handed_over_at
        if at - learnt_at >= RELEARN:
            learnt_at = at
            known = [each for each in decided(cases, by=at) if each.transit.handed_over_at < at]
            model = _learn(known, at=at)
        said.append(model.probability(case.values))
    return said


def _watch(
    test: Sequence[Case], model: LatenessModel, times: Sequence[TransitTimes]
) -> list[float | None]:
    """Look at each as the worker does; gives how long before its promise it would be warned of."""
    by_group = {each.group: each for each in times}
    found: list[float | None] = []
    for case in test:
        hand_over, until = case.hand_over, case.hand_over.promised_until
        known = [by_group[group] for group in hand_over.lane.groups if group in by_group]
        end = min(until, case.transit.delivered_at or until)
        now, notice = hand_over.handed_over_at, None
        while now < end and notice is None:
            outlook = look_ahead(hand_over, known, model, now=now)
            if outlook is not None and outlook.probability >= WARN_AT:
                notice = days_between(now, until)
            now += LOOK_EVERY
        found.append(notice)
    return found


def _share(warned: Sequence[float | None]) -> float:
    return 1 - warned.count(None) / len(warned)


def _with_those_that_never_arrived() -> Measures:
    transits = olist(arrived=False)
    split = _split(transits)
    _, cases = replay(transits, until=_END)
    known = [case for case in decided(cases, by=split) if case.transit.handed_over_at < split]
    model = _learn(known, at=split)
    test = [case for case in cases if case.transit.handed_over_at >= split]
    return measure(
        [model.probability(case.values) for case in test], [case.transit.missed for case in test]
    )


def _show(title: str, measured: Measures) -> None:
    table = Table("parcels", "said", "came", title=title)
    for each in measured.bins:
        table.add_row(str(each.parcels), f"{each.said:.3f}", f"{each.came:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
