"""Sending a file's records through the gateway: in batches, several at once, safe to repeat."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import httpx

from customer.adapters.person_files import Reading, Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PATH = "/v1/source-records/batch"
_TOGETHER = 200
_TIMEOUT_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 5.0
_LATER = frozenset({429, 502, 503, 504})
_NOT_ALLOWED = frozenset({401, 403})


class GatewayOutOfReach(Exception):
    """The gateway did not take a batch for a minute; `args` says why."""


class KeyRefused(Exception):
    """The gateway does not let this key put source records."""


@dataclass(slots=True)
class Summary:
    """What became of a file's lines; `flagged` are stored, but not all of them can be used."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    refused: list[Remark] = field(default_factory=list[Remark])
    flagged: list[Remark] = field(default_factory=list[Remark])
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Give plain values, the lists in the file's sequence."""
        shown = asdict(self)
        for name in ("refused", "flagged"):
            shown[name].sort(key=itemgetter("line"))
        shown["outcomes"] = dict(sorted(self.outcomes.items()))
        shown["seconds"] = round(self.seconds, 3)
        return shown


class Sender:
    """Sends records on several connections and sums up what became of them."""

    def __init__(
        self, url: str, key: str, *, connections: int, tell: Callable[[int], None]
    ) -> None:
        """`tell` is called with the number of lines that are done."""
        self._client = httpx.Client(
            base_url=url,
            headers={"X-API-Key": key},
            timeout=_TIMEOUT_SECONDS,
            limits=httpx.Limits(max_connections=connections),
        )
        self._connections = connections
        self._tell = tell
        self.summary = Summary()

    def send(self, readings: Iterable[Reading]) -> Summary:
        """Send them all; raises `GatewayOutOfReach` and `KeyRefused`.

        Only this thread touches the summary. No more batches are read than are under way.
        """
        started = time.monotonic()
        under_way: set[Future[list[dict[str, Any]]]] = set()
        lines: dict[Future[list[dict[str, Any]]], list[Reading]] = {}
        with self._client, ThreadPoolExecutor(self._connections) as pool:
            try:
                for batch in self._batches(iter(readings)):
                    if len(under_way) == self._connections:
                        under_way = self._settle(under_way, lines)
                    answer = pool.submit(self._post, [reading.body for reading in batch])
                    lines[answer] = batch
                    under_way.add(answer)
                while under_way:
                    under_way = self._settle(under_way, lines)
            finally:
                for answer in under_way:
                    answer.cancel()
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _batches(self, readings: Iterator[Reading]) -> Iterator[list[Reading]]:
        while chunk := list(islice(readings, _TOGETHER)):
            self.summary.read += len(chunk)
            for reading in chunk:
                remarks = self.summary.flagged if reading.body is not None else self.summary.refused
                remarks += reading.remarks
            good = [reading for reading in chunk if reading.body is not None]
            if good:
                yield good
            self._tell(len(chunk) - len(good))

    def _settle(
        self,
        under_way: set[Future[list[dict[str, Any]]]],
        lines: dict[Future[list[dict[str, Any]]], list[Reading]],
    ) -> set[Future[list[dict[str, Any]]]]:
        done, rest = wait(under_way, return_when=FIRST_COMPLETED)
        for answer in done:
            batch = lines.pop(answer)
            for reading, item in zip(batch, answer.result(), strict=True):
                self._note(reading.line, item)
            self._tell(len(batch))
        return rest

    def _note(self, line: int, item: dict[str, Any]) -> None:
        result = item.get("result")
        if result is None:
            problem = item["problem"]
            errors = problem["errors"] or [{"field": "", "problem": problem["detail"]}]
            remarks = [Remark(line, error["field"], error["problem"]) for error in errors]
            self.summary.refused += remarks
            return
        outcome = result["outcome"]
        self.summary.outcomes[outcome] += 1
        if outcome == "unchanged":
            self.summary.unchanged += 1
        else:
            self.summary.stored += 1
        for flag in result["flags"]:
            self.summary.flagged.append(Remark(line, flag["field"], flag["problem"]))

    def _post(self, bodies: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
        until = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.1
        while True:
            try:
                response = self._client.post(_PATH, json=bodies)
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}"
            else:
                problem = f"it answers {response.status_code}: {_detail(response)}"
                if response.status_code in _NOT_ALLOWED:
                    raise KeyRefused(problem)
                if response.is_success:
                    return response.json()
                if response.status_code not in _LATER:
                    raise GatewayOutOfReach(problem)
                after = response.headers.get("Retry-After", "")
                pause = max(pause, float(after) if after.isdigit() else 0.0)
            if time.monotonic() + pause > until:
                raise GatewayOutOfReach(problem)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _detail(response: httpx.Response) -> str:
    try:
        problem = response.json()
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return response.text[:200]
