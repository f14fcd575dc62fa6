"""Tables of rows written as JSON while they are read, so that no answer is held in memory whole."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import text

from chassis.global_ids import show_global_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.ids import IdType

Rows: TypeAlias = "Sequence[Mapping[str, object]]"
Show: TypeAlias = "Callable[[str, object], object]"

_ROWS_AT_ONCE = 500
_GLOBAL_IDS = frozenset({"customer_id", "told_customer_id", "retired_id", "survivor_id"})
"""The columns of global ids, which every service names alike."""


def show_ids(kinds: Mapping[str, IdType]) -> Show:
    """Show ids as they are outside: those of a column by its kind, global ids with hyphens."""

    def show(column: str, value: object) -> object:
        if isinstance(value, UUID):
            return kinds[column].show(value)
        if isinstance(value, str) and column in _GLOBAL_IDS:
            return show_global_id(value)
        return value

    return show


async def read_tables(
    connection: AsyncConnection,
    statements: Mapping[str, str],
    parameters: Mapping[str, object],
    *,
    show: Show,
) -> AsyncGenerator[tuple[str, Rows]]:
    """Read a query for each table, some rows at a time; a table without rows is named as well.

    `show` gives each value, by its column's name, the form that it has outside.
    """
    for table, statement in statements.items():
        yield table, ()
        result = await connection.stream(text(statement), dict(parameters))
        async for rows in result.mappings().partitions(_ROWS_AT_ONCE):
            yield table, [{name: show(name, row[name]) for name in row} for row in rows]


async def write_tables(part: str, tables: AsyncIterable[tuple[str, Rows]]) -> AsyncGenerator[bytes]:
    """Write `{"part": …, "tables": {name: [rows]}}` as the rows of each table come."""
    yield b'{"part":%b,"tables":{' % orjson.dumps(part)
    present = None
    is_first_row = True
    async for table, rows in tables:
        if table != present:
            yield b"%b%b:[" % (b"" if present is None else b"],", orjson.dumps(table))
            present, is_first_row = table, True
        if rows:
            written = b",".join(orjson.dumps(row, default=_write) for row in rows)
            yield written if is_first_row else b"," + written
            is_first_row = False
    yield b"}}" if present is None else b"]}}"


def _write(value: object) -> str:
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    raise TypeError
