"""The first load of a house from a file, and how it is told."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING

import typer

from customer.api.source_record_in import read_item
from customer.cli.house import SEALING_KEY, fail, in_house, running, steps
from customer.jobs.bulk.first_load import BookNotEmpty, FirstLoad, load_first

if TYPE_CHECKING:
    from pathlib import Path

    from customer.adapters.file_layouts import Layout

_SHOWN = 20


def load(
    file: Path,
    layout: Layout,
    *,
    source: str,
    sealing_key: str | None,
    house_database: str | None,
    data_dir: Path,
    processes: int,
    as_json: bool,
) -> None:
    """Load a file into a house that knows nobody, and tell what became of it."""
    key = sealing_key or running(data_dir, SEALING_KEY, SEALING_KEY)
    try:
        with steps() as tell:
            done = in_house(
                house_database,
                data_dir,
                lambda house: load_first(
                    house,
                    file,
                    layout,
                    source=source,
                    understand=read_item,
                    sealing_key=key,
                    processes=processes,
                    tell=tell,
                ),
            )
    except BookNotEmpty as error:
        message = (
            "The house knows people already: import without --first-load, they are recognised."
        )
        raise fail(message) from error
    if as_json:
        typer.echo(json.dumps(done.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(done)


def _show(done: FirstLoad) -> None:
    took = sum(done.seconds.values())
    typer.echo(
        f"{done.read:,} lines in {took:.1f} s: {done.stored:,} records of {done.customers:,} people"
        f"; {done.replaced:,} replaced by a later line."
    )
    for field, count in sorted(done.flagged.items()):
        typer.echo(f"flagged: {field}: {count:,}")
    for remark in sorted(done.refused, key=attrgetter("line"))[:_SHOWN]:
        typer.echo(f"refused: line {remark.line}: {remark.field}: {remark.reason}")
    if len(done.refused) > _SHOWN:
        typer.echo(f"… and {len(done.refused) - _SHOWN} more; --json lists them all.")
