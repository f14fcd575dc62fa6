"""The command that imports people from a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from customer.adapters.file_layouts import LayoutUnclear, adapt, choose_layout
from customer.adapters.person_files import PersonFile
from customer.cli.first_load import load
from customer.cli.house import (
    DATA_DIR,
    SEALING_KEY,
    DataDir,
    HouseDatabase,
    Processes,
    fail,
)
from customer.cli.layout_pairs import read_pairs
from customer.cli.progress import progress_of
from customer.jobs.import_customers import GatewayOutOfReach, KeyRefused, Sender

if TYPE_CHECKING:
    from collections.abc import Iterable

    from customer.adapters.person_files import Reading
    from customer.jobs.import_customers import Summary

_DEMO_KEY = "web-shop"
_REMARKS_SHOWN = 20


def import_customers(
    file: Annotated[
        Path, typer.Argument(help="CSV or Parquet: Febrl, historical figures, or named columns.")
    ],
    *,
    source: Annotated[
        str | None, typer.Option(help="The name of the source; without it, the file's own.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            envvar="CARNET_URL", help="The gateway; without it, that of the suite in --data-dir."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            envvar="CARNET_API_KEY",
            help="A key that may write customers; without it, the demo house's web shop's.",
        ),
    ] = None,
    data_dir: DataDir = DATA_DIR,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column tells a field."),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A value that all lines have."),
    ] = None,
    connections: Annotated[
        int, typer.Option(min=1, max=32, help="How many batches are under way at once.")
    ] = 4,
    first_load: Annotated[
        bool,
        typer.Option(
            "--first-load",
            help="Read, link and store the whole file at once, before anybody is known.",
        ),
    ] = False,
    processes: Processes = 2,
    house_database: HouseDatabase = None,
    sealing_key: Annotated[
        str | None, typer.Option(envvar=SEALING_KEY, help="Of official ids; for --first-load.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Import people from a file as source records, and recognise those who are known.

    Safe to run again: what was stored is recognised and changes nothing. With --first-load the
    file goes straight into the empty database, at load speed.
    """
    try:
        people = PersonFile(file)
        layout = adapt(
            choose_layout(people.columns, file_name=_slug(file.stem)),
            people.columns,
            mapped=read_pairs(mapped, form="--map FIELD=COLUMN"),
            constants=read_pairs(constants, form="--set FIELD=VALUE"),
        )
        if first_load:
            load(
                file,
                layout,
                source=source or layout.source,
                sealing_key=sealing_key,
                house_database=house_database,
                data_dir=data_dir,
                processes=processes,
                as_json=as_json,
            )
            return
        summary = _send(
            people,
            people.read(layout, source=source or layout.source),
            url=url or _running_url(data_dir),
            key=key or _demo_key(data_dir),
            connections=connections,
        )
    except (duckdb.Error, OSError) as error:
        raise fail(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    except LayoutUnclear as error:
        raise fail(str(error)) from error
    except GatewayOutOfReach as error:
        message = f"The gateway does not take records: {error}. Run this again when it does."
        raise fail(message) from error
    except KeyRefused as error:
        raise fail(f"The gateway refuses the key: {error} It needs customers:write.") from error
    if as_json:
        typer.echo(json.dumps(summary.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(summary)


def _send(
    people: PersonFile, readings: Iterable[Reading], *, url: str, key: str, connections: int
) -> Summary:
    with progress_of(people.count(), "Importing people") as tell:
        return Sender(url, key, connections=connections, tell=tell).send(readings)


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:64] or "file"


def _running_url(data_dir: Path) -> str:
    return str(_told(data_dir / "running.json", "gateway_url", f"No suite runs in {data_dir}."))


def _demo_key(data_dir: Path) -> str:
    found = _told(data_dir / "demo-keys.json", _DEMO_KEY, f"There is no demo house in {data_dir}.")
    return str(found)


def _told(file: Path, name: str, otherwise: str) -> Any:
    try:
        return json.loads(file.read_text())[name]
    except (OSError, ValueError, KeyError) as error:
        message = f"{otherwise} Start it with `carnet up`, or give --url and --key."
        raise fail(message) from error


def _show(summary: Summary) -> None:
    told = summary.as_json()
    table = Table("records", "count", title=f"{summary.read} lines in {summary.seconds:.1f} s")
    for name in ("read", "stored", "unchanged"):
        table.add_row(name, str(told[name]))
    for outcome, count in told["outcomes"].items():
        if outcome != "unchanged":
            table.add_row(f"  {outcome}", str(count))
    for name in ("flagged", "refused"):
        table.add_row(name, str(len({remark["line"] for remark in told[name]})))
    console = Console(highlight=False)
    console.print(table)
    for name in ("flagged", "refused"):
        for remark in told[name][:_REMARKS_SHOWN]:
            told_of = f"{name}: line {remark['line']}: {remark['field']}: {remark['reason']}"
            console.print(told_of, markup=False, soft_wrap=True)
        left = len(told[name]) - _REMARKS_SHOWN
        if left > 0:
            console.print(f"… and {left} more {name}; --json lists them all.")
