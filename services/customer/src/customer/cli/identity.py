"""The commands that train the recognition of people, and measure how right it is."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer

from customer.adapters.file_layouts import LayoutUnclear
from customer.adapters.labelled_files import Labels
from customer.adapters.model_files import ModelUnreadable, read_model, write_model
from customer.cli.house import DATA_DIR, AsJson, DataDir, HouseDatabase, fail, in_house
from customer.cli.layout_pairs import read_pairs
from customer.cli.progress import progress_of
from customer.domain.linkage.model import DEFAULT_MODEL
from customer.domain.neighbourhood import Recogniser
from customer.jobs.evaluate_identity import Evaluation, Outcome, put_in_order, read_cases
from customer.jobs.identity_reports import (
    learnt,
    model_limits,
    show_evaluation,
    show_model,
)
from customer.models.fitting import fit
from customer.use_cases.train_model import (
    TooFewRecords,
    fit_model,
    model_of_house,
    put_in_force,
    traits_of_house,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customer.domain.linkage.model import LinkageModel
    from customer.jobs.evaluate_identity import Case

Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column tells a field."),
]
Constants = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A value that all records have."),
]


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or Parquet, with the truth in a column.")],
    file2: Annotated[Path | None, typer.Argument(help="A second file, linked with it.")] = None,
    *,
    truth: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Who a record is; of `rec-7-dup-0` it is `rec-7`."),
    ] = None,
    mapped: Mapped = None,
    constants: Constants = None,
    model: Annotated[
        str,
        typer.Option(
            help="fit: on these files without the truth; default: the product's; trained: the "
            "house's; or a JSON file."
        ),
    ] = "fit",
    orders: Annotated[
        int, typer.Option(min=1, max=20, help="Orders of arrival; the worst is told.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Of the orders.")] = 0,
    together: Annotated[
        int,
        typer.Option(
            min=1,
            max=100,
            help="How many share a commit, as those do that reach a busy service; each is "
            "placed by itself.",
        ),
    ] = 20,
    errors: Annotated[int, typer.Option(min=0, help="How many of the worst errors to list.")] = 10,
    database: Annotated[
        str | None,
        typer.Option(
            help="A PostgreSQL server for the scratch database, as one who may make databases; "
            "else embedded."
        ),
    ] = None,
    house_database: HouseDatabase = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Measure how right people are recognised in a file whose truth is known.

    The records go one by one through the path that tills use, into a scratch database.
    """
    try:
        labels = Labels(
            truth=truth,
            mapped=read_pairs(mapped, form="--map FIELD=COLUMN"),
            constants=read_pairs(constants, form="--set FIELD=VALUE"),
        )
        files = [labels.read(path) for path in (file, file2) if path is not None]
    except LayoutUnclear as error:
        raise fail(str(error)) from error
    except (duckdb.Error, OSError) as error:
        raise fail(f"A file cannot be read: {str(error).splitlines()[0]}") from error
    cases = read_cases(files)
    if all(case.person is None for case in cases):
        raise fail("No record says who it is. Name the column that does: --truth COLUMN.")
    frozen = _model(model, cases, house_database, data_dir)
    recogniser = Recogniser(frozen, frozen.thresholds(len(cases)))
    scratch = _scratch_databases(context)
    outcomes: list[Outcome] = []
    with progress_of(len(cases) * orders, "Recognising people") as tell:
        for number in range(orders):
            with scratch.open("customer", server=database) as url:
                order = put_in_order(
                    url,
                    cases,
                    recogniser,
                    seed=f"{seed}:{number}",
                    together=together,
                    tell=tell,
                )
                outcomes.append(asyncio.run(order))
    evaluation = Evaluation(cases, frozen, recogniser.thresholds, outcomes)
    told = evaluation.as_json(errors=errors)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show_evaluation(told)


def train(
    *,
    file: Annotated[
        Path | None,
        typer.Option(help="Learn from a CSV or Parquet file instead of the house's records."),
    ] = None,
    mapped: Mapped = None,
    constants: Constants = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the model to a file instead of putting it in force.")
    ] = None,
    house_database: HouseDatabase = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Learn from the house's own records what likeness means, and recognise by it from now on.

    Nobody needs to say who is who. The services follow within a quarter of a minute; earlier
    models are kept.
    """
    now = datetime.now(UTC)
    try:
        if file is not None:
            labels = Labels(
                mapped=read_pairs(mapped, form="--map FIELD=COLUMN"),
                constants=read_pairs(constants, form="--set FIELD=VALUE"),
                labelled=False,
            )
            traits = [case.traits for case in read_cases([labels.read(file)])]
            base, source = len(traits), file.name
        else:
            traits, base = in_house(house_database, data_dir, traits_of_house)
            source = "the house's records"
        model = fit_model(traits, base=base, at=now)
        told_on = f"{len(traits)} of {base} records of {source}"
        if out is not None:
            write_model(model, out)
        else:
            in_house(
                house_database,
                data_dir,
                lambda house: put_in_force(house, model, at=now, on=told_on),
            )
    except LayoutUnclear as error:
        raise fail(str(error)) from error
    except TooFewRecords as error:
        raise fail(f"Nothing was learnt: {error}. Take in more records first.") from error
    except (duckdb.Error, OSError) as error:
        raise fail(f"A file cannot be used: {str(error).splitlines()[0]}") from error
    if as_json:
        told = {
            "version": model.version,
            "fitted_on": told_on,
            "thresholds": model_limits(model),
            "fields": learnt(model),
        }
        typer.echo(json.dumps(told, indent=2))
    else:
        show_model(model, told_on)


def _model(
    name: str, cases: Sequence[Case], house_database: str | None, data_dir: Path
) -> LinkageModel:
    if name == "fit":
        return fit([case.traits for case in cases], version="fitted-on-these-files")
    if name == "default":
        return DEFAULT_MODEL
    if name == "trained":
        return in_house(house_database, data_dir, model_of_house)
    try:
        return read_model(Path(name))
    except FileNotFoundError as error:
        message = f"--model {name} is no file. Say fit, default, trained, or a file of a model."
        raise fail(message) from error
    except (ModelUnreadable, OSError) as error:
        raise fail(f"--model: {error}. Write one with `carnet identity train --out`.") from error


def _scratch_databases(context: typer.Context) -> Any:
    """Give what the launcher hands its commands: who opens scratch databases."""
    if context.obj is None:
        raise fail("A scratch database is needed: run this as `carnet identity evaluate`.")
    return context.obj.scratch_databases
