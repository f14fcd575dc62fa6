"""Importing orders from a file."""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from orders.adapters.online_retail import count_invoices, read_invoices
from orders.cli.importing_olist import import_folder, show_folder
from orders.cli.progress import progress_of
from orders.jobs.gateway_connection import GatewayOutOfReach, KeyRefused
from orders.jobs.import_olist import OlistSummary
from orders.jobs.import_orders import Sender

if TYPE_CHECKING:
    from orders.jobs.import_orders import Summary

_DATA_DIR = Path(".carnet")
_DEMO_KEY = "web shop"
_REFUSED_SHOWN = 20


class Format(StrEnum):
    """The form of what is imported."""

    ONLINE_RETAIL = "online-retail"
    OLIST = "olist"


def import_orders(
    file: Annotated[
        Path,
        typer.Argument(help="online_retail_II.parquet, or the folder of Olist's files."),
    ],
    format_: Annotated[Format, typer.Option("--format", help="What it is.")] = Format.ONLINE_RETAIL,
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
            help="A key that may write orders; without it, the demo house's web shop's.",
        ),
    ] = None,
    data_dir: Annotated[
        Path, typer.Option("--data-dir", envvar="CARNET_DATA_DIR", help="Where `carnet up` runs.")
    ] = _DATA_DIR,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many invoices, from the first on.")
    ] = None,
    connections: Annotated[
        int, typer.Option(min=1, max=64, help="How many invoices are under way at once.")
    ] = 16,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the summary of Olist's files, with every anomaly, to this file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Import orders and what became of them from files, as a shop would send them.

    Safe to run again: what was stored is recognised and changes nothing.
    """
    importer = import_folder if format_ is Format.OLIST else _import
    try:
        summary = importer(
            file,
            url=url or _running_url(data_dir),
            key=key or _demo_key(data_dir),
            limit=limit,
            connections=connections,
        )
        if report is not None:
            report.write_text(json.dumps(summary.as_json(), indent=2) + "\n")
    except (duckdb.Error, OSError) as error:
        raise _fail(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    except GatewayOutOfReach as error:
        message = f"The gateway does not take orders: {error}. Run this again when it does."
        raise _fail(message) from error
    except KeyRefused as error:
        message = f"The gateway refuses the key: {error}. It needs orders:write, customers:write."
        raise _fail(message) from error
    if as_json:
        typer.echo(json.dumps(summary.as_json(), indent=2))
    elif isinstance(summary, OlistSummary):
        show_folder(summary)
    else:
        _show(summary)


def _import(file: Path, *, url: str, key: str, limit: int | None, connections: int) -> Summary:
    total = count_invoices(file)
    with progress_of(min(total, limit or total), "Importing invoices") as tell:
        sender = Sender(url, key, connections=connections, tell=tell)
        return sender.send(islice(read_invoices(file), limit))


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
        raise _fail(message) from error


def _fail(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)


def _show(summary: Summary) -> None:
    told = summary.as_json()
    table = Table("invoices", "count", title=f"{summary.lines} lines in {summary.seconds:.1f} s")
    for name in ("read", "stored", "replayed", "not_sent"):
        table.add_row(name.replace("_", " "), str(told[name]))
    Console().print(table)
    for refused in told["refused"][:_REFUSED_SHOWN]:
        typer.echo(f"refused: line {refused['line']} of {refused['invoice']}: {refused['reason']}")
    left = len(told["refused"]) - _REFUSED_SHOWN
    if left > 0:
        typer.echo(f"… and {left} more lines; --json lists them all.")
    for rounded in told["rounded"]:
        typer.echo(
            f"rounded: line {rounded['line']} of {rounded['invoice']}: "
            f"{rounded['price']} to {rounded['minor']} minor units"
        )
    for name, count in told["assumed_countries"].items():
        typer.echo(f"assumed: the country of {count} invoices from “{name}”")
