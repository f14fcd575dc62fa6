"""One form for equal JSON bodies, so that a repeated request is known however it was written."""

from __future__ import annotations

import hashlib

import orjson

from chassis.errors import Malformed


class MalformedJson(Malformed):
    """The body is not JSON."""

    slug = "malformed-json"
    title = "The body is not well-formed JSON"


def body_hash(*context: str, body: bytes) -> bytes:
    """Hash a JSON body with its keys sorted, together with texts such as method and path.

    Raises `MalformedJson`. Numbers are compared as parsed, so 1.0 and 1 differ, as in JSON text.
    """
    try:
        value = orjson.loads(body) if body else None
    except orjson.JSONDecodeError as error:
        raise malformed_json(str(error)) from error
    try:
        canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:  # it reads deeper nesting than it writes
        raise malformed_json("the values are nested too deeply") from error
    digest = hashlib.sha256(canonical)
    for text in context:
        digest.update(b"\0" + text.encode())
    return digest.digest()


def malformed_json(problem: str) -> MalformedJson:
    """Name where the body stops being JSON."""
    return MalformedJson(f"{problem}. Send JSON encoded in UTF-8.")
