"""Alembic for every service: upgrade to the head, and prove that migrations equal the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.tables import CREATE_CHASSIS_TABLES_V1

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import MetaData
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["CREATE_CHASSIS_TABLES_V1", "differences", "run_env", "upgrade"]

_MIGRATION_LOCK = 4_242_001
_PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"


async def upgrade(directory: Path, url: str) -> None:
    """Bring the database to the newest version; two that start at once wait for each other."""
    config = _config(directory)
    head = ScriptDirectory.from_config(config).get_current_head()

    def run(connection: Connection) -> None:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = _engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


async def differences(url: str, metadata: MetaData) -> list[str]:
    """Name each difference between the migrated database and the tables; empty when they agree.

    Partitions are parts of their tables and not compared.
    """
    engine = _engine(url)

    def compare(connection: Connection) -> list[str]:
        partitions = set(connection.scalars(text(_PARTITIONS)))

        def is_no_partition(name: str | None, kind: str, _parents: object) -> bool:
            return kind != "table" or name not in partitions

        migration = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": False,
                "include_name": is_no_partition,
            },
        )
        return [repr(difference) for difference in compare_metadata(migration, metadata)]

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


def run_env(metadata: MetaData) -> None:
    """Run the migrations on the connection that `upgrade` gives; called by each `env.py`."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=False
    )
    with context.begin_transaction():
        context.run_migrations()


def _config(directory: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(directory).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _engine(url: str) -> AsyncEngine:
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), poolclass=pool.NullPool
    )
