"""Segmentation's commands: importing exchange rates, and scoring the base now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from chassis.database import Database, unit_of_work
from chassis.iso import Currency
from segmentation.adapters.rates_file import RatesFileUnreadable, read_rates
from segmentation.jobs.scoring import score_base
from segmentation.settings import HOUSE_CURRENCY
from segmentation.use_cases.import_rates import import_rates as import_rates_in

T = TypeVar("T")
_CURRENCY: TypeAdapter[str] = TypeAdapter(Currency)


def _read_currency(code: str) -> str:
    try:
        return _CURRENCY.validate_python(code)
    except ValidationError as error:
        raise typer.BadParameter("must be an ISO 4217 code such as EUR") from error


DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar="CARNET_SEGMENTATION_DATABASE_URL",
        help="Segmentation's database; without it, that of the suite that runs here.",
        show_default=False,
    ),
]
HouseCurrencyOption = Annotated[
    str,
    typer.Option(
        envvar="CARNET_SEGMENTATION_HOUSE_CURRENCY",
        help="What money is compared in, if it can be.",
        callback=_read_currency,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def import_rates(
    file: Annotated[Path, typer.Argument(help="A CSV file: currency,rate_on,rate.")],
    database_url: DatabaseOption,
    house_currency: HouseCurrencyOption = HOUSE_CURRENCY,
    as_json: JsonOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Import exchange rates of the day: what one unit of a currency is in the house currency."""
    try:
        rates, refused = read_rates(file, house_currency=house_currency)
    except RatesFileUnreadable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error

    async def keep(database: Database) -> None:
        async with unit_of_work(database) as tx:
            await import_rates_in(tx, rates, house_currency=house_currency)

    _run(database_url, keep)
    if as_json:
        lines = [{"line": problem.line, "reason": problem.reason} for problem in refused]
        typer.echo(json.dumps({"stored": len(rates), "refused": lines}, indent=2))
    else:
        typer.echo(f"{len(rates)} rates stored, {len(refused)} lines refused.")
        for problem in refused:
            typer.echo(f"line {problem.line}: {problem.reason}", err=True)
    if refused:
        raise typer.Exit(1)


def score(
    database_url: DatabaseOption,
    house_currency: HouseCurrencyOption = HOUSE_CURRENCY,
    as_json: JsonOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Cut the whole base in fifths anew and measure every buyer, without waiting for the day."""

    async def now(database: Database) -> int | None:
        return await score_base(
            database, house_currency=house_currency, now=datetime.now(UTC), even_if_fresh=True
        )

    buyers = _run(database_url, now)
    typer.echo(json.dumps({"buyers": buyers}) if as_json else f"{buyers} buyers scored.")


def _run(database_url: str, act: Callable[[Database], Awaitable[T]]) -> T:
    async def connected() -> T:
        database = Database.connect(database_url, pool_size=2)
        try:
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(connected())
