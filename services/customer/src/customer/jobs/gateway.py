"""Asking the gateway what a command shows or writes, and trying again what may pass."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_SECONDS = 60.0
_TRIES = 6
_FIRST_PAUSE_SECONDS = 0.2
_LATER = frozenset({429, 502, 503, 504})


class GatewayRefused(Exception):
    """The gateway does not give it; `args` says why, `status` is its answer's, if there was one."""

    def __init__(self, problem: str, status: int | None = None) -> None:
        """Say what it answers, or that it does not."""
        super().__init__(problem)
        self.status = status


class Gateway:
    """The gateway as a command asks it; what is asked twice must have one effect."""

    def __init__(self, url: str, key: str) -> None:
        """Ask with a key that has the scope for it."""
        self._client = httpx.Client(
            base_url=url, headers={"X-API-Key": key}, timeout=_TIMEOUT_SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def pages(self, path: str, **parameters: str | int) -> Iterator[list[dict[str, Any]]]:
        """Give all pages of a list; no more than one is held."""
        page = self.ask("GET", path, **parameters)
        yield page["items"]
        while page["next_cursor"] is not None:
            page = self.ask("GET", path, cursor=page["next_cursor"], **parameters)
            yield page["items"]

    def ask(self, method: str, path: str, **parameters: str | int) -> dict[str, Any]:
        """Give an answer; raises `GatewayRefused` when there is none after some tries."""
        pause, refused = _FIRST_PAUSE_SECONDS, GatewayRefused("it was not asked")
        for attempt in range(1, _TRIES + 1):
            try:
                answer = self._client.request(method, path, params=parameters)
            except httpx.TransportError as error:
                refused = GatewayRefused(f"it does not answer ({type(error).__name__})")
            else:
                if answer.is_success:
                    return answer.json()
                problem = f"it answers {answer.status_code}: {_detail(answer)}"
                refused = GatewayRefused(problem, answer.status_code)
                if answer.status_code not in _LATER:
                    raise refused
            if attempt < _TRIES:
                time.sleep(pause)
                pause *= 2
        raise refused


def _detail(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return answer.text[:200]
