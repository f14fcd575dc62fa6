"""The five files of Olist, joined by order: their rows as texts, none of them left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Row = dict[str, Any]

_ORDERS = "olist_orders.csv"
_COLUMNS = {
    _ORDERS: (
        *("order_id", "customer_id", "order_status", "order_purchase_timestamp"),
        *("order_approved_at", "order_delivered_carrier_date"),
        *("order_delivered_customer_date", "order_estimated_delivery_date"),
    ),
    "olist_order_items.csv": (
        *("order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"),
    ),
    "olist_order_payments.csv": (
        *("order_id", "payment_sequential", "payment_type", "payment_installments"),
        "payment_value",
    ),
    "olist_order_reviews.csv": ("review_id", "order_id"),
    "olist_customers.csv": (
        *("customer_id", "customer_unique_id", "customer_zip_code_prefix"),
        *("customer_city", "customer_state"),
    ),
}


@dataclass(frozen=True, slots=True)
class OrderRows:
    """All rows of one order; `customer` is None where the file has none.

    `shared_reviews` are those of its reviews that other orders have too.
    """

    orders: tuple[Row, ...]
    items: tuple[Row, ...]
    payments: tuple[Row, ...]
    reviews: tuple[Row, ...]
    customer: Row | None
    shared_reviews: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OlistFiles:
    """The files of a folder, and the rows that belong to no order, by file."""

    by_order: Mapping[str, OrderRows]
    strays: Mapping[str, Sequence[str]]

    def __iter__(self) -> Iterator[tuple[str, OrderRows]]:
        """Give the orders in the sequence of their file."""
        return iter(self.by_order.items())


def read_files(folder: Path) -> OlistFiles:
    """Read a folder; raises what DuckDB raises where a file or a column is missing."""
    tables = {name: _rows(folder / name, columns) for name, columns in _COLUMNS.items()}
    orders, items, payments, reviews, customers = tables.values()
    heads = _by(orders, "order_id")
    items_of, payments_of, reviews_of = (
        _by(rows, "order_id") for rows in (items, payments, reviews)
    )
    customer_of = {row["customer_id"]: row for row in customers}
    used = Counter(review for review, _ in {(row["review_id"], row["order_id"]) for row in reviews})
    by_order = {
        order_id: OrderRows(
            orders=tuple(rows),
            items=tuple(sorted(items_of.get(order_id, ()), key=_place("order_item_id"))),
            payments=tuple(sorted(payments_of.get(order_id, ()), key=_place("payment_sequential"))),
            reviews=tuple(reviews_of.get(order_id, ())),
            customer=customer_of.get(rows[0]["customer_id"]),
            shared_reviews=tuple(
                row["review_id"]
                for row in reviews_of.get(order_id, ())
                if used[row["review_id"]] > 1
            ),
        )
        for order_id, rows in heads.items()
    }
    strays = {
        name: sorted({str(row["order_id"]) for row in tables[name]} - heads.keys())
        for name in _COLUMNS
        if name != _ORDERS and "order_id" in _COLUMNS[name]
    }
    return OlistFiles(by_order, strays)


def _rows(file: Path, columns: Sequence[str]) -> list[Row]:
    named = ", ".join(columns)
    found = duckdb.execute(
        f"SELECT {named} FROM read_csv(?, all_varchar = true, header = true)",  # noqa: S608 - columns of this module
        [str(file)],
    )
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _by(rows: Sequence[Row], column: str) -> dict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[str(row[column])].append(row)
    return dict(grouped)


def _place(column: str) -> Any:
    """Sort by a number that the file counts with, numbers that are none last."""

    def key(row: Row) -> tuple[bool, int]:
        told = str(row[column])
        return (not told.isdigit(), int(told) if told.isdigit() else 0)

    return key
