"""Olist's whole files through the gateway, twice: how long, to the cent, and what the files hold.

In an embedded suite with fsync on. After each run the orders service's own database is summed up
and held against the files, which DuckDB adds up without the code that imports them.
"""

import asyncio
import json
import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import duckdb

from bench.figures import Figure, report
from carnet.data_directory import DataDirectory
from tests.end_to_end.house import House, running_house

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDER = DATA / "orders" / "olist"

_STORED = {
    "orders": "SELECT count(*) FROM orders WHERE source = 'olist'",
    "items": "SELECT count(*) FROM order_lines WHERE sku <> 'not-itemised'",
    "items and freight": """SELECT coalesce(sum(total_minor), 0) FROM orders
        WHERE id NOT IN (SELECT order_id FROM order_lines WHERE sku = 'not-itemised')""",
    "payments": "SELECT count(*) FROM order_payments",
    "paid": "SELECT sum(amount_minor) FROM order_payments WHERE kind = 'captured'",
    "hand-overs": "SELECT count(*) FROM tracking_events WHERE status = 'picked_up'",
    "deliveries": "SELECT count(*) FROM tracking_events WHERE status = 'delivered'",
}
_TOLD = {
    "orders": "SELECT count(*) FROM orders",
    "items": "SELECT count(*) FROM order_items",
    "items and freight": """SELECT sum(100 * (CAST(price AS DECIMAL(18, 2))
        + CAST(freight_value AS DECIMAL(18, 2)))) FROM order_items""",
    "payments": """SELECT count(*) FROM order_payments
        WHERE CAST(payment_value AS DECIMAL(18, 2)) > 0""",
    "paid": "SELECT sum(100 * CAST(payment_value AS DECIMAL(18, 2))) FROM order_payments",
    "hand-overs": "SELECT count(order_delivered_carrier_date) FROM orders",
    "deliveries": "SELECT count(order_delivered_customer_date) FROM orders",
}
_ROWS = ("orders", "order_lines", "order_payments", "shipments", "parcels", "tracking_events")


def main() -> None:
    """Import twice, and hold what is stored against the files and the first run."""
    with (
        tempfile.TemporaryDirectory(prefix="carnet-bench-") as folder,
        running_house(Path(folder) / "data") as house,
    ):
        first = _import(house, Path(folder))
        stored, rows = asyncio.run(_summed(house))
        second = _import(house, Path(folder))
        again, rows_again = asyncio.run(_summed(house))
    told = _told()
    differing = sum(stored[what] != told[what] for what in told)
    report(
        "olist_import",
        [
            Figure("orders of the files", told["orders"], "orders"),
            Figure("first import", first["seconds"], "s"),
            Figure("first import, orders a second", first["read"] / first["seconds"], "1/s"),
            Figure("second import", second["seconds"], "s"),
            Figure(
                "orders stored by the second import", second["stored"], "orders", 0, at_most=True
            ),
            Figure(
                "rows that the second import added",
                sum(rows_again.values()) - sum(rows.values()),
                "rows",
                0,
                at_most=True,
            ),
            Figure("sums that differ from the files", differing, "of 7", 0, at_most=True),
            Figure(
                "sums that differ between the imports",
                sum(again[what] != stored[what] for what in stored),
                "of 7",
                0,
                at_most=True,
            ),
            Figure("items and freight", stored["items and freight"] / 100, "BRL"),
            Figure("paid", stored["paid"] / 100, "BRL"),
            Figure("anomalies listed", len(first["anomalies"]), "anomalies"),
            Figure(
                "anomalies listed by one import alone",
                sum(one not in second["anomalies"] for one in first["anomalies"])
                + sum(one not in first["anomalies"] for one in second["anomalies"]),
                "anomalies",
                0,
                at_most=True,
            ),
        ],
    )
    for kind, count in first["anomalies_by_kind"].items():
        print(f"{count:6} {kind}")


def _import(house: House, folder: Path) -> dict[str, Any]:
    file = folder / "report.json"
    command = ("import", "orders", str(FOLDER), "--format", "olist", "--report", str(file))
    house.carnet(*command, "--json", "--key", house.key)
    return json.loads(file.read_text())


async def _summed(house: House) -> tuple[dict[str, int], dict[str, int]]:
    running = DataDirectory(house.data_dir).running()
    if running is None:
        raise RuntimeError("The house is not running.")
    database = await asyncpg.connect(running.environment["CARNET_ORDERS_DATABASE_URL"])
    try:
        stored = {what: int(await database.fetchval(query)) for what, query in _STORED.items()}
        rows = {
            name: int(await database.fetchval(f"SELECT count(*) FROM {name}"))  # noqa: S608 - tables named here
            for name in _ROWS
        }
    finally:
        await database.close()
    return stored, rows


def _told() -> dict[str, int]:
    connection = duckdb.connect()
    for name in ("orders", "order_items", "order_payments"):
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_csv("  # noqa: S608 - names of this module
            f"'{FOLDER}/olist_{name}.csv', all_varchar = true, header = true)"
        )
    found = {what: connection.execute(query).fetchall()[0][0] for what, query in _TOLD.items()}
    return {what: int(Decimal(value)) for what, value in found.items()}


if __name__ == "__main__":
    main()
