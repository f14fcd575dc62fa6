"""What is made for one customer: its measurements, version by version, until it is being made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Conflict


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
