"""Real invoices through the gateway over Kafka: every view adds up to the file, to the penny."""

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb
import httpx
import pytest

from tests.end_to_end.house import House, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

INVOICES = 5000


def sums_of_the_file(path: Path) -> dict[str, int]:
    """Give for each customer the file's net pence over the first invoices."""
    rows = duckdb.execute(
        """
        WITH first_invoices AS (
            SELECT inv FROM (SELECT inv, min(file_row_number) AS place
                             FROM read_parquet($path, file_row_number = true) GROUP BY inv)
            ORDER BY place LIMIT $limit
        )
        SELECT cid, sum(qty * CAST(price AS DECIMAL(18, 3)))
        FROM read_parquet($path) JOIN first_invoices USING (inv)
        WHERE cid IS NOT NULL AND NOT (starts_with(inv, 'C') AND qty > 0)
          AND NOT (NOT starts_with(inv, 'C') AND qty < 0)
        GROUP BY cid
        """,
        {"path": str(path), "limit": INVOICES},
    ).fetchall()
    return {str(cid): int((Decimal(total) * 100).to_integral_value()) for cid, total in rows}


class Views:
    """The customers of the file, seen through the gateway."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.customer_ids: dict[str, str] = {}

    def find(self, cids: Iterable[str]) -> None:
        """Look up the global customer id of each customer of the file."""
        for cid in cids:
            record = self._client.get(f"/v1/source-records/online-retail/{cid}")
            if record.status_code != 404:
                self.customer_ids[cid] = record.json()["customer_id"]

    def pence(self, cid: str) -> tuple[int, int]:
        """Give what the 360 view says was bought, by orders and by segmentation."""
        view = self._client.get(f"/v1/customers/{self.customer_ids[cid]}/360").json()
        assert view["missing"] == []
        ordered = sum(total["net_minor"] for total in view["purchases"]["totals"])
        counted = sum(amount["net_minor"] for amount in view["indicators"]["monetary"])
        return ordered, counted

    def all_pence(self) -> dict[str, tuple[int, int]]:
        """Give what each customer's 360 view says."""
        return {cid: self.pence(cid) for cid in self.customer_ids}


def test_the_views_equal_the_file_and_a_second_run_changes_nothing(
    house: House, invoices: Path
) -> None:
    expected = sums_of_the_file(invoices)
    command = ("import", "orders", str(invoices), "--limit", str(INVOICES), "--json")
    first = json.loads(house.carnet(*command, "--key", house.key))
    assert first["read"] == INVOICES
    assert first["stored"] > 0.8 * INVOICES

    with house.client() as client:
        views = Views(client)
        views.find(expected)
        nobody = expected.keys() - views.customer_ids.keys()
        assert all(expected[cid] == 0 for cid in nobody), "somebody who bought is unknown"
        wanted = {cid: (expected[cid], expected[cid]) for cid in views.customer_ids}

        for cid, sums in wanted.items():  # segmentation follows within seconds
            eventually(partial(views.pence, cid), sums, seconds=60)

        second = json.loads(house.carnet(*command, "--key", house.key))
        assert second["stored"] == 0
        assert second["replayed"] == first["stored"]
        assert second["refused"] == first["refused"]
        assert views.all_pence() == wanted
