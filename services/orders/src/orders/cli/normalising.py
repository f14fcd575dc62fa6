"""Showing what a carrier's answer comes to in our own words."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from orders.adapters.tracking.sources import SOURCES, read_payload
from orders.domain.carrier_words import PayloadUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orders.domain.carrier_words import CarrierEvent

_FROM_STDIN = Path("-")
_BAD_INPUT = 2


def normalise(
    file: Annotated[Path, typer.Argument(help="The answer as it came; - reads standard input.")],
    carrier: Annotated[str, typer.Option(help=f"Who sent it: {', '.join(SOURCES)}.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Print a carrier's or a platform's answer as normalised tracking events.

    Nothing is stored. Codes of no known meaning are `unknown`, and listed.
    """
    if carrier not in SOURCES:
        message = f"The carrier {carrier!r} is not known. Name one of {', '.join(SOURCES)}."
        raise _fail(message, code=_BAD_INPUT)
    try:
        payload = sys.stdin.buffer.read() if file == _FROM_STDIN else file.read_bytes()
        events = read_payload(carrier, payload)
    except OSError as error:
        raise _fail(f"{file} cannot be read: {error.strerror}.") from error
    except PayloadUnreadable as error:
        raise _fail(f"{file} cannot be read as an answer of {carrier}: {error}") from error
    if as_json:
        unmapped = [
            {"carrier": name, "code": code, "times": times}
            for (name, code), times in _unmapped(events).items()
        ]
        told = {"events": [_shown(event) for event in events], "unmapped": unmapped}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _print(events)


def _unmapped(events: Sequence[CarrierEvent]) -> Counter[tuple[str, str]]:
    return Counter((one.carrier, one.code or "") for one in events if one.is_unmapped)


def _shown(event: CarrierEvent) -> dict[str, Any]:
    return {
        "carrier": event.carrier,
        "tracking_number": event.tracking_number,
        "status": event.status,
        "reason": event.reason,
        "code": event.code,
        "occurred_at": event.occurred_told,
        "location": event.location,
        "description": event.description,
    }


def _print(events: Sequence[CarrierEvent]) -> None:
    table = Table("number", "occurred at", "status", "reason", "code", "place", "what was said")
    for event in events:
        table.add_row(
            event.tracking_number,
            event.occurred_told,
            event.status,
            event.reason or "",
            event.code or "",
            event.location or "",
            event.description or "",
        )
    Console(markup=False, emoji=False, highlight=False).print(table)
    for (carrier, code), times in _unmapped(events).items():
        typer.echo(f"unmapped: the code {code!r} of {carrier}, {times} times")


def _fail(message: str, *, code: int = 1) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code)
