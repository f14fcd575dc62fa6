"""Sending a file's invoices through the gateway: many at once, each safe to send again."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orders.adapters.online_retail import RefusedLine, RoundedPrice
from orders.jobs.gateway_connection import GatewayConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.adapters.online_retail import Reading
    from orders.jobs.gateway_connection import Answer


@dataclass(slots=True)
class Summary:
    """What became of a file: counts are of invoices, the lists of lines."""

    read: int = 0
    lines: int = 0
    stored: int = 0
    replayed: int = 0
    not_sent: int = 0
    refused: list[RefusedLine] = field(default_factory=list[RefusedLine])
    rounded: list[RoundedPrice] = field(default_factory=list[RoundedPrice])
    assumed_countries: dict[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Give plain values, the lists in the file's sequence."""
        shown = asdict(self)
        for name in ("refused", "rounded"):
            shown[name].sort(key=itemgetter("line"))
        shown["seconds"] = round(self.seconds, 3)
        return shown


class Sender:
    """Sends invoices on several connections and sums up what became of them."""

    def __init__(self, url: str, key: str, *, connections: int, tell: Callable[[], None]) -> None:
        """`tell` is called after each invoice."""
        self._url, self._key = url, key
        self._connections = connections
        self._tell = tell
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        self.summary = Summary()

    def send(self, invoices: Iterator[Reading]) -> Summary:
        """Send them all; raises `GatewayOutOfReach`, `KeyRefused`, or what reading them raises."""
        started = time.monotonic()
        threads = [
            threading.Thread(target=self._work, args=(invoices,), daemon=True)
            for _ in range(self._connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.summary.seconds = time.monotonic() - started
        if self._failure is not None:
            raise self._failure
        return self.summary

    def _work(self, invoices: Iterator[Reading]) -> None:
        try:
            with GatewayConnection(self._url, self._key) as gateway:
                while (reading := self._next(invoices)) is not None:
                    self._note(reading)
                    if reading.path is not None:
                        self._settle(reading, gateway.post(reading.path, reading.body))
                    self._tell()
        except Exception as error:  # noqa: BLE001 - raised again by `send`, after all have ended
            with self._lock:
                self._failure = self._failure or error

    def _next(self, invoices: Iterator[Reading]) -> Reading | None:
        with self._lock:
            return None if self._failure is not None else next(invoices, None)

    def _note(self, reading: Reading) -> None:
        with self._lock:
            self.summary.read += 1
            self.summary.lines += reading.line_count
            self.summary.not_sent += reading.path is None
            self.summary.refused += reading.refused
            self.summary.rounded += reading.rounded
            name = reading.assumed_country
            if name is not None:
                counts = self.summary.assumed_countries
                counts[name] = counts.get(name, 0) + 1

    def _settle(self, reading: Reading, answer: Answer) -> None:
        with self._lock:
            if answer.is_good:
                self.summary.replayed += answer.is_replayed
                self.summary.stored += not answer.is_replayed
                return
            reason = f"{answer.status}: {answer.detail}"
            refused = RefusedLine(reading.first_line, reading.invoice, reason)
            self.summary.refused.append(refused)
