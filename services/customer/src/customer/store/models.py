"""Linkage models as they are kept: every version for ever, one of them in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import text

from customer.domain.linkage.model import DEFAULT_MODEL, LinkageModel

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_RETIRE = "UPDATE identity_models SET active = false WHERE active"
_SAVE = """
INSERT INTO identity_models (version, fitted_at, fitted_on, parameters, active)
VALUES (:version, :at, :on, CAST(:parameters AS jsonb), true)
ON CONFLICT (version) DO UPDATE SET active = true
"""
_ACTIVE = "SELECT parameters FROM identity_models WHERE active"
_ACTIVE_VERSION = "SELECT version FROM identity_models WHERE active"
_LIST = """
SELECT version, fitted_at, fitted_on, active FROM identity_models
ORDER BY fitted_at DESC, version LIMIT :bound
"""
# What the planner knows is near enough for a logarithm, and costs nothing.
_SIZE = "SELECT reltuples FROM pg_class WHERE oid = 'source_records'::regclass"


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that was fitted once."""

    version: str
    fitted_at: datetime
    fitted_on: str
    active: bool


async def save_model(tx: Transaction, model: LinkageModel, *, at: datetime, on: str) -> None:
    """Keep a model and put it in force; `on` says what it was fitted on."""
    await tx.execute(text(_RETIRE))
    parameters = orjson.dumps(model.to_json()).decode()
    values = {"version": model.version, "at": at, "on": on, "parameters": parameters}
    await tx.execute(text(_SAVE), values)


async def active_model(connection: AsyncConnection) -> LinkageModel:
    """Give the model in force: the house's own, or the one that comes with the product."""
    parameters: dict[str, Any] | None = (await connection.execute(text(_ACTIVE))).scalar()
    return DEFAULT_MODEL if parameters is None else LinkageModel.from_json(parameters)


async def active_version(connection: AsyncConnection) -> str | None:
    """Name the model in force; None while it is the one that comes with the product."""
    return (await connection.execute(text(_ACTIVE_VERSION))).scalar()


async def list_models(connection: AsyncConnection, *, limit: int) -> list[KeptModel]:
    """List the models that were kept, that fitted last first."""
    rows = (await connection.execute(text(_LIST), {"bound": limit})).mappings()
    return [KeptModel(**row) for row in rows]


async def base_size(connection: AsyncConnection) -> int:
    """Estimate how many source records there are, as the planner does; at least 0."""
    return max(0, int(await connection.scalar(text(_SIZE)) or 0))
