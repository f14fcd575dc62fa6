"""Options that say how a file is laid out: `--map FIELD=COLUMN`, `--set FIELD=VALUE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.adapters.file_layouts import LayoutUnclear

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_pairs(told: Sequence[str] | None, *, form: str) -> list[tuple[str, str]]:
    """Read the pairs of an option, whose form is such as `--map FIELD=COLUMN`.

    Raises `LayoutUnclear`.
    """
    pairs: list[tuple[str, str]] = []
    for text in told or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            option = form.partition(" ")[0]
            message = f"{option} {text} is not of the form {form}."
            raise LayoutUnclear(message)
        pairs.append((name, value))
    return pairs
