"""Waiting that SIGTERM, Ctrl-C and the end of a child cut short, in a single-threaded process."""

import os
import select
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

_Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | None"


class Signals:
    """What the process has been asked by signals: to stop, and a second time to hurry."""

    def __init__(self) -> None:
        self.stops_asked = 0
        self._read_end = -1
        self._write_end = -1

    @property
    def asked_to_stop(self) -> bool:
        return self.stops_asked > 0

    def wait(self, seconds: float) -> None:
        """Sleep, but not through a signal that arrives."""
        readable, _, _ = select.select([self._read_end], [], [], seconds)
        if readable:
            os.read(self._read_end, 4096)

    @contextmanager
    def heeded(self) -> Generator[None]:
        """Heed the signals during the block."""
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        os.set_blocking(self._write_end, False)
        earlier: dict[signal.Signals, _Handler] = {}
        before = signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
        try:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                earlier[number] = signal.signal(number, self._on_stop)
            earlier[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _on_child)
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            os.close(self._read_end)
            os.close(self._write_end)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stops_asked += 1


def _on_child(_number: int, _frame: FrameType | None) -> None:
    """Nothing to do: its arrival has ended the wait."""
