"""Carriers' codes and what they mean, from the tables in `codes/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from orders.domain.incidents import IncidentReason
from orders.domain.tracking import Tracking


class Meaning(NamedTuple):
    """What a code comes to."""

    status: Tracking
    reason: IncidentReason | None = None


UNMAPPED = Meaning(Tracking.UNKNOWN)


@cache
def codes_of(source: str) -> dict[str, Meaning]:
    """Read a source's table: code → status, and after it the reason where the code tells one."""
    file = resources.files("orders.adapters.tracking") / "codes" / f"{source}.toml"
    told: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))["codes"]
    return {code: _meaning(meaning) for code, meaning in told.items()}


def meaning_of(source: str, *codes: str | None) -> Meaning:
    """Give what the first code means that the source's table has; `UNMAPPED` if it has none."""
    table = codes_of(source)
    return next((table[code] for code in codes if code is not None and code in table), UNMAPPED)


def _meaning(told: str) -> Meaning:
    status, _, reason = told.partition(" ")
    return Meaning(Tracking(status), IncidentReason(reason) if reason else None)
