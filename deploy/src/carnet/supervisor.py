"""Keeping processes running: started by forking, started again when they end, stopped in order."""

import contextlib
import functools
import importlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from carnet.data_directory import RunningProcess
from carnet.errors import CannotRun
from carnet.forking import fork, last_line
from carnet.readiness import problem_of
from carnet.signals import Signals
from carnet.suite import Process

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_AFTER_SECONDS = 20.0
_FAILURES_AT_START = 3
_DRAIN_SECONDS = 15.0
_LOG_BYTES = 10_000_000


@dataclass(slots=True)
class _Kept:
    process: Process
    log: Path
    pid: int | None = None
    started_at: float = 0.0
    starts: int = 0
    failures: int = 0
    start_again_at: float = 0.0
    has_been_ready: bool = False


class Supervisor:
    """The processes of one suite; it must be used by a process that has one thread.

    `on_change` is called whenever a process has been started.
    """

    def __init__(self, logs: Path, *, on_change: Callable[[], None]) -> None:
        self._logs = logs
        self._on_change = on_change
        self._kept: dict[str, _Kept] = {}

    def start(self, processes: Sequence[Process]) -> None:
        for process in processes:
            kept = _Kept(process, self._logs / f"{process.name}.log")
            self._kept[process.name] = kept
            self._start(kept)

    def running(self) -> list[RunningProcess]:
        return [
            RunningProcess(name, kept.pid, kept.process.ready_url, max(0, kept.starts - 1))
            for name, kept in self._kept.items()
        ]

    def not_ready(self) -> list[str]:
        """The processes that have never been ready, asked now.

        Raises `CannotRun` when one keeps ending before it ever was.
        """
        waiting: list[str] = []
        for name, kept in self._kept.items():
            if not kept.has_been_ready:
                kept.has_been_ready = problem_of(kept.process.ready_url) is None
            if not kept.has_been_ready:
                waiting.append(name)
            if not kept.has_been_ready and kept.failures >= _FAILURES_AT_START:
                raise CannotRun(
                    f"{name} does not start: {last_line(kept.log)}", mend=f"See {kept.log}"
                )
        return waiting

    def tend(self) -> None:
        """Notice who has ended, start again whose pause is over, keep logs bounded."""
        now = time.monotonic()
        for kept in self._kept.values():
            _bound(kept.log)
            if kept.pid is not None and _has_ended(kept.pid):
                kept.pid = None
                steady = now - kept.started_at > _STEADY_AFTER_SECONDS
                kept.failures = 1 if steady else kept.failures + 1
                pause = _FIRST_PAUSE_SECONDS * 2 ** (kept.failures - 1)
                kept.start_again_at = now + min(pause, _LONGEST_PAUSE_SECONDS)
            if kept.pid is None and now >= kept.start_again_at:
                self._start(kept)

    def stop(self, signals: Signals) -> None:
        """Stop the processes in the reverse of the order they were started in, workers last.

        The gateway drains before the services it calls, and these before the workers, which carry
        away the last events. Whoever has not ended in time, or when a stop is asked again, is
        killed.
        """
        kept = list(self._kept.values())
        for name in ("gateway", "-api", "-worker", ""):
            group = [one for one in kept if one.process.name.endswith(name) and one.pid is not None]
            self._end(group, signals)

    def _start(self, kept: _Kept) -> None:
        kept.pid = fork(functools.partial(_run, kept.process), name=kept.process.name, log=kept.log)
        kept.started_at = time.monotonic()
        kept.starts += 1
        self._on_change()

    def _end(self, group: Sequence[_Kept], signals: Signals) -> None:
        until = time.monotonic() + _DRAIN_SECONDS
        asked = signals.stops_asked
        _signal(group, signal.SIGTERM)
        while any(kept.pid is not None for kept in group):
            for kept in group:
                if kept.pid is not None and _has_ended(kept.pid):
                    kept.pid = None
            if time.monotonic() > until or signals.stops_asked > max(asked, 1):
                _signal(group, signal.SIGKILL)
            signals.wait(0.05)


def _run(process: Process) -> None:
    """What a process is when it is not started as `python -m`: the same function is called."""
    os.environ.update(process.environment)
    module, _, function = process.entry.partition(":")
    getattr(importlib.import_module(module), function)()


def _bound(log: Path) -> None:
    """Move a long log's lines away; its process goes on appending to the same file."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _has_ended(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    return True


def _signal(group: Sequence[_Kept], number: signal.Signals) -> None:
    for kept in group:
        if kept.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(kept.pid, number)
