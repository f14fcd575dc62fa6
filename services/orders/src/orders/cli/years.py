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
    year: Annotated[
        int, typer.Argument(min=1970, max=2999, help="A past year of which every order is over.")
    ],
    database_url: DatabaseUrl,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Put a year away: its tables stand apart then, nobody's, to be dumped and dropped.

    Its references stay taken for ever. Whatever an erasure would empty is emptied, of all its
    orders and for good, because no erasure reaches a dump. If it is broken off, run it again.
    """
    if not yes:
        question = f"Whose the orders of {year} were, and what is personal of them, is lost. Go on?"
        typer.confirm(question, abort=True)
    tables = _run(database_url, lambda opened: archive_year(opened, year, now=datetime.now(UTC)))
    if not tables:
        typer.echo(f"Nothing stands of {year}.")
        return
    typer.echo(f"Detached and emptied of what is personal: {', '.join(tables)}.")
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
