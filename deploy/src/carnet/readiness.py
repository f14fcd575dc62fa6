"""Asking a process whether it can do its work."""

import http.client
import json
from urllib.parse import urlsplit

_ANSWER_SECONDS = 3.0


def problem_of(ready_url: str) -> str | None:
    """What keeps a process from its work, in a few words; None when it is ready."""
    address = urlsplit(ready_url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=_ANSWER_SECONDS
    )
    try:
        connection.request("GET", address.path)
        answer = connection.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        return "does not listen"
    except TimeoutError:
        return "does not answer"
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer: {error}"
    finally:
        connection.close()
    if answer.status == http.HTTPStatus.OK:
        return None
    return _named(body) or f"answers {answer.status}"


def _named(body: bytes) -> str:
    try:
        return ", ".join(json.loads(body)["problems"])
    except (ValueError, KeyError, TypeError):
        return ""
