"""A small client of the gateway, as a till or a web shop would have one."""

import hashlib
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from carnet.errors import CannotRun

_ANSWER_SECONDS = 20.0


class Client:
    """Sends what the demo house's systems send; raises `CannotRun` when one is refused."""

    def __init__(self, gateway_url: str, key: str) -> None:
        address = urlsplit(gateway_url)
        self._connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=_ANSWER_SECONDS
        )
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, body)

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        content = json.dumps(body)
        once = hashlib.sha256(f"{path} {content}".encode()).hexdigest()
        headers = {**self._headers, "Idempotency-Key": f"demo-{once}"}
        try:
            self._connection.request(method, path, content, headers)
            answer = self._connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise _not_loaded(f"{method} {path}: {error}") from error
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise _not_loaded(f"{method} {path} was answered {answer.status}: {said}")
        return said


def _not_loaded(reason: str) -> CannotRun:
    return CannotRun(
        f"The demo house cannot be loaded: {reason}",
        mend="Start with --no-demo, or with a --data-dir that is new",
    )
