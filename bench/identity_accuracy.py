"""How right people are recognised, through `carnet identity evaluate`, beside Splink 5 on DuckDB.

The records go one by one through the online path into a scratch database, twenty to a commit.
Splink runs in an environment of its own: CARNET_SPLINK_PYTHON names a Python that has it, else
`uv` makes one.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from bench.figures import Figure, report
from bench.splink_python import splink_python
from customer.domain.linkage.accuracy import Accuracy, b_cubed, pairwise

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[2] / "shared" / "data"))
HISTORICAL = DATA / "identity" / "historical_figures_a.parquet"
FEBRL3 = DATA / "identity" / "febrl3.csv"
FAKE = DATA / "identity" / "fake_1000.csv"
ORDERS = 5
SPLIT_SEED = 20260101
PEER = "Splink 5, documented settings, best of all thresholds"


def main() -> None:
    """Measure the shared sets, the held-out half of the hard one, and the peer."""
    with tempfile.TemporaryDirectory(prefix="carnet-bench-") as folder:
        held_out = Path(folder) / "held_out.parquet"
        _write_held_out(held_out)
        whole = _evaluate(HISTORICAL, orders=ORDERS)
        half = _evaluate(held_out, orders=ORDERS)
        febrl3 = _evaluate(FEBRL3, orders=ORDERS)
        fake = _evaluate(FAKE, orders=ORDERS)
        default = _evaluate(HISTORICAL, orders=1, model="default")
        peer = _peer(Path(folder))
    worst = f"worst of {ORDERS} orders"
    figures = [
        _figure(f"historical, whole: pairwise F1, {worst}", whole, "pairwise", 0.88),
        _figure(f"historical, whole: B³ F1, {worst}", whole, "b_cubed", 0.95),
        _figure(f"historical, held-out people: pairwise F1, {worst}", half, "pairwise", 0.88),
        _figure(f"historical, held-out people: B³ F1, {worst}", half, "b_cubed", 0.95),
        _figure(f"febrl3: pairwise F1, {worst}", febrl3, "pairwise", 0.999),
        _figure(f"febrl3: B³ F1, {worst}", febrl3, "b_cubed"),
        _figure(f"fake_1000: pairwise F1, {worst}", fake, "pairwise"),
        _figure(f"fake_1000: B³ F1, {worst}", fake, "b_cubed"),
        _figure("historical, the product's untrained model: pairwise F1", default, "pairwise"),
        _figure("historical, the product's untrained model: B³ F1", default, "b_cubed"),
        _figure("historical, untrained: pairwise precision", default, "pairwise", of="precision"),
        Figure("historical, records a second", len(_people()) / whole["seconds"], "1/s"),
    ]
    for order in whole["orders"]:
        print(order["pairwise"]["f1"], order["b_cubed"]["f1"], f"{order['seconds']} s")
    if peer is not None:
        figures += [
            Figure("historical, Splink: pairs F1", peer["pairs"], "F1", peer=PEER),
            Figure("historical, Splink: clusters' pairwise F1", peer["pairwise"], "F1", peer=PEER),
            Figure("historical, Splink: clusters' B³ F1", peer["b_cubed"], "F1", peer=PEER),
        ]
    report("identity_accuracy", figures)


def _figure(
    name: str,
    told: dict[str, Any],
    measure: str,
    target: float | None = None,
    *,
    of: str = "f1",
) -> Figure:
    worst = min(order[measure][of] for order in told["orders"])
    return Figure(name, worst, "F1" if of == "f1" else of, target)


def _evaluate(file: Path, *, orders: int, model: str = "fit") -> dict[str, Any]:
    command = ["carnet", "identity", "evaluate", str(file), "--json", "--errors", "0"]
    command += ["--orders", str(orders), "--model", model]
    program = Path(sys.executable).with_name("carnet")
    told = subprocess.run([program, *command[1:]], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


def _people() -> dict[str, str]:
    query = f"SELECT unique_id, cluster FROM '{HISTORICAL}'"  # noqa: S608 - a path of ours
    return dict(duckdb.connect().execute(query).fetchall())


def _write_held_out(file: Path) -> None:
    """Write the half of the people that nothing was tuned on; the other half was."""
    people = sorted(set(_people().values()))
    random.Random(SPLIT_SEED).shuffle(people)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE held (cluster text)")
    held_out = people[len(people) // 2 :]
    connection.execute("INSERT INTO held SELECT unnest(?)", [held_out])
    connection.execute(
        f"COPY (SELECT * FROM '{HISTORICAL}' WHERE cluster IN (FROM held)) TO '{file}'"  # noqa: S608 - as above
    )


def _peer(folder: Path) -> dict[str, float] | None:
    python = splink_python(folder)
    if python is None:
        print("Splink cannot be installed here: no peer in this run.")
        return None
    script = Path(__file__).with_name("identity_accuracy_peer.py")
    told = subprocess.run(
        [python, script, HISTORICAL],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found = json.loads(told.stdout)
    people = _people()
    true = list(people.values())
    partitions: list[list[str]] = []
    for rows in found["partitions"].values():
        clusters: dict[str, str] = dict(rows)
        partitions.append([clusters[record] for record in people])
    return {
        "pairs": _best_pairs(found["pairs"], people),
        "pairwise": max(pairwise(said, true).f1 for said in partitions),
        "b_cubed": max(b_cubed(said, true).f1 for said in partitions),
    }


def _best_pairs(pairs: list[tuple[str, str, float]], people: dict[str, str]) -> float:
    """Give the best F1 of the pairs themselves over all thresholds."""
    said = list(people.values())
    sizes = [said.count(person) for person in set(said)]
    total = sum(size * (size - 1) // 2 for size in sizes)
    best = right = 0.0
    for place, (one, other, _) in enumerate(sorted(pairs, key=lambda pair: -pair[2]), start=1):
        right += people[one] == people[other]
        best = max(best, Accuracy(right / place, right / total).f1)
    return best


if __name__ == "__main__":
    main()
