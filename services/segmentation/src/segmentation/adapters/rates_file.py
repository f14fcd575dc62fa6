"""Exchange rates from a CSV file with the columns currency, rate_on and rate."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, ValidationError

from chassis.iso import Currency
from segmentation.domain.rates import ExchangeRate

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = {"currency", "rate_on", "rate"}


class RatesFileUnreadable(ValueError):
    """The file cannot be read at all, or is no such table."""


class _Row(BaseModel):
    currency: Currency
    rate_on: date
    rate: Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10)]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    line: int
    reason: str


def read_rates(path: Path, *, house_currency: str) -> tuple[list[ExchangeRate], list[RefusedLine]]:
    """Read the good lines, and say what is wrong with the others.

    A day's rate that stands twice in the file counts as its last line says. Raises
    `RatesFileUnreadable`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not _COLUMNS.issubset(rows.fieldnames or ()):
                raise RatesFileUnreadable(
                    f"{path} has no header with the columns currency, rate_on and rate."
                )
            read = [(rows.line_num, _read(row, house_currency)) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RatesFileUnreadable(f"{path} cannot be read: {error}.") from error
    rates = {(r.currency, r.rate_on): r for _, r in read if isinstance(r, ExchangeRate)}
    refused = [RefusedLine(line, reason) for line, reason in read if isinstance(reason, str)]
    return list(rates.values()), refused


def _read(row: dict[str, str], house_currency: str) -> ExchangeRate | str:
    try:
        told = _Row.model_validate({name: row[name] for name in _COLUMNS})
    except ValidationError as error:
        return "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
    if told.currency == house_currency:
        return "currency: is the house currency itself"
    return ExchangeRate(told.currency, told.rate_on, told.rate)
