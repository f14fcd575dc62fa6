"""The years that orders are stored in: how large they are, and putting one away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from chassis.database import Database
from chassis.errors import Refusal
from orders.use_cases.keep_years import archive_year, list_years

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

DatabaseUrl = Annotated[
    str,
    typer.Option(envvar="CARNET_ORDERS_DATABASE_URL", help="The database of the orders service."),
]
_REFUSED = 1


def years(database_url: DatabaseUrl) -> None:
    """List the years that orders are stored in, with their size."""
    table = Table("year", "orders (about)", "MB")
    for year, size, orders in _run(database_url, list_years):
        table.add_row(year, f"{orders:,}", f"{size / 1e6:,.1f}")
    Console().print(table)


def archive(
    year: Annotated[int, typer.Argument(help="A past year of which every order is over.")],
    database_url: DatabaseUrl,
) -> None:
    """Put a year away: its tables stand apart then, to be dumped and dropped.

    Its references stay taken for ever. Erasures no longer reach it: keep its dump as such.
    """
    tables = _run(database_url, lambda opened: archive_year(opened, year, now=datetime.now(UTC)))
    typer.echo(f"Detached: {', '.join(tables)}.")
    typer.echo("Dump them with pg_dump --table, then drop them.")


def _run(database_url: str, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        database = Database.connect(database_url)
        try:
            return await work(database)
        finally:
            await database.engine.dispose()

    try:
        return asyncio.run(run())
    except Refusal as refusal:
        typer.echo(f"{refusal.title}: {refusal.detail}", err=True)
        raise typer.Exit(_REFUSED) from refusal
