"""The gateway's commands: giving, listing and revoking keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from chassis.errors import Refusal
from gateway import keys as key_book
from gateway.domain.api_keys import ApiKey
from gateway.domain.scopes import Scope

keys = typer.Typer(help="API keys of the gateway's clients.", no_args_is_help=True)

_DATABASE_VARIABLE = "CARNET_GATEWAY_DATABASE_URL"
_HERE = Path(".carnet")
_CORRECT_ADDRESS = "Start it, or write --database-url postgresql://user:password@host:5432/gateway."

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar=_DATABASE_VARIABLE,
        help="The gateway's database; else that of the suite that runs here.",
        show_default=False,
    ),
]
DataDirOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="CARNET_DATA_DIR",
        help="Use the suite that runs over this directory.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@keys.command("create")
def create(
    name: Annotated[str, typer.Option(help="The client's name, such as ginza-till-3.")],
    scopes: Annotated[
        str, typer.Option(help=f"What it may do, separated by commas: {', '.join(Scope)}.")
    ],
    database_url: DatabaseOption = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Give a client a key. It is shown this once: only a hash of it is kept."""
    url = _database_url(database_url, data_dir)
    with _Refusals():
        text = key_book.create_key(url, name, scopes.replace(",", " ").split())
    if as_json:
        _print_json({"client": name, "key": text})
    else:
        typer.echo(text)


@keys.command("list")
def list_(
    database_url: DatabaseOption = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """List all keys by their prefix, revoked ones too."""
    url = _database_url(database_url, data_dir)
    with _Refusals():
        found = key_book.list_keys(url)
    if as_json:
        _print_json([_shown(key) for key in found])
        return
    table = Table("prefix", "client", "scopes", "created", "revoked")
    for key in found:
        shown = _shown(key)
        scopes = ", ".join(shown["scopes"])
        table.add_row(
            key.prefix, key.client, scopes, shown["created_at"], shown["revoked_at"] or ""
        )
    Console().print(table)


@keys.command("revoke")
def revoke(
    prefix: Annotated[str, typer.Argument(help="The key's prefix: carnet_PREFIX_…")],
    database_url: DatabaseOption = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Revoke a key for ever; the gateway stops taking it within two seconds."""
    url = _database_url(database_url, data_dir)
    with _Refusals():
        key = key_book.revoke_key(url, prefix)
    if as_json:
        _print_json(_shown(key))
    else:
        typer.echo(f"The key {key.prefix} of {key.client} is revoked.")


class _Refusals:
    """Turns a refusal, or a database out of reach, into one line on standard error, exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal):
            typer.echo(f"{error.title}. {error.detail}", err=True)
            raise typer.Exit(1) from error
        if isinstance(error, OSError | SQLAlchemyError | ValueError):
            typer.echo(f"The gateway's database is out of reach. {_CORRECT_ADDRESS}", err=True)
            raise typer.Exit(1) from error


def _database_url(given: str | None, data_dir: Path | None) -> str:
    """Find the gateway's database; the launcher tells that of the suite it runs."""
    if data_dir is None and given:
        return given
    try:
        told: dict[str, Any] = json.loads(((data_dir or _HERE) / "running.json").read_text())
        return str(told["environment"][_DATABASE_VARIABLE])
    except (OSError, ValueError, KeyError, TypeError) as error:
        mend = "Start it with `carnet up`, or give --database-url."
        typer.echo(f"No suite runs in {data_dir or _HERE}. {mend}", err=True)
        raise typer.Exit(1) from error


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": key.prefix,
        "client": key.client,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at.isoformat(),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(),
    }


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2))
