"""Forked children: they share the modules that this process has imported, and end with it."""

import contextlib
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator
from pathlib import Path

from carnet.errors import CannotRun
from carnet.parent import end_with_parent

_PR_SET_NAME = 15
_HEEDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


def fork(work: Callable[[], None], *, name: str, log: Path) -> int:
    """Run `work` in a child that writes to `log` and is killed when this process ends.

    Only a process with one thread may do this: no other thread would exist in the child, but the
    locks that it held would.
    """
    prepare = end_with_parent(signal.SIGKILL)
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEEDED)
    child = os.fork()
    if child != 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEEDED)
        return child
    status = 1
    try:
        prepare()
        _become(name, log)
        work()
        status = 0
    except SystemExit as end:
        status = _status(end)
    except BaseException:  # noqa: BLE001 - a child's only way to tell is its log and its status
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _status(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def _become(name: str, log: Path) -> None:
    """Leave everything of the parent's but its memory."""
    os.setpgid(0, 0)  # a terminal's Ctrl-C is for the launcher, which stops us in order
    signal.set_wakeup_fd(-1)
    for number in _HEEDED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEEDED)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = [name]
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)
    gc.enable()


class Helper:
    """A piece of work in a child of its own, beside what this process does."""

    def __init__(self, work: Callable[[], None], *, name: str, log: Path) -> None:
        self._name = name
        self._log = log
        self._failure = log.with_name(f"{name}.failure")
        self._failure.unlink(missing_ok=True)
        self._status: int | None = None
        self._pid = fork(lambda: self._try(work), name=name, log=log)

    @property
    def is_done(self) -> bool:
        """Whether it has ended well; raises `CannotRun` when it has ended otherwise."""
        if self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid != 0:
                self._status = status
        return self._judge()

    def awaited(self) -> Generator[None]:
        """Yield until it has ended well; raises `CannotRun` when it ends otherwise."""
        while not self.is_done:
            yield

    def kill(self) -> None:
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            self._status = os.waitpid(self._pid, 0)[1]

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except CannotRun as refused:
            self._failure.write_text(json.dumps([refused.wrong, refused.mend]))
            sys.exit(1)

    def _judge(self) -> bool:
        if self._status is None:
            return False
        if self._status == 0:
            return True
        if self._failure.exists():
            wrong, mend = json.loads(self._failure.read_text())
            self._failure.unlink()
            raise CannotRun(wrong, mend=mend)
        raise CannotRun(
            f"{self._name} failed: {last_line(self._log)}", mend=f"See {self._log} for the reason"
        )


def last_line(log: Path) -> str:
    """The last thing a child said, for a message of one line."""
    said = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")
