"""Admitting a key that was drawn elsewhere, so that a process can be told it before it starts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chassis.database import Database, unit_of_work
from chassis.ids import new_uuid
from gateway.domain.api_keys import ApiKey, hash_secret, read_client_name, read_key
from gateway.domain.scopes import read_scopes
from gateway.store import api_keys


async def admit_key(
    database: Database, text: str, *, client: str, scopes: Iterable[str], at: datetime
) -> None:
    """Store a key by its text, unless its prefix is known; a revoked key stays revoked.

    Raises:
        InvalidKey, InvalidClientName, UnknownScope.
    """
    prefix, secret = read_key(text)
    key = ApiKey(
        id=new_uuid(),
        client=read_client_name(client),
        prefix=prefix,
        secret_hash=hash_secret(secret),
        scopes=frozenset(scope.value for scope in read_scopes(scopes)),
        created_at=at,
        revoked_at=None,
    )
    async with unit_of_work(database) as tx:
        await api_keys.add_unless_known(tx, key)
