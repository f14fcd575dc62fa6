"""The commands that write out what the whole base tells: the id map, the data quality report."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from customer.cli.house import DATA_DIR, AsJson, DataDir, fail, steps
from customer.jobs.data_quality_page import show_report, write_page
from customer.jobs.data_quality_report import ReportNotReady, ask_for_report
from customer.jobs.export_id_map import FORMS, export_id_map
from customer.jobs.gateway import Gateway, GatewayRefused

if TYPE_CHECKING:
    from collections.abc import Generator

Url = Annotated[
    str | None,
    typer.Option(
        envvar="CARNET_URL", help="The gateway; without it, that of the suite in --data-dir."
    ),
]
Key = Annotated[str, typer.Option(envvar="CARNET_API_KEY", help="A key of `carnet keys create`.")]


def _one_of_the_forms(file: Path | None) -> Path | None:
    if file is not None and file.suffix not in FORMS:
        message = f"{file} must end in {' or '.join(FORMS)}"
        raise typer.BadParameter(message)
    return file


def id_map(
    file: Annotated[
        Path,
        typer.Argument(
            callback=_one_of_the_forms, help="Where to write: .csv or .parquet. It is replaced."
        ),
    ],
    *,
    key: Key,
    source: Annotated[str | None, typer.Option(help="The ids of one source alone.")] = None,
    aliases: Annotated[
        Path | None,
        typer.Option(
            callback=_one_of_the_forms, help="Where to write the retired ids and where they lead."
        ),
    ] = None,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write which customer each source's own ids are, to a CSV or Parquet file."""
    with _asking(url, key, data_dir) as gateway, steps() as tell:
        exported = export_id_map(
            gateway,
            file,
            source=source,
            aliases=aliases,
            tell=lambda rows, of: tell(f"{rows} rows are in {of}"),
        )
    if as_json:
        typer.echo(json.dumps(asdict(exported)))
        return
    typer.echo(f"{exported.mappings} ids are in {file}.")
    if aliases is not None:
        typer.echo(f"{exported.aliases} retired ids are in {aliases}.")


def data_quality(
    *,
    key: Key,
    html: Annotated[
        Path | None, typer.Option(help="Where to write the report as a page with pictures.")
    ] = None,
    last: Annotated[
        bool, typer.Option("--last", help="Show the last report; do not have a new one made.")
    ] = False,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Tell how complete, valid and free of duplicates the sources' records are.

    It counts fields and problems, and holds nothing of any person.
    """
    with _asking(url, key, data_dir) as gateway, steps() as tell:
        tell("The worker is counting")
        report = ask_for_report(gateway, make_new=not last)
        if html is not None:
            write_page(report, html)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    elif html is None:
        show_report(report, Console(highlight=False))
    else:
        typer.echo(f"The report is in {html}.")


@contextmanager
def _asking(url: str | None, key: str, data_dir: Path) -> Generator[Gateway]:
    try:
        with Gateway(url or _running_url(data_dir), key) as gateway:
            yield gateway
    except (GatewayRefused, ReportNotReady) as error:
        raise fail(f"The gateway cannot be used: {error}") from error
    except OSError as error:
        raise fail(f"{error.filename} cannot be written: {error.strerror}.") from error


def _running_url(data_dir: Path) -> str:
    try:
        return str(json.loads((data_dir / "running.json").read_text())["gateway_url"])
    except (OSError, ValueError, KeyError) as error:
        message = f"No suite runs in {data_dir}. Start it with `carnet up`, or give --url."
        raise fail(message) from error
