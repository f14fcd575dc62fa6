"""Olist's real orders through the gateway over Kafka, twice: to the cent, and nothing new."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from orders.adapters.olist.files import read_files
from orders.adapters.olist.orders import read_order
from tests.end_to_end.house import House, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

ORDERS = 600
PROBED = 60


def bought(folder: Path) -> dict[str, int]:
    """Give what each of some customers of the first orders bought, in centavos.

    A cancelled order counts for nothing.
    """
    sums: Counter[str] = Counter()
    for place, (order_id, rows) in enumerate(read_files(folder)):
        order = read_order(order_id, rows)
        if place < ORDERS and order.body is not None:
            amount = 0 if order.cancel_reason else order.body["total_minor"]
            sums[order.body["customer"]["external_id"]] += amount
    return dict(list(sums.items())[:PROBED])


def purchases(client: httpx.Client, unique_id: str) -> int:
    """Give what a customer bought, as orders adds it up."""
    record: Any = client.get(f"/v1/source-records/olist/{unique_id}").json()
    answer = client.get(f"/v1/customers/{record['customer_id']}/purchases")
    return sum(total["net_minor"] for total in answer.json()["totals"])


def test_two_imports_come_to_the_same_and_to_what_the_files_say(
    house: House, olist: Path, tmp_path: Path
) -> None:
    command = ("import", "orders", str(olist), "--format", "olist", "--limit", str(ORDERS))
    told: list[dict[str, Any]] = []
    for run in ("first", "second"):
        report = tmp_path / f"{run}.json"
        house.carnet(*command, "--report", str(report), "--json", "--key", house.key)
        told.append(json.loads(report.read_text()))
    first, second = told

    assert (first["stored"], second["stored"], second["replayed"]) == (ORDERS, 0, ORDERS)
    assert first["totals"] == second["totals"]
    assert first["anomalies"] == second["anomalies"]
    assert "refused" not in first["anomalies_by_kind"]
    with house.client() as client:
        for unique_id, centavos in bought(olist).items():
            eventually(partial(purchases, client, unique_id), centavos, seconds=30)
