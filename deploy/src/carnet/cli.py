"""The commands of the launcher; each part of the suite brings more, mounted beside these.

What a command needs is imported when it runs: `carnet --help` and `carnet up` must be fast.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from carnet.mounting import MountedCommands

_DataDir = Annotated[
    Path,
    typer.Option(
        envvar="CARNET_DATA_DIR",
        readable=False,  # who may not read it is told so in one line, as everywhere
        help="Where data, keys and logs are kept.",
    ),
]
_Database = Annotated[
    str | None,
    typer.Option(help="A PostgreSQL server, as one who may make databases; else embedded."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_HERE = Path(".carnet")

app = typer.Typer(
    cls=MountedCommands,
    name="carnet",
    help="Carnet: one customer, every channel.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.command()
def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", help="Return when ready.")] = False,
    data_dir: _DataDir = _HERE,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The gateway's port.")] = 8000,
    bus: Annotated[
        str | None, typer.Option(help="kafka://host:port; else events stay in PostgreSQL.")
    ] = None,
    database: _Database = None,
    demo: Annotated[bool, typer.Option(help="Load a demo house into new data.")] = True,
) -> None:
    """Start the suite; Ctrl-C stops it, its data stays."""
    from carnet.wish import Wish  # noqa: PLC0415

    wish = Wish(data_dir=data_dir, port=port, bus=bus, database=database, demo=demo)
    if detach:
        from carnet.background import up_in_background  # noqa: PLC0415

        up_in_background(wish)
    else:
        from carnet.foreground import up_in_foreground  # noqa: PLC0415

        up_in_foreground(wish)


@app.command()
def down(*, data_dir: _DataDir = _HERE) -> None:
    """Stop the suite that runs over a data directory."""
    from carnet.stopping import stop  # noqa: PLC0415

    print("Stopped." if stop(data_dir) else f"Carnet does not run in {data_dir}.")


@app.command()
def status(*, data_dir: _DataDir = _HERE, as_json: _Json = False) -> None:
    """Tell the state of each process; the exit code is 1 when none runs."""
    from carnet.status import read_status  # noqa: PLC0415

    state = read_status(data_dir)
    print(json.dumps(state.as_json(), indent=2) if as_json else state.as_text())
    sys.exit(0 if state.is_running else 1)


@app.command()
def migrate(
    parts: Annotated[
        list[str] | None, typer.Argument(help="Which parts' databases; else all.")
    ] = None,
    *,
    data_dir: _DataDir = _HERE,
    database: _Database = None,
) -> None:
    """Bring databases to this version: those that CARNET_<PART>_DATABASE_URL name, or our own."""
    from carnet.migrating import migrate_parts  # noqa: PLC0415

    for line in migrate_parts(parts or [], data_dir=data_dir, database=database):
        print(line)


@app.command()
def contracts(
    *,
    check: Annotated[bool, typer.Option("--check", help="Compare, and write nothing.")] = False,
    directory: Annotated[Path, typer.Option(help="Where the files are.")] = Path("contracts"),
) -> None:
    """Write the event schemas, topics and API documents that the code declares."""
    from carnet.contracts.files import outdated, write  # noqa: PLC0415

    if not check:
        print(f"{write(directory)} files in {directory}.")
        return
    for name in (differing := outdated(directory)):
        print(f"{directory / name} is not what the code declares.", file=sys.stderr)
    if differing:
        sys.exit("Run `make contracts` and commit what changes.")
