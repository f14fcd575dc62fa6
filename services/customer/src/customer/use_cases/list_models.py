"""Listing the models that were trained on the house's own records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.store.models import KeptModel, list_models

if TYPE_CHECKING:
    from chassis.database import Database

_SHOWN = 100


async def list_fitted_models(database: Database) -> list[KeptModel]:
    """List the last hundred models, that fitted last first."""
    async with snapshot(database) as connection:
        return await list_models(connection, limit=_SHOWN)
