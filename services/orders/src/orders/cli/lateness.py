"""Learning which parcels miss their promise, and how well that is foreseen."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import Database
from orders.use_cases.evaluate_lateness import Evaluation, TooFewParcels, evaluate_lateness
from orders.use_cases.learn_transits import learn_transits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_DATA_DIR = Path(".carnet")
_DATABASE_URL = "CARNET_ORDERS_DATABASE_URL"

DataDir = Annotated[
    Path, typer.Option("--data-dir", envvar="CARNET_DATA_DIR", help="Where `carnet up` runs.")
]
HouseDatabase = Annotated[
    str | None,
    typer.Option(
        "--house-database",
        envvar=_DATABASE_URL,
        help="The orders service's own database; else that of the suite in --data-dir.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Found = TypeVar("Found")


def train(
    *, house_database: HouseDatabase = None, data_dir: DataDir = _DATA_DIR, as_json: AsJson = False
) -> None:
    """Learn now how long parcels take and which miss their promise.

    The worker does it by itself, every six hours and once a day. The models before are kept.
    """

    async def learn(database: Database) -> dict[str, Any]:
        learnt = await learn_transits(database, now=datetime.now(UTC), is_due_only=False)
        if learnt is None:
            raise _fail("Somebody else learnt at the same time. Run this again if you need to.")
        told = {"parcels": learnt.parcels, "groups": learnt.groups, "model": None}
        return told if learnt.model is None else told | {"model": asdict(learnt.model)}

    told = _in_house(house_database, data_dir, learn)
    if as_json:
        typer.echo(json.dumps(told, indent=2, default=str))
        return
    typer.echo(f"{told['parcels']:,} parcels taught the times of {told['groups']:,} groups.")
    model = told["model"]
    if model is None:
        typer.echo("Too few kept or missed a promise for a model: the times alone judge.")
        return
    typer.echo(
        f"Model {model['version']} was learnt from {model['parcels']:,} promises, "
        f"{model['missed']:,} of them missed."
    )


def evaluate(
    *,
    test_share: Annotated[
        float,
        typer.Option(min=0.05, max=0.9, help="Which share of the parcels, the latest, is asked."),
    ] = 0.33,
    house_database: HouseDatabase = None,
    data_dir: DataDir = _DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Tell how well late parcels are foreseen, asked of the later ones.

    Each is judged from what was known and learnt before its hand-over. Nothing is stored.
    """

    async def look(database: Database) -> Evaluation:
        return await evaluate_lateness(database, now=datetime.now(UTC), test_share=test_share)

    try:
        found = _in_house(house_database, data_dir, look)
    except TooFewParcels as error:
        raise _fail(str(error)) from error
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2, default=str))
        return
    measured = found.model
    typer.echo(
        f"{measured.missed:,} of {measured.parcels:,} later parcels missed their promise. "
        f"AUC {measured.auc:.3f} ({measured.auc_low:.3f} to {measured.auc_high:.3f}); "
        f"by the time left alone {found.slack.auc:.3f}."
    )
    typer.echo(
        f"Brier {measured.brier:.4f}, by the usual share alone {found.usual_brier:.4f}; "
        f"calibration error {measured.calibration_error:.3f}."
    )
    table = Table("parcels", "said", "came", title="Is it true?")
    for each in measured.bins:
        table.add_row(str(each.parcels), f"{each.said:.3f}", f"{each.came:.3f}")
    Console().print(table)


def _in_house(
    url: str | None, data_dir: Path, ask: Callable[[Database], Coroutine[Any, Any, Found]]
) -> Found:
    async def connected() -> Found:
        database = Database.connect(url or _running(data_dir))
        try:
            return await ask(database)
        finally:
            await database.close()

    try:
        return asyncio.run(connected())
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        message = f"The house's database cannot be used: {cause}. Correct --house-database."
        raise _fail(message) from error


def _running(data_dir: Path) -> str:
    try:
        told = json.loads((data_dir / "running.json").read_text())
        return str(told["environment"][_DATABASE_URL])
    except (OSError, ValueError, KeyError) as error:
        message = f"No suite runs in {data_dir}. Start it with `carnet up`, or --house-database."
        raise _fail(message) from error


def _fail(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
