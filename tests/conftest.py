"""The real parts that tests run on: PostgreSQL from its wheel, a Kafka broker, signing keys."""

import os
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from carnet.postgres import EmbeddedPostgres
from chassis.database import Database
from chassis.migrations import CREATE_CHASSIS_TABLES_V1, upgrade
from chassis.principal import new_key_pair
from deploy.kafka.broker import Broker, BrokerError

ROOT = Path(__file__).parent.parent
ROOM_BYTES = 2 * 1024**3
MIGRATIONS = {
    **{
        name: ROOT / "services" / name / "migrations"
        for name in ("customer", "orders", "complaints", "segmentation")
    },
    "gateway": ROOT / "gateway" / "migrations",
}

MakeUrl = Callable[[str], Awaitable[str]]
MakeDatabase = Callable[[str], Awaitable[Database]]

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Generator[EmbeddedPostgres]:
    """Give a PostgreSQL server that forgets everything with a power cut, and ends with the run.

    In memory where there is room: a database of its own per test then takes a tenth of the time.
    """
    with (
        TemporaryDirectory(prefix="carnet-tests-", dir=_memory()) as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server,
    ):
        yield server


def _memory() -> Path | None:
    """Give the folder that Linux keeps in memory, if it has room for the tests' databases."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has an unguessable name
    if not memory.is_dir() or shutil.disk_usage(memory).free < ROOM_BYTES:
        return None
    return memory


@pytest.fixture(scope="session")
def templates() -> set[str]:
    """Name the template databases that this run has migrated already."""
    return set()


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, templates: set[str]) -> AsyncGenerator[MakeUrl]:
    """Make fresh databases by the name of a service, of `chassis` (plumbing only) or `empty`."""
    administrator = await asyncpg.connect(postgres.superuser_url())
    made: list[str] = []

    async def make(service: str) -> str:
        template = f"template_{service}"
        if template not in templates:
            await administrator.execute(f'CREATE DATABASE "{template}"')
            await _prepare(service, postgres.superuser_url(template))
            templates.add(template)
        name = f"{service}_{next(_numbers)}"
        await administrator.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'
        )
        made.append(name)
        return postgres.superuser_url(name)

    yield make
    for name in made:
        await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await administrator.close()


async def _prepare(service: str, url: str) -> None:
    if service in MIGRATIONS:
        await upgrade(MIGRATIONS[service], url)
    elif service == "chassis":
        connection = await asyncpg.connect(url)
        for statement in CREATE_CHASSIS_TABLES_V1:
            await connection.execute(statement)
        await connection.close()
    elif service != "empty":
        raise ValueError(f"There is no service {service}.")


@pytest.fixture
async def make_database(database_url: MakeUrl) -> AsyncGenerator[MakeDatabase]:
    """Make fresh, migrated databases by the name of a service; closed after the test."""
    opened: list[Database] = []

    async def make(service: str) -> Database:
        database = Database.connect(await database_url(service))
        opened.append(database)
        return database

    yield make
    for database in opened:
        await database.close()


@pytest.fixture(scope="session")
def principal_keys() -> tuple[str, str]:
    """Give the (private, public) keys with which a gateway signs and services verify."""
    return new_key_pair()


@pytest.fixture(scope="session")
def kafka() -> Generator[str]:
    """Give `host:port` of a real broker: the one CARNET_KAFKA names, or one started here."""
    existing = os.environ.get("CARNET_KAFKA")
    if existing:
        yield existing
        return
    try:
        with Broker() as broker:
            yield broker.bootstrap
    except BrokerError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
