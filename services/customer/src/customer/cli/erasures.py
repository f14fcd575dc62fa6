"""The commands that keep the ledger of erasures apart, and repeat it after a restore."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from customer.cli.house import DATA_DIR, AsJson, DataDir, Url, fail, running_url
from customer.jobs.erasure_ledger import (
    LedgerRefused,
    LedgerUnreadable,
    apply_ledger,
    export_ledger,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Key = Annotated[
    str, typer.Option(envvar="CARNET_API_KEY", help="A key with the scope customers:privacy.")
]


def export_erasures(
    file: Annotated[Path, typer.Argument(help="Where to write; an older ledger is replaced.")],
    *,
    key: Key,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write the ledger of all erasures to a file, to be kept apart from the database.

    It holds ids, hashes and times, nothing of the persons.
    """
    written = _with_gateway(url, key, data_dir, file, lambda client: export_ledger(client, file))
    if as_json:
        typer.echo(json.dumps({"erasures": written}))
    else:
        typer.echo(f"{written} erasures are in {file}.")


def apply_erasures(
    file: Annotated[Path, typer.Argument(help="A ledger that was exported.")],
    *,
    key: Key,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Repeat all erasures of a ledger, after the database was restored from an older copy.

    Safe to run again: what is erased stays erased.
    """
    applied = _with_gateway(url, key, data_dir, file, lambda client: apply_ledger(client, file))
    if as_json:
        typer.echo(json.dumps(asdict(applied)))
    else:
        typer.echo(
            f"{applied.erasures} erasures were repeated; {applied.restored} of them had come "
            f"back, with {applied.rows_erased} rows."
        )


def _with_gateway(
    url: str | None, key: str, data_dir: Path, file: Path, work: Callable[[httpx.Client], Any]
) -> Any:
    try:
        with httpx.Client(
            base_url=url or running_url(data_dir), headers={"X-API-Key": key}
        ) as client:
            return work(client)
    except LedgerRefused as error:
        raise fail(f"The gateway cannot be used: {error}") from error
    except LedgerUnreadable as error:
        raise fail(f"{file} is no ledger of erasures: {error}.") from error
    except OSError as error:
        raise fail(f"{file} cannot be used: {error.strerror}") from error
