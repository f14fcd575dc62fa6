"""The program `carnet`."""

import sys
from typing import Any

import typer

from carnet.cli import app
from carnet.errors import CannotRun


def run() -> None:
    """Run one command; what cannot be done is said in one line on standard error.

    The exit code is 2 for a command line that is not understood, else 1.
    """
    try:
        sys.exit(app(standalone_mode=False))
    except CannotRun as refused:
        print(f"carnet: {refused}", file=sys.stderr)
        sys.exit(1)
    except typer.TyperException as refused:
        if wrong := " ".join(refused.format_message().split()):  # else the help was printed
            print(f"carnet: {wrong.rstrip('.')}.{_help_of(refused)}", file=sys.stderr)
        sys.exit(refused.exit_code)
    except typer.Abort:
        print("carnet: Aborted.", file=sys.stderr)
        sys.exit(1)


def _help_of(refused: typer.TyperException) -> str:
    context: Any = getattr(refused, "ctx", None)  # of those about the command line
    return "" if context is None else f" See `{context.command_path} --help`."
