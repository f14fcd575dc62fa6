"""The invoices of the UCI Online Retail II file, read as web-shop orders and returns.

What is decided here: a number that starts with C is a return, and its quantities are negative; any
other negative quantity is a stock adjustment, and a number that starts with A adjusts bad debt:
both are refused, line by line. Customers without a number are anonymous.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb

from orders.adapters.online_retail_countries import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

SOURCE = "online-retail"
CURRENCY = "GBP"
TIME_ZONE = "Europe/London"
_ROWS_AT_ONCE = 20_000
_ROWS = """
    SELECT file_row_number + 1 AS line, inv, sku, qty, ts,
        CAST(price AS DECIMAL(18, 3)) AS price, cid, country
    FROM read_parquet(?, file_row_number = true)
    ORDER BY min(file_row_number) OVER (PARTITION BY inv), file_row_number
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file; `line` counts from 1."""

    line: int
    invoice: str
    sku: str
    quantity: int
    at: datetime
    price: Decimal
    customer: int | None
    country: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is neither sold nor returned goods, and why."""

    line: int
    invoice: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoundedPrice:
    """A price below the currency's minor unit, and what it was taken for."""

    line: int
    invoice: str
    price: str
    minor: int


@dataclass(frozen=True, slots=True)
class Reading:
    """An invoice as it was understood; without a `path` nothing of it is sent."""

    invoice: str
    first_line: int
    line_count: int
    path: str | None = None
    body: dict[str, Any] | None = None
    refused: tuple[RefusedLine, ...] = ()
    rounded: tuple[RoundedPrice, ...] = ()
    assumed_country: str | None = None


@dataclass(slots=True)
class _Understood:
    """The lines of an invoice that are goods, and what is to be told of the others."""

    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    total_minor: int = 0
    refused: list[RefusedLine] = field(default_factory=list[RefusedLine])
    rounded: list[RoundedPrice] = field(default_factory=list[RoundedPrice])


def read_invoices(path: Path) -> Iterator[Reading]:
    """Read a file's invoices in the sequence of their first lines; raises what DuckDB raises."""
    for _, rows in groupby(_rows(path), key=lambda row: row.invoice):
        yield read_invoice(tuple(rows))


def count_invoices(path: Path) -> int:
    """Count a file's invoices."""
    counted = duckdb.execute("SELECT count(DISTINCT inv) FROM read_parquet(?)", [str(path)])
    return int(counted.fetchall()[0][0])


def read_invoice(rows: tuple[Row, ...]) -> Reading:
    """Understand the lines of one invoice; its time is its first line's."""
    first = rows[0]
    country = COUNTRIES.get(first.country)
    if first.invoice.startswith("A"):
        understood = _all_refused(rows, "an adjustment of bad debt, no sale")
    elif country is None:
        understood = _all_refused(rows, f"the country {first.country!r} is not known")
    else:
        understood = _understand(rows, is_return=first.invoice.startswith("C"))
    is_sent = bool(understood.lines) and country is not None
    return Reading(
        invoice=first.invoice,
        first_line=first.line,
        line_count=len(rows),
        path=_path(first) if is_sent else None,
        body=_body(first, country.code, understood) if is_sent and country is not None else None,
        refused=tuple(understood.refused),
        rounded=tuple(understood.rounded),
        assumed_country=first.country if country is not None and country.is_assumed else None,
    )


def _rows(path: Path) -> Iterator[Row]:
    found = duckdb.execute(_ROWS, [str(path)])
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield from (Row(*row) for row in rows)


def _all_refused(rows: tuple[Row, ...], reason: str) -> _Understood:
    refused = [RefusedLine(row.line, row.invoice, reason) for row in rows]
    return _Understood(refused=refused)


def _understand(rows: tuple[Row, ...], *, is_return: bool) -> _Understood:
    found = _Understood()
    for row in rows:
        reason = _reason_to_refuse(row, is_return=is_return)
        if reason is not None:
            found.refused.append(RefusedLine(row.line, row.invoice, reason))
            continue
        price_minor = int((row.price * 100).to_integral_value(ROUND_HALF_EVEN))
        if price_minor != row.price * 100:
            told = RoundedPrice(row.line, row.invoice, str(row.price), price_minor)
            found.rounded.append(told)
        quantity = abs(row.quantity)
        found.total_minor += quantity * price_minor
        price = "refund_minor" if is_return else "unit_price_minor"
        amount = quantity * price_minor if is_return else price_minor
        found.lines.append({"sku": row.sku, "quantity": quantity, price: amount})
    return found


def _reason_to_refuse(row: Row, *, is_return: bool) -> str | None:
    if is_return and row.quantity >= 0:
        return "a positive quantity in a cancellation"
    if not is_return and row.quantity <= 0:
        return "no positive quantity outside a cancellation: a stock adjustment"
    if row.price < 0:
        return "a negative price"
    return None


def _path(row: Row) -> str:
    return "/v1/returns" if row.invoice.startswith("C") else "/v1/orders"


def _body(first: Row, country: str, understood: _Understood) -> dict[str, Any]:
    is_return = first.invoice.startswith("C")
    at = first.at.replace(tzinfo=ZoneInfo(TIME_ZONE)).isoformat()
    body: dict[str, Any] = {
        "source": SOURCE,
        "external_ref": first.invoice,
        "channel": "web",
        "country": country,
        "currency": CURRENCY,
        "returned_at" if is_return else "placed_at": at,
        "time_zone": TIME_ZONE,
        "lines": understood.lines,
        "refund_minor" if is_return else "total_minor": understood.total_minor,
    }
    if first.customer is not None:
        body["customer"] = {
            "source": SOURCE,
            "external_id": str(first.customer),
            "channel": "web",
            "country": country,
        }
    return body
