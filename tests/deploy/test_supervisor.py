"""The supervisor over tiny processes: what is killed comes back, and nothing outlives it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

_PROGRAM = Path(__file__).with_name("supervised.py")


class _Supervised:
    """A supervisor in a process of its own, because it forks."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self.program = program
        self.processes: list[dict[str, Any]] = []

    def read_until_ready(self) -> None:
        while (line := self.read()) != "ready":
            self.processes = json.loads(line)

    def read(self) -> str:
        assert self.program.stdout is not None
        line = self.program.stdout.readline().strip()
        assert line, "the supervisor has ended"
        return line

    def pid_of(self, name: str) -> int:
        return next(one["pid"] for one in self.processes if one["name"] == name)


@contextmanager
def _supervised(directory: Path, *what: str) -> Generator[_Supervised]:
    program = subprocess.Popen(
        [sys.executable, _PROGRAM, directory, *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield _Supervised(program)
    finally:
        program.kill()
        program.communicate()


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    with _supervised(tmp_path, "one", "serve", "two", "serve") as suite:
        suite.read_until_ready()
        killed, spared = suite.pid_of("one"), suite.pid_of("two")

        psutil.Process(killed).kill()

        suite.processes = json.loads(suite.read())
        assert suite.pid_of("one") != killed
        assert suite.pid_of("two") == spared
        assert [one["restarts"] for one in suite.processes] == [1, 0]


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with _supervised(tmp_path, "one", "serve", "two", "hang") as suite:
        suite.read_until_ready()
        pids = [suite.pid_of("one"), suite.pid_of("two")]

        suite.program.kill()
        suite.program.wait()

        assert _within(5, lambda: not any(psutil.pid_exists(pid) for pid in pids))


def test_the_gateway_drains_first_and_workers_last(tmp_path: Path) -> None:
    what = ("orders-api", "serve", "orders-worker", "serve", "gateway", "serve")
    with _supervised(tmp_path, *what) as suite:
        suite.read_until_ready()

        suite.program.terminate()
        status = suite.program.wait(timeout=20)

    assert status == 0
    drained = (tmp_path / "drained").read_text().split()
    assert drained == ["gateway", "orders-api", "orders-worker"]


def test_a_second_request_to_stop_kills_what_does_not_end(tmp_path: Path) -> None:
    with _supervised(tmp_path, "one", "hang") as suite:
        suite.read_until_ready()
        pid = suite.pid_of("one")
        suite.program.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert psutil.pid_exists(pid)

        suite.program.send_signal(signal.SIGINT)

        assert suite.program.wait(timeout=5) == 0
        assert not psutil.pid_exists(pid)


def test_a_process_that_never_starts_is_refused_with_its_last_words(tmp_path: Path) -> None:
    with _supervised(tmp_path, "one", "serve", "two", "fail") as suite:
        _, said = suite.program.communicate(timeout=20)

    assert suite.program.returncode != 0
    assert f"two does not start: the reason. See {tmp_path / 'two.log'}." in said


def test_a_process_writes_to_its_own_log_under_its_own_name(tmp_path: Path) -> None:
    with _supervised(tmp_path, "one", "serve") as suite:
        suite.read_until_ready()
        pid = suite.pid_of("one")

        assert "serving as ['one']" in (tmp_path / "one.log").read_text()
        assert psutil.Process(pid).name() == "one"
