"""Giving a client a key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from chassis.database import Database, unit_of_work
from chassis.ids import new_uuid
from gateway.domain.api_keys import ApiKey, draw_key, read_client_name
from gateway.domain.scopes import read_scopes
from gateway.store import api_keys


async def create_key(
    database: Database, *, client: str, scopes: Iterable[str], at: datetime
) -> tuple[str, ApiKey]:
    """Store a new key, and give its text, which cannot be had again.

    A client may have several keys at once, so that it can change them without a gap.

    Raises:
        InvalidClientName, UnknownScope.
    """
    name, allowed = read_client_name(client), read_scopes(scopes)
    text, prefix, secret_hash = draw_key(secrets.token_hex)
    key = ApiKey(
        id=new_uuid(),
        client=name,
        prefix=prefix,
        secret_hash=secret_hash,
        scopes=frozenset(scope.value for scope in allowed),
        created_at=at,
        revoked_at=None,
    )
    async with unit_of_work(database) as tx:
        await api_keys.add(tx, key)
    return text, key
