"""The house that a command works on: its database and secrets, or those of the running suite."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

DATA_DIR = Path(".carnet")
DATABASE_URL = "CARNET_CUSTOMER_DATABASE_URL"
SEALING_KEY = "CARNET_CUSTOMER_OFFICIAL_ID_KEY"

DataDir = Annotated[
    Path, typer.Option("--data-dir", envvar="CARNET_DATA_DIR", help="Where `carnet up` runs.")
]
HouseDatabase = Annotated[
    str | None,
    typer.Option(
        "--house-database",
        envvar=DATABASE_URL,
        help="The customer service's own database; else that of the suite in --data-dir.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Url = Annotated[
    str | None,
    typer.Option(
        envvar="CARNET_URL", help="The gateway; without it, that of the suite in --data-dir."
    ),
]
Processes = Annotated[int, typer.Option(min=1, max=64, help="How many processes share the work.")]

Found = TypeVar("Found")


def fail(message: str) -> typer.Exit:
    """Say why a command cannot go on, in one line; raise what is given."""
    typer.echo(message, err=True)
    return typer.Exit(1)


def in_house(
    url: str | None, data_dir: Path, ask: Callable[[Database], Coroutine[Any, Any, Found]]
) -> Found:
    """Ask the house's own database."""

    async def connected() -> Found:
        database = Database.connect(url or running(data_dir, DATABASE_URL, "--house-database"))
        try:
            return await ask(database)
        finally:
            await database.close()

    try:
        return asyncio.run(connected())
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        message = f"The house's database cannot be used: {cause}. Correct --house-database."
        raise fail(message) from error


def running(data_dir: Path, name: str, instead: str) -> str:
    """Give what the running suite told its processes; `instead` is the option to use otherwise."""
    try:
        told = json.loads((data_dir / "running.json").read_text())
        return str(told["environment"][name])
    except (OSError, ValueError, KeyError) as error:
        message = f"No suite runs in {data_dir}. Start it with `carnet up`, or give {instead}."
        raise fail(message) from error


def running_url(data_dir: Path) -> str:
    """Give the address of the running suite's gateway."""
    try:
        return str(json.loads((data_dir / "running.json").read_text())["gateway_url"])
    except (OSError, ValueError, KeyError) as error:
        message = f"No suite runs in {data_dir}. Start it with `carnet up`, or give --url."
        raise fail(message) from error


@contextmanager
def steps() -> Generator[Callable[[str], None]]:
    """Show on the terminal which step is under way; gives who tells it."""
    with Console(stderr=True).status("Beginning") as status:
        yield status.update
