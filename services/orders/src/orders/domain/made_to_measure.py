"""What is made for one customer: its measurements, version by version, until it is being made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chassis.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.domain.order import Line


class NotMadeToMeasure(Conflict):
    slug = "not-made-to-measure"
    title = "The line is not made to measure"


class InProduction(Conflict):
    slug = "in-production"
    title = "The line is in production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurements:
    """Measurements by name, as texts with their units, and what the maker should know."""

    values: dict[str, str]
    notes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """A version of what is to be made; the latest counts, unless the customer was erased."""

    version: int
    measurements: Measurements
    recorded_at: datetime


def check_not_in_production(line_no: int, production_started_at: datetime | None) -> None:
    """Refuse to change or cancel what is being made; raises `InProduction`."""
    if production_started_at is not None:
        message = f"Line {line_no} is being made since {production_started_at.isoformat()}."
        raise InProduction(message)


def made_to_measure(lines: Sequence[Line], line_no: int) -> tuple[Line, Specification]:
    """Give a line and what it is made after; raises `NotMadeToMeasure`."""
    for line in lines:
        if line.line_no == line_no and line.specification is not None:
            return line, line.specification
    message = f"The order has no line {line_no} that is made to measure."
    raise NotMadeToMeasure(message)
