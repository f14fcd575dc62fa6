"""Reading a request's body, whole and bounded in size and time."""

from __future__ import annotations

import asyncio

from starlette.types import Receive

from gateway.door.head import Head
from gateway.door.refusals import (
    MAXIMUM_BODY_BYTES,
    BodyTooSlow,
    ClientLeft,
    body_too_large,
    coded_body,
    upgrade_with_body,
)

_WHOLE_BODY_SECONDS = 30.0


async def read_body(receive: Receive, head: Head) -> bytes:
    """Read the body that the head announces.

    Raises:
        TooLarge: by its declared length before a byte is read, else as soon as it is.
        BodyTooSlow: it did not arrive in half a minute.
        ClientLeft: it will never arrive.
    """
    if head.has_upgrade:
        raise upgrade_with_body()
    if head.is_coded:
        raise coded_body()
    if head.content_length is not None and head.content_length > MAXIMUM_BODY_BYTES:
        raise body_too_large()
    try:
        async with asyncio.timeout(_WHOLE_BODY_SECONDS):
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                return message.get("body", b"")
            return await _read_rest(receive, message.get("body", b""))
    except TimeoutError as error:
        raise BodyTooSlow(f"It took more than {_WHOLE_BODY_SECONDS:.0f} s.") from error


async def _read_rest(receive: Receive, first: bytes) -> bytes:
    parts, size = [first], len(first)
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        part = message.get("body", b"")
        more = message.get("more_body", False)
        parts.append(part)
        size += len(part)
        if size > MAXIMUM_BODY_BYTES:
            raise body_too_large()
    return b"".join(parts)
