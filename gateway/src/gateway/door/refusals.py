"""What the door itself refuses."""

from __future__ import annotations

from chassis.errors import (
    FieldProblem,
    Malformed,
    Refusal,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

MAXIMUM_BODY_BYTES = 1 << 20


class KeyNotKnown(Unauthenticated):
    """There is no key, or it opens nothing: unknown and revoked look the same (401)."""

    slug = "key-not-known"
    title = "The API key is not known"


class KeysOutOfReach(Unavailable):
    """The key is not among those read last, and newer ones cannot be read now (503)."""

    slug = "keys-out-of-reach"
    title = "The API key cannot be checked now"


class TooManyRequests(Refusal):
    """The key has used up its quota (429)."""

    status = 429
    slug = "too-many-requests"
    title = "The quota is used up"


class TooBusy(Unavailable):
    """As many requests are open as the gateway holds at once (503)."""

    slug = "gateway-busy"
    title = "The gateway is too busy"


class BodyTooSlow(Refusal):
    """The body did not arrive in time (408)."""

    status = 408
    slug = "body-too-slow"
    title = "The body did not arrive in time"


class GatewayFailed(Refusal):
    """The gateway itself failed, which its log explains (500)."""

    slug = "internal-error"
    title = "The gateway failed to answer"


class ClientLeft(Exception):
    """The client closed its connection, so that nobody waits for the answer."""


def key_not_known() -> KeyNotKnown:
    """Say how a request carries a key."""
    mend = "Send a valid key in X-API-Key; `carnet keys create` makes one."
    return KeyNotKnown(mend, fields=[FieldProblem("X-API-Key", "is missing or not known", mend)])


def body_too_large() -> TooLarge:
    """Say how large a body may be."""
    mend = f"Send at most {MAXIMUM_BODY_BYTES} bytes; split the request."
    return TooLarge(mend, fields=[FieldProblem("body", "is too large", mend)])


def coded_body() -> UnsupportedMediaType:
    """Say that bodies are read as they are (RFC 9110 §8.4)."""
    mend = "Send the body without Content-Encoding."
    field = FieldProblem("Content-Encoding", "is not supported", mend)
    return UnsupportedMediaType(mend, fields=[field])


def upgrade_with_body() -> Malformed:
    """Say why: what follows the head would be of the new protocol, which is not spoken here."""
    mend = "Send the request without Upgrade."
    return Malformed(mend, fields=[FieldProblem("Upgrade", "comes with a body", mend)])
