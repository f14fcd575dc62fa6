"""Carrying the ledger of erasures from the gateway into a file, and back after a restore."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATH = "/v1/erasures/ledger"
_TOGETHER = 50
_TIMEOUT_SECONDS = 60.0


class LedgerRefused(Exception):
    """The gateway does not give or take the ledger; `args` says why."""


class LedgerUnreadable(Exception):
    """A line of the file is no erasure; `args` says which."""


@dataclass(slots=True)
class Applied:
    """What repeating a ledger came to."""

    erasures: int = 0
    restored: int = 0
    rows_erased: int = 0


def export_ledger(client: httpx.Client, file: Path) -> int:
    """Write every erasure as a line of JSON; gives their number.

    The file is replaced when all of it is written, so that a failure leaves the last one whole.
    """
    written = 0
    whole = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with whole.open("w", encoding="utf-8") as new:
            for line in _lines_of(client):
                new.write(json.dumps(line, sort_keys=True) + "\n")
                written += 1
            new.flush()
            os.fsync(new.fileno())
        whole.replace(file)
    finally:
        whole.unlink(missing_ok=True)
    return written


def apply_ledger(client: httpx.Client, file: Path) -> Applied:
    """Repeat every erasure of a file; what was erased already stays so."""
    applied = Applied()
    lines = _read(file)
    while together := list(islice(lines, _TOGETHER)):
        for one in _ask(client, "POST", json=together):
            applied.erasures += 1
            applied.rows_erased += one["rows_erased"]
            applied.restored += one["rows_erased"] > 0 or not one["was_known"]
    return applied


def _lines_of(client: httpx.Client) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        place = {"cursor": cursor} if cursor else {}
        page = _ask(client, "GET", params={"limit": _TOGETHER, **place})
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _read(file: Path) -> Iterator[Any]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except ValueError as error:
                message = f"line {number} is no JSON"
                raise LedgerUnreadable(message) from error


def _ask(client: httpx.Client, method: str, **content: Any) -> Any:
    try:
        answer = client.request(method, _PATH, timeout=_TIMEOUT_SECONDS, **content)
    except httpx.TransportError as error:
        message = f"it does not answer ({type(error).__name__})"
        raise LedgerRefused(message) from error
    if answer.is_success:
        return answer.json()
    raise LedgerRefused(f"it answers {answer.status_code}: {_detail(answer)}")


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return answer.text[:200]
