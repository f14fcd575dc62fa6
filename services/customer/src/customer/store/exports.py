"""Everything that is held of a customer, table by table, in values that JSON can write."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Column, Table, text

from chassis.global_ids import show_global_id
from customer.events import SOURCE_RECORD
from customer.store.holdings import EXPORTED_TOO, HOLDINGS, Holding
from customer.store.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]


async def export_tables(
    connection: AsyncConnection, customer_ids: Sequence[str], record_ids: Sequence[UUID]
) -> dict[str, list[Row]]:
    """Give every row that is held of a customer; ids are shown as the API shows them."""
    whom = {"customers": list(customer_ids), "records": list(record_ids)}
    exported = [holding for holding in (*HOLDINGS, *EXPORTED_TOO) if holding.exported]
    return {
        holding.table: await _rows(connection, holding, whom)
        for holding in sorted(exported, key=lambda holding: holding.table)
    }


async def _rows(connection: AsyncConnection, holding: Holding, whom: dict[str, Any]) -> list[Row]:
    table = METADATA.tables[holding.table]
    columns = [column for column in table.columns if column.name not in holding.withheld]
    order = ", ".join(column.name for column in table.primary_key.columns)
    query = f"SELECT * FROM {holding.table} WHERE {holding.where} ORDER BY {order}"  # noqa: S608 - names of our own tables
    shown = [(column.name, _shower(table, column)) for column in columns]
    rows = (await connection.execute(text(query), whom)).mappings()
    return [{name: show(row[name]) for name, show in shown} for row in rows]


def _shower(table: Table, column: Column[Any]) -> Callable[[Any], Any]:
    """Choose how a column is shown: ids of customers and source records have their own form."""
    leads_to = {key.column.table.name for key in column.foreign_keys} | (
        {table.name} if column.primary_key and column.name == "id" else set[str]()
    )
    if "customers" in leads_to or column.name == "customer_id":
        return _customer_id
    if "source_records" in leads_to or column.name == "source_record_ids":
        return _record_id
    return _plain


def _customer_id(value: str | None) -> str | None:
    return None if value is None else show_global_id(value)


def _record_id(value: Any) -> Any:
    if isinstance(value, list):
        return [_record_id(each) for each in value]  # pyright: ignore[reportUnknownVariableType] - rows of SQL
    return None if value is None else SOURCE_RECORD.show(UUID(str(value)))


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case UUID():
            return str(value)
        case list():
            return [_plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType] - rows of SQL
        case _:
            return value
