"""Importing invoices: read as decided, sent safely, summed up line by line."""

import json
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from orders.adapters.online_retail import read_invoices
from orders.cli.importing import import_orders
from tests.orders.front import KEY, Front

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
ROWS = [
    ("489434", "85048", 12, "2009-12-01 07:45:00", 6.95, 13085, "United Kingdom"),
    ("489434", "22041", 48, "2009-12-01 07:46:00", 2.1, 13085, "United Kingdom"),
    ("489435", "22350", 10, "2010-07-01 09:00:00", 2.55, None, "EIRE"),
    ("C489449", "85048", -2, "2009-12-02 10:33:00", 6.95, 13085, "United Kingdom"),
    ("C496350", "M", 1, "2010-02-01 08:24:00", 373.57, None, "United Kingdom"),
    ("489464", "21733", -96, "2009-12-01 10:52:00", 0.0, None, "United Kingdom"),
    ("A506401", "B", 1, "2010-04-29 13:36:00", -53594.36, None, "United Kingdom"),
    ("489436", "PADS", 1, "2010-02-01 08:24:00", 0.001, 12671, "Channel Islands"),
    ("489434", "21232", 24, "2009-12-01 07:45:00", 1.25, 13085, "United Kingdom"),
]


@pytest.fixture
def invoices() -> Path:
    """Give the file of real invoices; it must be there in CI and may be missing elsewhere."""
    path = DATA / "orders" / "online_retail_II.parquet"
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "invoices.parquet"
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE rows (inv VARCHAR, sku VARCHAR, qty BIGINT, ts TIMESTAMP, price DOUBLE, "
        "cid BIGINT, country VARCHAR)"
    )
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", ROWS)
    connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
    connection.close()
    return path


@pytest.mark.slow
def test_the_whole_file_adds_up_to_the_penny_for_every_customer(invoices: Path) -> None:
    read: Counter[str] = Counter()
    for reading in read_invoices(invoices):
        body = reading.body
        if body is not None and "customer" in body:
            amount = body["total_minor"] if "total_minor" in body else -body["refund_minor"]
            read[body["customer"]["external_id"]] += amount
    told = duckdb.execute(
        "SELECT cid, sum(qty * CAST(price AS DECIMAL(18, 3))) FROM read_parquet(?) "
        "WHERE cid IS NOT NULL GROUP BY cid",
        [str(invoices)],
    ).fetchall()
    expected = {str(cid): int((Decimal(total) * 100).to_integral_value()) for cid, total in told}
    assert read == Counter(expected)


def run(file: Path, url: str, *options: str, key: str = KEY) -> Result:
    app = Typer()
    app.command()(import_orders)
    return CliRunner().invoke(app, [str(file), "--url", url, "--key", key, *options])


def summary(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    text = result.stdout[result.stdout.index("{\n") :]  # the server's log is on the same output
    return json.JSONDecoder().raw_decode(text)[0]


def test_invoices_are_read_as_decided(file: Path) -> None:
    found = {reading.invoice: reading for reading in read_invoices(file)}
    assert list(found) == [
        "489434",
        "489435",
        "C489449",
        "C496350",
        "489464",
        "A506401",
        "489436",
    ]
    order = found["489434"].body
    assert order is not None
    assert order["placed_at"] == "2009-12-01T07:45:00+00:00"
    assert order["lines"] == [
        {"sku": "85048", "quantity": 12, "unit_price_minor": 695},
        {"sku": "22041", "quantity": 48, "unit_price_minor": 210},
        {"sku": "21232", "quantity": 24, "unit_price_minor": 125},
    ]
    assert order["customer"]["external_id"] == "13085"
    irish = found["489435"].body
    assert irish is not None
    assert (irish["country"], irish["placed_at"][-6:], "customer" in irish) == (
        "IE",
        "+01:00",
        False,
    )
    returned = found["C489449"]
    assert returned.path == "/v1/returns"
    assert returned.body is not None
    assert returned.body["lines"] == [{"sku": "85048", "quantity": 2, "refund_minor": 1390}]
    assert found["489436"].assumed_country == "Channel Islands"
    assert [one.minor for one in found["489436"].rounded] == [0]


async def test_a_file_is_imported_once_however_often_it_is_run(
    front: tuple[Front, str], file: Path
) -> None:
    gateway, url = front
    gateway.busy_answers = 2
    first = summary(run(file, url, "--json"))
    assert (first["read"], first["lines"], first["stored"], first["replayed"]) == (7, 9, 4, 0)
    assert [(one["line"], one["invoice"]) for one in first["refused"]] == [
        (5, "C496350"),
        (6, "489464"),
        (7, "A506401"),
    ]
    assert all(one["reason"] for one in first["refused"])
    assert first["assumed_countries"] == {"Channel Islands": 1}
    second = summary(run(file, url, "--json"))
    assert (second["stored"], second["replayed"]) == (0, 4)
    assert second["refused"] == first["refused"]
    told = run(file, url, "--limit", "2")
    assert "read" in told.stdout
    assert "replayed" in told.stdout


async def test_what_stops_an_import_is_one_line_that_says_how_to_mend_it(
    front: tuple[Front, str], file: Path, tmp_path: Path
) -> None:
    _, url = front
    stranger = run(file, url, key="another")
    assert (stranger.exit_code, "refuses the key" in stranger.output) == (1, True)
    missing = run(tmp_path / "nothing.parquet", url)
    assert (missing.exit_code, "cannot be read" in missing.output) == (1, True)
    text = tmp_path / "text.parquet"
    text.write_text("no parquet")
    assert run(text, url).exit_code == 1
    app = Typer()
    app.command()(import_orders)
    nowhere = CliRunner().invoke(app, [str(file), "--data-dir", str(tmp_path)])
    assert (nowhere.exit_code, "carnet up" in nowhere.output) == (1, True)
