"""One connection to the gateway, as any other client has one: it waits out what passes."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 30.0
_PATIENCE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 5.0
_LATER = frozenset({429, 502, 503, 504})
_REPLAYED = "Idempotent-Replayed"


class GatewayOutOfReach(Exception):
    """The gateway did not take a request for a minute; `args` says why and how to mend it."""


class KeyRefused(Exception):
    """The gateway does not let this key place orders."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said; `is_replayed` when an earlier request had stored it."""

    status: int
    is_replayed: bool
    retry_after_seconds: float
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether the request was taken."""
        return self.status < http.client.BAD_REQUEST

    def json(self) -> Any:
        """Read what was said."""
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The name of the refusal; empty where it has none."""
        told = self._told()
        return str(told.get("type", "")).rpartition(":")[2]

    @property
    def detail(self) -> str:
        """Why it was refused."""
        return str(self._told().get("detail", "")) or self.body[:200].decode(errors="replace")

    def _told(self) -> dict[str, Any]:
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return cast("dict[str, Any]", told) if isinstance(told, dict) else {}


class GatewayConnection:
    """Posts to the gateway and waits out what passes: a busy one, and one that restarts."""

    def __init__(self, url: str, key: str) -> None:
        """Connect when something is sent."""
        self._url = urlsplit(url)
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        host = self._url.hostname or "127.0.0.1"
        is_secure = self._url.scheme == "https"
        connect = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
        self._connection = connect(host, self._url.port, timeout=_TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close the connection."""
        self._connection.close()

    def post(self, path: str, told: object, **headers: str) -> Answer:
        """Post JSON; raises `GatewayOutOfReach`, `KeyRefused`."""
        body = json.dumps(told).encode()
        until = time.monotonic() + _PATIENCE_SECONDS
        pause = 0.1
        while True:
            try:
                answer = self._exchange(path, body, headers)
                problem = f"it answers {answer.status}: {answer.detail}"
                if answer.status in {http.client.UNAUTHORIZED, http.client.FORBIDDEN}:
                    raise KeyRefused(problem)
                if answer.status not in _LATER:
                    return answer
                pause = max(pause, answer.retry_after_seconds)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                problem = f"{type(error).__name__}: {error}"
            if time.monotonic() + pause > until:
                raise GatewayOutOfReach(problem)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _exchange(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        target = self._url.path.rstrip("/") + path
        self._connection.request("POST", target, body, self._headers | dict(headers))
        response = self._connection.getresponse()
        said = response.read()
        after = response.headers.get("Retry-After", "0")
        return Answer(
            status=response.status,
            is_replayed=response.headers.get(_REPLAYED) == "true",
            retry_after_seconds=float(after) if after.isdigit() else 0.0,
            body=said,
        )
