"""The program `carnet`."""

import sys

from carnet.cli import app
from carnet.errors import CannotRun


def run() -> None:
    """Run one command; what cannot be done is said in one line on standard error."""
    try:
        app()
    except CannotRun as refused:
        print(f"carnet: {refused}", file=sys.stderr)
        sys.exit(1)
