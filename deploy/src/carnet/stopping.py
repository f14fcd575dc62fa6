"""`carnet down`: asking the launcher to stop, and waiting until it has."""

import os
import signal
import time
from pathlib import Path

from carnet.data_directory import DataDirectory
from carnet.errors import CannotRun

_PATIENCE_SECONDS = 90.0


def stop(data_dir: Path) -> bool:
    """Whether something ran over the directory; returns when it runs no more."""
    directory = DataDirectory(data_dir)
    if not directory.is_claimed:
        return False
    until = time.monotonic() + _PATIENCE_SECONDS
    asked = None
    while directory.is_claimed:
        running = directory.running()
        if running is not None and asked != running.pid:
            asked = running.pid
            _ask(running.pid)
        if time.monotonic() > until:
            raise CannotRun(
                f"Carnet over {directory.root} does not stop",
                mend=f"End process {asked or 'of its launcher'} yourself; no data is lost",
            )
        time.sleep(0.05)
    return True


def _ask(launcher: int) -> None:
    try:
        os.kill(launcher, signal.SIGTERM)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise CannotRun(
            f"Process {launcher}, which runs Carnet here, belongs to another user",
            mend="Stop it as that user or as root",
        ) from error
