"""Values as cells of a CSV file that any spreadsheet may open without harm."""

from __future__ import annotations

import json

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """Write a value of JSON as a cell; what holds others stays JSON.

    A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV
    injection): whoever writes a customer's name must not run a program at who exports it.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return json.dumps(value, ensure_ascii=False)
