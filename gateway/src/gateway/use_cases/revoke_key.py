"""Taking a key back."""

from __future__ import annotations

from datetime import datetime

from chassis.database import Database, unit_of_work
from gateway.domain.api_keys import ApiKey, KeyNotFound
from gateway.store import api_keys


async def revoke_key(database: Database, *, prefix: str, at: datetime) -> ApiKey:
    """Revoke the key with this prefix for ever; doing it twice changes nothing.

    Raises:
        KeyNotFound: no key has this prefix.
    """
    async with unit_of_work(database) as tx:
        key = await api_keys.revoke(tx, prefix, at)
        if key is None:
            raise KeyNotFound(f"No key has the prefix {prefix}. `carnet keys list` shows them.")
        return key
