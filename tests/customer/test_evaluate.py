"""`carnet identity evaluate` and `train`: through the online path, over a real database."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
import typer
from typer.testing import CliRunner

from carnet.postgres import EmbeddedPostgres
from carnet.scratch import ScratchDatabases
from chassis.database import Database
from customer.adapters.labelled_files import Labelled, Labels
from customer.cli.identity import evaluate, train
from customer.domain.linkage.comparing import FIELDS
from customer.domain.linkage.model import DEFAULT_MODEL, LinkageModel
from customer.domain.neighbourhood import Recogniser
from customer.jobs.evaluate_identity import Case, put_in_order, read_cases
from customer.models.fitting import fit
from customer.models.households import has_households
from customer.use_cases.follow_model import load_recogniser

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
PEOPLE = """who,name,surname,born,plz
1,Anna,Müller,04.09.1956,10117
1,Ana,Müller,04.09.1956,10117
2,Otto,Kraus,25.12.1980,80331
2,Otto,Kraus,25.12.1980,80331
3,Eva,Lang,03.07.1971,20095
"""
MAP = [
    f"--map={pair}"
    for pair in ("given_name=name", "family_name=surname", "birth_date=born", "postcode=plz")
]

app = typer.Typer()
app.command("evaluate")(evaluate)
app.command("train")(train)


def run(*options: str) -> tuple[int, str, str]:
    """Run a command as the launcher would."""
    launcher = SimpleNamespace(scratch_databases=ScratchDatabases())
    result = CliRunner().invoke(app, options, obj=launcher)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def shared(name: str) -> Path:
    """Give a shared file; in CI it must be there."""
    path = DATA / "identity" / name
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Give a small file whose people are known."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file


def test_a_file_is_measured_with_the_product_s_own_model(
    people: Path, postgres: EmbeddedPostgres
) -> None:
    server = postgres.superuser_url()
    options = ("--model", "default", "--orders", "2", "--database", server, "--json")

    code, told, said = run("evaluate", str(people), "--truth", "who", *MAP, *options)

    assert code == 0, said
    found = json.loads(told)
    assert found["pairwise"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert found["b_cubed"]["f1"] == 1.0
    assert (found["records"], found["people"], found["customers"]) == (5, 3, 3)
    assert len(found["orders"]) == 2


async def test_no_scratch_database_is_left_behind(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.superuser_url())
    found = await connection.fetch("SELECT 1 FROM pg_database WHERE datname ~ '^carnet_scratch'")
    await connection.close()

    assert found == []


def test_two_files_are_linked_with_each_other(people: Path, postgres: EmbeddedPostgres) -> None:
    options = ("--model", "default", "--database", postgres.superuser_url(), "--json")

    code, told, _ = run("evaluate", str(people), str(people), "--truth", "who", *MAP, *options)

    assert code == 0
    assert json.loads(told)["customers"] == 3


def test_errors_are_listed_by_the_file_s_own_names(
    tmp_path: Path, postgres: EmbeddedPostgres
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "id,who,given_name,family_name,birth_date,postcode\n"
        "r1,1,Anna,Lang,1956-04-09,10117\nr2,2,Anna,Lang,1956-04-09,10117\n"
    )
    options = ("--model", "default", "--database", postgres.superuser_url(), "--json")

    _, told, _ = run("evaluate", str(file), "--truth", "who", *options)

    [error] = json.loads(told)["worst_errors"]
    assert (error["error"], sorted(error["pair"])) == ("joined", ["r1", "r2"])
    assert sum(bits for _, _, bits in error["parts"]) == pytest.approx(error["weight"], abs=0.1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--truth", "whom"], "--truth names no column 'whom'"),
        (["--truth", "who", "--map", "given_name"], "--map given_name is not of the form"),
        (["--truth", "who", "--model", "best"], "--model best is no file"),
    ],
)
def test_a_wrong_option_is_named_with_its_mend(people: Path, options: list[str], said: str) -> None:
    code, _, error = run("evaluate", str(people), *options)

    assert code == 1
    assert said in error


def test_without_the_launcher_there_is_no_scratch_database(people: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(people), "--truth", "who"])

    assert result.exit_code == 1
    assert "carnet identity evaluate" in result.stderr


async def test_febrl_is_recognised_as_measured_one_by_one_or_together(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    cases = _sample(Labels().read(shared("febrl3.csv")), 8)
    model = fit([case.traits for case in cases], version="test")
    recogniser = Recogniser(model, model.thresholds(len(cases)))
    alone = await put_in_order(
        await database_url("customer"), cases[:200], recogniser, seed="1", tell=lambda _: None
    )
    together = await put_in_order(
        await database_url("customer"),
        cases[:200],
        recogniser,
        seed="1",
        together=50,
        tell=lambda _: None,
    )
    whole = await put_in_order(
        await database_url("customer"),
        cases,
        recogniser,
        seed="2",
        together=100,
        tell=lambda _: None,
    )

    assert alone.pairwise == together.pairwise
    assert whole.pairwise.f1 >= 0.99
    assert whole.b_cubed.f1 >= 0.99


async def test_the_hard_set_is_recognised_as_well_as_promised(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    cases = _sample(Labels().read(shared("historical_figures_a.parquet")), 20)
    model = fit([case.traits for case in cases], version="test")
    outcome = await put_in_order(
        await database_url("customer"),
        cases,
        Recogniser(model, model.thresholds(len(cases))),
        seed="1",
        together=100,
        tell=lambda _: None,
    )

    assert outcome.pairwise.f1 >= 0.88
    assert outcome.b_cubed.f1 >= 0.93


def test_a_model_is_trained_on_a_file_and_kept_in_another(tmp_path: Path) -> None:
    out = tmp_path / "model.json"

    code, told, said = run(
        "train", "--file", str(shared("fake_1000.csv")), "--out", str(out), "--json"
    )

    assert code == 0, said
    learnt = json.loads(told)
    assert learnt["fields"]["birth"]["same"]["bits"] > 5
    assert LinkageModel.from_json(json.loads(out.read_text())).version == learnt["version"]


async def test_a_house_learns_from_its_own_records_and_recognises_by_what_it_learnt(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    cases = _sample(Labels().read(shared("febrl3.csv")), 7)
    url = await database_url("customer")
    careful = Recogniser(DEFAULT_MODEL, DEFAULT_MODEL.thresholds(len(cases)))
    await put_in_order(url, cases, careful, seed="1", together=100, tell=lambda _: None)

    code, told, said = await asyncio.to_thread(run, "train", "--house-database", url, "--json")

    assert code == 0, said
    learnt = json.loads(told)
    database = Database.connect(url)
    recogniser = await load_recogniser(database)
    await database.close()
    assert recogniser.model.version == learnt["version"]
    assert recogniser.model.fitted_on == len(cases)


def test_too_few_records_teach_nothing(people: Path, tmp_path: Path) -> None:
    code, _, said = run("train", "--file", str(people), "--out", str(tmp_path / "model.json"))

    assert code == 1
    assert "5 records" in said


def test_households_are_seen_where_given_name_and_birth_date_differ_together() -> None:
    same = _levels(given=0, family=0, birth=0, street=0)
    other_given = _levels(given=6, family=0, birth=0, street=0)
    other_birth = _levels(given=0, family=0, birth=6, street=0)
    spouse = _levels(given=6, family=0, birth=6, street=0)

    assert has_households({same: 800, spouse: 200})
    assert not has_households({same: 810, other_given: 90, other_birth: 90, spouse: 10})
    assert has_households({same: 10})


def _levels(**told: int) -> tuple[int, ...]:
    return tuple(told.get(field, -1) for field in FIELDS)


def _sample(records: Sequence[Labelled], every: int) -> list[Case]:
    """Take each so-manieth person whole, so that the sample is as hard as the set."""
    people = sorted({str(record.person) for record in records})
    chosen = set(people[::every])
    return read_cases([[record for record in records if record.person in chosen]])
