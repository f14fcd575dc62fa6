"""The data quality report for people: a page with pictures that needs nothing else, and a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.table import Table

from customer.domain.data_quality import MOST_RECORDS

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

_FEW = 0.001
_MONTHS_TO_A_LABEL = 4
_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    label: str
    count: int


def write_page(report: dict[str, Any], file: Path) -> None:
    """Write the report as a page; raises `OSError`."""
    environment = Environment(
        loader=PackageLoader("customer", "jobs"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"number": show_number, "share": show_share, "day": _show_instant}
    told = [one["field"] for one in report["whole"]["fields"] if one["told"]]
    page = environment.get_template("data_quality.html").render(
        report=report, told=told, sizes_of=_sizes, months_of=_months, words=_words
    )
    file.write_text(page, encoding="utf-8")


def show_report(report: dict[str, Any], console: Console) -> None:
    """Print the sources, and the fields of all of them."""
    whole = report["whole"]
    sources = Table("source", "records", "customers", "duplicates", "joined", "to review")
    for one in (*report["sources"], whole):
        joined = one["joined_by_identifier"] + one["joined_by_likeness"]
        sources.add_row(
            one["source"] or "all",
            show_number(one["records"]),
            show_number(one["customers"]),
            show_share(one["duplicates_rate"]),
            show_number(joined),
            show_number(one["candidates_open"]),
        )
    console.print(sources)
    fields = Table("field", "told", "usable", "flagged", "distinct", "shared", "commonest problem")
    for one in whole["fields"]:
        if one["told"] or one["flagged"]:
            fields.add_row(*_shown(one, whole["records"]))
    console.print(fields)


def _sizes(source: dict[str, Any]) -> list[_Column]:
    customers = {one["records"]: one["customers"] for one in source["customers_by_records"]}
    return [
        _Column(f"{size} records", f"{size}+" if size == MOST_RECORDS else str(size), count)
        for size in range(1, MOST_RECORDS + 1)
        for count in (customers.get(size, 0),)
    ]


def _months(source: dict[str, Any]) -> list[_Column]:
    """Give a column for each month from the first to the last, also for those without records."""
    records = {one["month"]: one["records"] for one in source["months"]}
    month, last = min(records), max(records)
    columns: list[_Column] = []
    while month <= last:
        label = month if len(columns) % _MONTHS_TO_A_LABEL == 0 else ""
        columns.append(_Column(month, label, records.get(month, 0)))
        next_day = date.fromisoformat(f"{month}-28") + timedelta(days=4)
        month = f"{next_day:%Y-%m}"
    return columns


def _shown(field: dict[str, Any], records: int) -> list[str]:
    shares = [show_share(field[name] / records) for name in ("told", "usable", "flagged")]
    values = [
        "" if field[name] is None else show_number(field[name]) for name in ("distinct", "shared")
    ]
    problem = field["problems"][0]["problem"] if field["problems"] else ""
    return [_words(field["field"]), *shares, *values, problem]


def show_number(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def show_share(share: float) -> str:
    """Write a share in per cent; only nothing is 0 %, only everything 100 %."""
    if share in {0, 1}:
        return f"{share:.0%}"
    if share < _FEW:
        return "< 0.1%"
    if share > 1 - _FEW:
        return "> 99.9%"
    return f"{share:.1%}"


def _show_instant(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%d %B %Y, %H:%M} UTC"


def _words(field: str) -> str:
    return field.replace("_", " ")
