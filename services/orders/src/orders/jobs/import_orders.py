"""Sending a file's invoices through the gateway: many at once, each safe to send again."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orders.adapters.online_retail import RefusedLine, RoundedPrice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orders.adapters.online_retail import Reading

_TIMEOUT_SECONDS = 30.0
_PATIENCE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 5.0
_LATER = frozenset({429, 502, 503, 504})
_REPLAYED = "Idempotent-Replayed"


class GatewayOutOfReach(Exception):
    """The gateway did not take a request for a minute; `args` says why and how to mend it."""


class KeyRefused(Exception):
    """The gateway does not let this key place orders."""


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


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    is_replayed: bool
    retry_after_seconds: float
    body: bytes


class Sender:
    """Sends invoices on several connections and sums up what became of them."""

    def __init__(self, url: str, key: str, *, connections: int, tell: Callable[[], None]) -> None:
        """`tell` is called after each invoice."""
        self._url = urlsplit(url)
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
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
        connection = self._connect()
        try:
            while (reading := self._next(invoices)) is not None:
                self._note(reading)
                if reading.path is not None:
                    self._settle(reading, self._post(connection, reading))
                self._tell()
        except Exception as error:  # noqa: BLE001 - raised again by `send`, after all have ended
            with self._lock:
                self._failure = self._failure or error
        finally:
            connection.close()

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

    def _settle(self, reading: Reading, answer: _Answer) -> None:
        with self._lock:
            if answer.status < http.client.BAD_REQUEST:
                self.summary.replayed += answer.is_replayed
                self.summary.stored += not answer.is_replayed
                return
            reason = f"{answer.status}: {_detail(answer.body)}"
            refused = RefusedLine(reading.first_line, reading.invoice, reason)
            self.summary.refused.append(refused)

    def _post(self, connection: http.client.HTTPConnection, reading: Reading) -> _Answer:
        body = json.dumps(reading.body).encode()
        until = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.1
        while True:
            try:
                answer = self._exchange(connection, reading.path or "", body)
                problem = f"it answers {answer.status}: {_detail(answer.body)}"
                if answer.status in {http.client.UNAUTHORIZED, http.client.FORBIDDEN}:
                    raise KeyRefused(problem)
                if answer.status not in _LATER:
                    return answer
                pause = max(pause, answer.retry_after_seconds)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                problem = f"{type(error).__name__}: {error}"
            if time.monotonic() + pause > until:
                raise GatewayOutOfReach(problem)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _exchange(self, connection: http.client.HTTPConnection, path: str, body: bytes) -> _Answer:
        connection.request("POST", self._url.path.rstrip("/") + path, body, self._headers)
        response = connection.getresponse()
        said = response.read()
        after = response.headers.get("Retry-After", "0")
        return _Answer(
            status=response.status,
            is_replayed=response.headers.get(_REPLAYED) == "true",
            retry_after_seconds=float(after) if after.isdigit() else 0.0,
            body=said,
        )

    def _connect(self) -> http.client.HTTPConnection:
        host = self._url.hostname or "127.0.0.1"
        if self._url.scheme == "https":
            return http.client.HTTPSConnection(host, self._url.port, timeout=_TIMEOUT_SECONDS)
        return http.client.HTTPConnection(host, self._url.port, timeout=_TIMEOUT_SECONDS)


def _detail(body: bytes) -> str:
    try:
        problem = json.loads(body)
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return body[:200].decode(errors="replace")
