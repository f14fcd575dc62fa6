"""The command line: what it lists, how fast it answers, and what it refuses in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_CARNET = Path(sys.executable).with_name("carnet")
_HEAVY = {"alembic", "asyncpg", "fastapi", "httpx", "kafka", "pydantic", "sqlalchemy", "uvicorn"}


def _carnet(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_CARNET, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def _python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout


def test_help_lists_the_launchers_commands_and_those_of_the_parts() -> None:
    said = _carnet("--help").stdout

    for command in ("up", "down", "status", "migrate", "contracts", "keys", "import"):
        assert f" {command} " in said


def test_commands_of_parts_are_listed_with_what_they_do() -> None:
    said = _carnet("import", "--help", COLUMNS="120").stdout

    assert "customers" in said
    assert "orders" in said


def test_a_mounted_command_parses_its_own_arguments() -> None:
    said = _carnet("keys", "create", "--help").stdout

    assert "--scopes" in said


def test_listing_commands_imports_nothing_heavy() -> None:
    program = (
        "import sys; from carnet.cli import app; from typer.main import get_command;"
        "group = get_command(app); import typer.testing;"
        "typer.testing.CliRunner().invoke(app, ['--help']); print(*sys.modules)"
    )

    assert not _HEAVY & set(_python(program).split())


def test_status_of_nothing_says_how_to_start(tmp_path: Path) -> None:
    done = _carnet("status", "--data-dir", tmp_path)

    assert done.returncode == 1
    assert "Start it with `carnet up`." in done.stdout


def test_status_of_nothing_is_json_when_asked(tmp_path: Path) -> None:
    told = json.loads(_carnet("status", "--json", "--data-dir", tmp_path).stdout)

    assert told["running"] is False
    assert told["processes"] == []


def test_the_environment_may_name_the_data_directory(tmp_path: Path) -> None:
    assert str(tmp_path) in _carnet("status", CARNET_DATA_DIR=str(tmp_path)).stdout


def test_stopping_nothing_is_no_mistake(tmp_path: Path) -> None:
    done = _carnet("down", "--data-dir", tmp_path)

    assert done.returncode == 0
    assert "does not run" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("identity", "how", "0000-0000-0000"),
            "Missing option '--key' (env var: 'CARNET_API_KEY'). See `carnet identity how --help`.",
        ),
        (("identity", "how", "--key", "k"), "See `carnet identity how --help`."),
        (("up", "--bogus"), "--bogus (Possible options: --bus). See `carnet up --help`."),
        (("nonsense",), "No such command 'nonsense'. See `carnet --help`."),
        (("export", "id-map", "ids.txt", "--key", "k"), "See `carnet export id-map --help`."),
    ],
)
def test_a_command_line_that_is_not_understood_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.delenv("CARNET_API_KEY", raising=False)

    done = _carnet(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("carnet: ")
    assert done.stderr.endswith(f"{said}\n")
    assert done.stderr.count("\n") == 1


def test_no_command_lists_the_commands() -> None:
    done = _carnet("keys")

    assert (done.returncode, done.stderr) == (2, "")
    assert " create " in done.stdout


def test_migrating_an_unknown_part_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    done = _carnet("migrate", "billing", "--data-dir", tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "carnet: billing has no database. Choose from customer, orders, complaints, "
        "segmentation, gateway.\n"
    )


def test_migrating_where_no_suite_is_makes_none(tmp_path: Path) -> None:
    done = _carnet("migrate", "--data-dir", tmp_path / "none")

    assert done.returncode == 1
    assert "There is no suite in" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["up"])
def test_a_data_directory_that_cannot_be_written_is_refused(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")

    done = _carnet(command, "--data-dir", tmp_path / "file")

    assert done.returncode == 1
    assert done.stderr == (
        f"carnet: The data directory {tmp_path / 'file'} cannot be used: File exists. "
        "Give yourself that right, or choose another --data-dir.\n"
    )
