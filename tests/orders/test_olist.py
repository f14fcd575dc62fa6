"""Olist's orders: read with every anomaly named, sent once however often, nothing left out."""

import csv
import json
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import duckdb
import pytest
from typer import Typer
from typer.testing import CliRunner

from orders.adapters.olist.files import read_files
from orders.adapters.olist.orders import OlistOrder, read_order
from orders.cli.importing import import_orders
from orders.domain.payments import CardNumberTold, refuse_card_number
from tests.orders.front import KEY, Front

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
ORDER = {
    "order_id": "a",
    "customer_id": "c1",
    "order_status": "delivered",
    "order_purchase_timestamp": "2018-01-01 10:00:00",
    "order_approved_at": "2018-01-01 10:10:00",
    "order_delivered_carrier_date": "2018-01-02 10:00:00",
    "order_delivered_customer_date": "2018-01-05 10:00:00",
    "order_estimated_delivery_date": "2018-01-09 00:00:00",
}
ITEM = {
    "order_id": "a",
    "order_item_id": "1",
    "product_id": "p",
    "seller_id": "s",
    "price": "10.5",
    "freight_value": "2.25",
}
PAYMENT = {
    "order_id": "a",
    "payment_sequential": "1",
    "payment_type": "boleto",
    "payment_installments": "1",
    "payment_value": "12.75",
}
REVIEW = {"review_id": "r", "order_id": "a", "review_score": "5"}
CUSTOMER = {
    "customer_id": "c1",
    "customer_unique_id": "u1",
    "customer_zip_code_prefix": "01001",
    "customer_city": "sao paulo",
    "customer_state": "SP",
}


def write(folder: Path, **tables: list[dict[str, str]]) -> Path:
    """Write the five files, each with one good row unless told otherwise."""
    good = {
        "orders": [ORDER],
        "order_items": [ITEM],
        "order_payments": [PAYMENT],
        "order_reviews": [REVIEW],
        "customers": [CUSTOMER],
    }
    heads = {name: list(rows[0]) for name, rows in good.items()}
    for name, rows in (good | tables).items():
        with (folder / f"olist_{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, heads[name])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def read(folder: Path) -> dict[str, OlistOrder]:
    return {order_id: read_order(order_id, rows) for order_id, rows in read_files(folder)}


@pytest.fixture
def olist() -> Path:
    """Give the folder of real files; it must be there in CI and may be missing elsewhere."""
    path = DATA / "orders" / "olist"
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


def test_a_sound_order_is_read_whole(tmp_path: Path) -> None:
    [order] = read(write(tmp_path)).values()

    assert order.anomalies == ()
    assert order.body is not None
    assert (order.body["total_minor"], order.body["shipping_minor"]) == (1_275, 225)
    assert order.body["placed_at"] == "2018-01-01T10:00:00-02:00"
    assert order.body["delivery"] == {
        "method": "ship",
        "promised_until": "2018-01-09T23:59:59-02:00",
        "destination": "BR-SP",
    }
    assert order.body["payments"][0]["amount_minor"] == 1_275
    assert order.body["customer"]["accounts"] == ["u1"]
    assert [(event["status"], event["occurred_at"]) for event in order.events] == [
        ("picked_up", "2018-01-02T10:00:00-02:00"),
        ("delivered", "2018-01-05T10:00:00-02:00"),
    ]


def test_an_order_is_not_refused_because_its_id_reads_like_a_card_number(tmp_path: Path) -> None:
    card_like = "dc0cc4284fe3bb5174538944222c2a88"
    order_id = {"order_id": card_like}
    files = write(
        tmp_path,
        orders=[ORDER | order_id],
        order_items=[ITEM | order_id],
        order_payments=[PAYMENT | order_id],
        order_reviews=[],
    )

    [order] = read(files).values()

    assert order.body is not None
    [payment] = order.body["payments"]
    refuse_card_number(payment["reference"], field="reference")
    with pytest.raises(CardNumberTold):
        refuse_card_number(card_like, field="reference")


NONE = ""
LATE, EARLY = "2018-02-01 10:00:00", "2017-12-01 10:00:00"


@pytest.mark.parametrize(
    ("kind", "tables"),
    [
        ("told-twice", {"orders": [ORDER, ORDER]}),
        ("no-items", {"order_items": []}),
        ("no-payments", {"order_payments": []}),
        ("no-customer", {"customers": []}),
        ("payments-differ", {"order_payments": [PAYMENT | {"payment_value": "12.76"}]}),
        (
            "payment-of-nothing",
            {
                "order_payments": [
                    PAYMENT,
                    PAYMENT | {"payment_sequential": "2", "payment_value": "0.00"},
                ]
            },
        ),
        ("payment-numbers-missing", {"order_payments": [PAYMENT | {"payment_sequential": "2"}]}),
        ("item-numbers-missing", {"order_items": [ITEM | {"order_item_id": "3"}]}),
        ("reviewed-twice", {"order_reviews": [REVIEW, REVIEW | {"review_id": "r2"}]}),
        ("unreadable", {"order_items": [ITEM | {"price": "10.555"}]}),
        ("unreadable", {"orders": [ORDER | {"order_purchase_timestamp": "soon"}]}),
        ("unknown-status", {"orders": [ORDER | {"order_status": "lost"}]}),
        ("not-approved", {"orders": [ORDER | {"order_approved_at": NONE}]}),
        ("approved-before-purchase", {"orders": [ORDER | {"order_approved_at": EARLY}]}),
        (
            "approved-after-hand-over",
            {"orders": [ORDER | {"order_approved_at": "2018-01-03 10:00:00"}]},
        ),
        (
            "delivered-before-hand-over",
            {"orders": [ORDER | {"order_delivered_carrier_date": LATE}]},
        ),
        ("delivered-without-date", {"orders": [ORDER | {"order_delivered_customer_date": NONE}]}),
        (
            "delivered-without-hand-over",
            {"orders": [ORDER | {"order_delivered_carrier_date": NONE}]},
        ),
        ("cancelled-yet-delivered", {"orders": [ORDER | {"order_status": "canceled"}]}),
        (
            "cancelled-yet-handed-over",
            {
                "orders": [
                    ORDER | {"order_status": "canceled", "order_delivered_customer_date": NONE}
                ]
            },
        ),
        ("moved-against-status", {"orders": [ORDER | {"order_status": "invoiced"}]}),
        (
            "promised-before-purchase",
            {"orders": [ORDER | {"order_estimated_delivery_date": EARLY}]},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_agree_is_named(tmp_path: Path, kind: str, tables: dict[str, Any]) -> None:
    [order] = read(write(tmp_path, **tables)).values()

    assert [anomaly.kind.value for anomaly in order.anomalies] == [kind]
    assert (order.body is None) == (kind == "unreadable")


def test_rows_of_no_order_and_shared_reviews_are_named(tmp_path: Path) -> None:
    other = ORDER | {"order_id": "b"}
    files = write(
        tmp_path,
        orders=[ORDER, other],
        order_items=[ITEM, ITEM | {"order_id": "b"}, ITEM | {"order_id": "x"}],
        order_payments=[PAYMENT, PAYMENT | {"order_id": "b"}],
        order_reviews=[REVIEW, REVIEW | {"order_id": "b"}],
    )

    assert read_files(files).strays["olist_order_items.csv"] == ["x"]
    assert {
        anomaly.kind.value for order in read(files).values() for anomaly in order.anomalies
    } == {"review-of-several-orders"}


def test_the_real_files_add_up_and_their_anomalies_are_those_that_sql_finds(olist: Path) -> None:
    found = read(olist)
    bodies = [order.body for order in found.values() if order.body is not None]
    counted = Counter(one.kind.value for order in found.values() for one in order.anomalies)

    assert len(bodies) == len(found) == _sql(olist, "SELECT count(*) FROM orders")
    paid = _sql(olist, "SELECT sum(CAST(payment_value AS DECIMAL(18, 2))) FROM order_payments")
    assert sum(pay["amount_minor"] for body in bodies for pay in body["payments"]) == paid * 100
    freight = _sql(olist, "SELECT sum(CAST(freight_value AS DECIMAL(18, 2))) FROM order_items")
    assert sum(body["shipping_minor"] for body in bodies) == freight * 100
    assert counted == {kind: _sql(olist, query) for kind, query in EXPECTED.items()}


def _sql(folder: Path, query: str) -> Any:
    connection = duckdb.connect()
    for name in ("orders", "order_items", "order_payments", "order_reviews", "customers"):
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_csv("  # noqa: S608 - names of this test
            f"'{folder}/olist_{name}.csv', all_varchar = true, header = true)"
        )
    found = connection.execute(query).fetchall()[0][0]
    return int(found) if isinstance(found, int) else Decimal(found)


_TOTALS = """
    WITH sold AS (
        SELECT order_id, sum(CAST(price AS DECIMAL(18, 2)) + CAST(freight_value AS DECIMAL(18, 2)))
            AS amount FROM order_items GROUP BY order_id
    ), paid AS (
        SELECT order_id, sum(CAST(payment_value AS DECIMAL(18, 2))) AS amount
        FROM order_payments GROUP BY order_id
    )
    SELECT count(*) FROM sold JOIN paid USING (order_id) WHERE sold.amount <> paid.amount
"""
_WHERE = "SELECT count(*) FROM orders WHERE "
_LEFT = "order_delivered_carrier_date"
_ARRIVED = "order_delivered_customer_date"
EXPECTED = {
    "no-items": "SELECT count(*) FROM orders ANTI JOIN order_items USING (order_id)",
    "reviewed-twice": """SELECT count(*) FROM (SELECT order_id FROM order_reviews
        GROUP BY order_id HAVING count(*) > 1)""",
    "review-of-several-orders": """SELECT count(*) FROM order_reviews WHERE review_id IN (
        SELECT review_id FROM order_reviews GROUP BY review_id
        HAVING count(DISTINCT order_id) > 1)""",
    "approved-after-hand-over": _WHERE + f"order_approved_at > {_LEFT}",
    "cancelled-yet-delivered": _WHERE
    + f"order_status IN ('canceled', 'unavailable') AND {_ARRIVED} IS NOT NULL",
    "cancelled-yet-handed-over": _WHERE
    + f"""order_status IN ('canceled', 'unavailable') AND {_LEFT} IS NOT NULL
        AND {_ARRIVED} IS NULL""",
    "payments-differ": _TOTALS,
    "delivered-without-date": _WHERE + f"order_status = 'delivered' AND {_ARRIVED} IS NULL",
    "shipped-without-hand-over": _WHERE
    + f"order_status IN ('shipped', 'delivered') AND {_LEFT} IS NULL AND {_ARRIVED} IS NULL",
    "payment-numbers-missing": """SELECT count(*) FROM (SELECT order_id FROM order_payments
        GROUP BY order_id HAVING max(CAST(payment_sequential AS INTEGER)) <> count(*))""",
    "payment-of-nothing": """SELECT count(*) FROM order_payments
        WHERE CAST(payment_value AS DECIMAL(18, 2)) = 0""",
    "handed-over-before-purchase": _WHERE + f"{_LEFT} < order_purchase_timestamp",
    "delivered-before-hand-over": _WHERE + f"{_ARRIVED} < {_LEFT}",
}


def run(folder: Path, url: str, report: Path, *options: str) -> dict[str, Any]:
    app = Typer()
    app.command()(import_orders)
    told = ["--format", "olist", "--url", url, "--key", KEY, "--report", str(report), *options]
    result = CliRunner().invoke(app, [str(folder), *told])
    assert result.exit_code == 0, result.output
    return json.loads(report.read_text())


async def test_orders_are_imported_once_however_often_they_are_sent(
    front: tuple[Front, str], olist: Path, tmp_path: Path
) -> None:
    gateway, url = front
    gateway.busy_answers = 2
    limit = ("--limit", "300", "--connections", "4")
    first = run(olist, url, tmp_path / "1.json", *limit)
    before = await rows_of(gateway.database_url)
    second = run(olist, url, tmp_path / "2.json", *limit)

    assert (first["read"], first["stored"], first["not_sent"]) == (300, 300, 0)
    assert (second["stored"], second["replayed"]) == (0, 300)
    assert second["totals"] == first["totals"]
    assert second["anomalies"] == first["anomalies"]
    assert "refused" not in first["anomalies_by_kind"]
    assert await rows_of(gateway.database_url) == before
    assert before["orders"] == 300
    assert before["order_payments"] == first["totals"]["payments"]
    assert before["parcels"] == first["totals"]["shipments"] > 100
    assert before["tracking_events"] == first["totals"]["picked_up"] + first["totals"]["delivered"]
    assert before["order_contacts"] == 0


async def test_a_run_that_ended_between_orders_and_parcels_is_made_whole_by_the_next(
    front: tuple[Front, str], olist: Path, tmp_path: Path
) -> None:
    gateway, url = front
    limit = ("--limit", "120", "--connections", "3")
    gateway.refused_paths = frozenset({"/v1/shipments"})
    halved = run(olist, url, tmp_path / "1.json", *limit)
    gateway.refused_paths = frozenset({"/v1/tracking-events"})
    without_events = run(olist, url, tmp_path / "2.json", *limit)
    gateway.refused_paths = frozenset()
    whole = run(olist, url, tmp_path / "3.json", *limit)
    again = run(olist, url, tmp_path / "4.json", *limit)

    parcels, events = whole["totals"]["shipments"], _events(whole)
    assert parcels > 30
    assert halved["anomalies_by_kind"]["refused"] == parcels
    assert without_events["anomalies_by_kind"]["refused"] == events > parcels
    assert (whole["stored"], "refused" in whole["anomalies_by_kind"]) == (0, False)
    assert (again["totals"], again["anomalies"]) == (whole["totals"], whole["anomalies"])
    rows = await rows_of(gateway.database_url)
    assert (rows["parcels"], rows["tracking_events"]) == (parcels, events)


def _events(summary: dict[str, Any]) -> int:
    return summary["totals"]["picked_up"] + summary["totals"]["delivered"]


async def rows_of(url: str) -> dict[str, int]:
    """Count the rows of what an import fills."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    tables = ("orders", "order_lines", "order_payments", "parcels", "tracking_events")
    try:
        return {
            name: await connection.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608 - tables named here
            for name in (*tables, "order_contacts", "reused_references", "outbox")
        }
    finally:
        await connection.close()
