"""Importing a folder of Olist's files, and showing what became of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from orders.adapters.olist.files import read_files
from orders.cli.progress import progress_of
from orders.jobs.import_olist import OlistSender

if TYPE_CHECKING:
    from pathlib import Path

    from orders.jobs.import_olist import OlistSummary


def import_folder(
    folder: Path, *, url: str, key: str, limit: int | None, connections: int
) -> OlistSummary:
    """Send a folder's orders through the gateway."""
    files = read_files(folder)
    total = len(files.by_order)
    with progress_of(min(total, limit or total), "Importing orders") as tell:
        sender = OlistSender(url, key, connections=connections, tell=tell)
        return sender.send(files, islice(files, limit))


def show_folder(summary: OlistSummary) -> None:
    """Print the counts, then every anomaly with its order's id."""
    told = summary.as_json()
    table = Table("orders", "count", title=f"{told['read']} orders in {summary.seconds:.1f} s")
    for name in ("read", "stored", "replayed", "not_sent"):
        table.add_row(name.replace("_", " "), str(told[name]))
    for name, value in told["totals"].items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)
    for anomaly in told["anomalies"]:
        typer.echo(f"{anomaly['kind']}: {anomaly['order_id']} {anomaly['detail']}".rstrip())
