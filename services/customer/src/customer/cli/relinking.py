"""The command that puts the whole base together anew."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from customer.cli.house import DATA_DIR, AsJson, DataDir, HouseDatabase, Processes, in_house, steps
from customer.jobs.relink import relink as put_together_anew


def relink(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do.")] = False,
    processes: Processes = 2,
    house_database: HouseDatabase = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Put the whole base together anew with the model in force, in a batch.

    Customers who prove to be one are merged; a customer who may be two goes to the stewards, never
    split by machine. In which order records came does not matter. Safe to run again.
    """
    with steps() as tell:
        done = in_house(
            house_database,
            data_dir,
            lambda house: put_together_anew(
                house, processes=processes, apply=not dry_run, tell=tell
            ),
        )
    if as_json:
        typer.echo(json.dumps(done.as_json(), indent=2))
        return
    typer.echo(
        f"{done.records:,} records of {done.customers_before:,} customers are {done.groups:,} "
        f"people ({done.pairs:,} pairs weighed, {done.seconds:.1f} s)."
    )
    typer.echo(
        f"{done.joinings:,} pairs of customers are one: {done.merged:,} merged. "
        f"{done.splittings:,} customers may be two: {done.sent_to_stewards:,} sent to the stewards."
    )
