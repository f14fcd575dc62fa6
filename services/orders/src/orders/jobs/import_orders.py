"""Sending a file's invoices through the gateway: many at once, each safe to send again."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orders.adapters.online_retail import RefusedLine, RoundedPrice
from orders.jobs.connections import share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.adapters.online_retail import Reading
    from orders.jobs.gateway_connection import Answer, GatewayConnection


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
        self.summary = Summary()

    def send(self, invoices: Iterator[Reading]) -> Summary:
        """Send them all; raises `GatewayOutOfReach`, `KeyRefused`, or what reading them raises."""
        self.summary.seconds = share_out(
            invoices,
            self._work,
            url=self._url,
            key=self._key,
            connections=self._connections,
        )
        return self.summary

    def _work(self, gateway: GatewayConnection, invoices: Iterator[Reading]) -> None:
        for reading in invoices:
            self._note(reading)
            if reading.path is not None:
                self._settle(reading, gateway.post(reading.path, reading.body))
            self._tell()

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
