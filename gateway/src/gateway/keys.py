"""Keys for programs that are not asynchronous: the launcher and the command line."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from chassis.database import Database
from gateway.domain.api_keys import ApiKey, draw_key
from gateway.use_cases.admit_key import admit_key as admit_key_in
from gateway.use_cases.create_key import create_key as create_key_in
from gateway.use_cases.list_keys import list_keys as list_keys_in
from gateway.use_cases.revoke_key import revoke_key as revoke_key_in

T = TypeVar("T")


def create_key(database_url: str, name: str, scopes: Iterable[str]) -> str:
    """Give a client a key, and return its text, which is shown this once.

    Raises:
        InvalidClientName, UnknownScope.
    """
    text, _ = _run(
        database_url,
        lambda database: create_key_in(database, client=name, scopes=scopes, at=datetime.now(UTC)),
    )
    return text


def new_key_text() -> str:
    """Draw a key's text, to be admitted later."""
    text, _, _ = draw_key(secrets.token_hex)
    return text


def admit_key(database_url: str, text: str, name: str, scopes: Iterable[str]) -> None:
    """Store a key that was drawn before, unless it is known already.

    Raises:
        InvalidKey, InvalidClientName, UnknownScope.
    """
    _run(
        database_url,
        lambda database: admit_key_in(
            database, text, client=name, scopes=scopes, at=datetime.now(UTC)
        ),
    )


def list_keys(database_url: str) -> list[ApiKey]:
    """Give every key, revoked ones too."""
    return _run(database_url, list_keys_in)


def revoke_key(database_url: str, prefix: str) -> ApiKey:
    """Revoke a key by its prefix.

    Raises:
        KeyNotFound: no key has this prefix.
    """
    return _run(
        database_url,
        lambda database: revoke_key_in(database, prefix=prefix, at=datetime.now(UTC)),
    )


def _run(database_url: str, act: Callable[[Database], Awaitable[T]]) -> T:
    async def connected() -> T:
        database = Database.connect(database_url, pool_size=1)
        try:
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(connected())
