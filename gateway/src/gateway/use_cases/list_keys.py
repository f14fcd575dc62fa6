"""Listing the keys that were ever given."""

from __future__ import annotations

from chassis.database import Database, snapshot
from gateway.domain.api_keys import ApiKey
from gateway.store import api_keys


async def list_keys(database: Database) -> list[ApiKey]:
    """Give every key, revoked ones too, oldest first."""
    async with snapshot(database) as connection:
        return await api_keys.all_keys(connection)
