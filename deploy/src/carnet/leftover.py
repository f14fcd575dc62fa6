"""What an earlier PostgreSQL server left in a data directory, read from its pid file."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from carnet.errors import CannotRun

_STATUS_LINE = 7  # counted from 0; PostgreSQL's miscadmin.h, LOCK_FILE_LINE_PM_STATUS
_PATIENCE_SECONDS = 20.0
_ATTEMPTS = 10


def claim(lock_file: Path, *, whose: str) -> IO[bytes]:
    """Claim a directory for as long as the file returned stays open; raises `CannotRun`."""
    lock = lock_file.open("ab")
    for _ in range(_ATTEMPTS):  # whoever only looks whether it is claimed holds it for a moment
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return lock
    lock.close()
    raise CannotRun(
        f"{whose} is already running",
        mend="Stop it with `carnet down`, or choose another --data-dir",
    )


def says_ready(data: Path, *, pid: int) -> bool:
    """Whether the server of that process accepts connections, by its own word."""
    lines = _lines(data)
    return (
        len(lines) > _STATUS_LINE
        and lines[0].strip() == str(pid)
        and lines[_STATUS_LINE].strip() == "ready"
    )


def clear(data: Path) -> None:
    """Make a claimed directory ready for a new server.

    A server whose owner was killed is on its way out: it is asked once more and waited for. The pid
    file of a dead one is removed, because its number may meanwhile belong to any other process.
    """
    lines = _lines(data)
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
    until = time.monotonic() + _PATIENCE_SECONDS
    if _serves(pid, data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    while _serves(pid, data):
        if time.monotonic() > until:
            raise CannotRun(
                f"The server left behind on {data}, process {pid}, does not stop",
                mend=f"End process {pid} yourself and start again",
            )
        time.sleep(0.02)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _lines(data: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()
    return []


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a server over this directory: a number alone may be anyone's."""
    if pid == 0:
        return False
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
        except OSError:
            return False
    said = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return str(data) in said.stdout
