"""Rows turned into the column arrays that `unnest` takes, for statements over many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asyncpg import Connection, Record


def columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Turn a non-empty list of rows into one list for each column."""
    return [list(column) for column in zip(*rows, strict=True)]


async def write(
    connection: Connection[Record],
    statement: str,
    rows: Sequence[Sequence[Any]],
    *after: object,
) -> None:
    """Run a statement once for all rows, with what comes after their columns; without rows not."""
    if rows:
        await connection.execute(statement, *columns(rows), *after)
