"""API keys: how they are drawn, shown once, read back and compared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import FieldProblem, Invalid, NotFound

_KEY = re.compile(rb"carnet_([0-9a-f]{8})_([0-9a-f]{40})")
_PREFIX_BYTES = 4
_SECRET_BYTES = 20  # 160 bits, so that a fast hash suffices: nobody can try them all
_LONGEST_CLIENT_NAME = 80


class InvalidClientName(Invalid):
    """The name cannot stand for a client in keys, logs and idempotency."""

    slug = "invalid-client-name"
    title = "The client's name is not valid"


class InvalidKey(Invalid):
    """The text is no key of ours."""

    slug = "invalid-key"
    title = "The key is not valid"


class KeyNotFound(NotFound):
    """There is no key with this prefix."""

    slug = "key-not-found"
    title = "There is no such key"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: its prefix is public, its secret is known by its hash alone."""

    id: UUID
    client: str
    prefix: str
    secret_hash: bytes
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None


def read_client_name(text: str) -> str:
    """Read a client's name: printable, trimmed, and not too long."""
    name = text.strip()
    if not name or len(name) > _LONGEST_CLIENT_NAME or not name.isprintable():
        problem = "is empty, too long or not printable"
        mend = f"Send 1 to {_LONGEST_CLIENT_NAME} printable characters, such as ginza-till-3."
        raise InvalidClientName(mend, fields=[FieldProblem("name", problem, mend)])
    return name


def draw_key(random_hex: Callable[[int], str]) -> tuple[str, str, bytes]:
    """Draw a key; gives its full text, which is never stored, its prefix and its secret's hash."""
    prefix = random_hex(_PREFIX_BYTES)
    secret = random_hex(_SECRET_BYTES)
    return f"carnet_{prefix}_{secret}", prefix, hash_secret(secret.encode("ascii"))


def split_key(text: bytes) -> tuple[str, bytes] | None:
    """Give prefix and secret of a key's text, or None when it has not the form of a key."""
    match = _KEY.fullmatch(text)
    return None if match is None else (match[1].decode("ascii"), match[2])


def read_key(text: str) -> tuple[str, bytes]:
    """Give prefix and secret of a key's text; raises `InvalidKey`."""
    parts = split_key(text.encode())
    if parts is None:
        mend = "Give the text that `carnet keys create` printed."
        raise InvalidKey(mend, fields=[FieldProblem("key", "has not the form of a key", mend)])
    return parts


def hash_secret(secret: bytes) -> bytes:
    """Hash a secret as it is stored: SHA-256 of its text."""
    return hashlib.sha256(secret).digest()
