"""Roles and databases on a PostgreSQL server: made when missing, left alone when there."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

import asyncpg

from carnet.errors import CannotRun

OLDEST_MAJOR = 15
_CONNECT_SECONDS = 5.0

Administrator: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def place_of(url: str) -> str:
    """The host and port of a URL, for a message: nothing secret; raises `CannotRun`."""
    try:
        address = urlsplit(url)
        if address.scheme in {"postgresql", "postgres"} and address.port != 0:
            return address.netloc.rpartition("@")[2] or "the local socket"
    except ValueError:
        pass
    raise CannotRun(
        "--database is not the URL of a PostgreSQL server",
        mend="Write it as postgresql://user:password@host:5432/postgres",
    )


def not_our_role(name: str, url: str) -> CannotRun:
    """Why a role that exists does not let us in."""
    return CannotRun(
        f"The role {name} on {place_of(url)} has a password that is not in this data directory",
        mend="Use the --data-dir that made the role, or drop the role and its database",
    )


async def role_exists(administrator: Administrator, name: str) -> bool:
    """Whether the server knows a role of that name, of whomever."""
    found = await administrator.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    return found is not None


async def create_role(administrator: Administrator, name: str, *, password: str) -> None:
    """Make a role that may log in and nothing else.

    The administrator becomes its member, because only a member may give it a database.
    """
    await _execute(administrator, "CREATE ROLE %I LOGIN PASSWORD %L", name, password)
    await _execute(administrator, "GRANT %I TO CURRENT_USER", name)


async def create_database(administrator: Administrator, name: str, *, owner: str) -> None:
    """Make a database that only its owner may enter, unless there is one of that name."""
    found = await administrator.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
    if found is not None:
        return
    for template in (
        "CREATE DATABASE %I OWNER %I ENCODING 'UTF8' TEMPLATE template0",
        "REVOKE ALL ON DATABASE %I FROM PUBLIC",
    ):
        await _execute(administrator, template, name, owner)


async def _execute(administrator: Administrator, template: str, *names: str) -> None:
    """Run a statement that takes no parameters; the server itself quotes names and values."""
    given = ", ".join(f"${number}::text" for number in range(2, len(names) + 2))
    statement = await administrator.fetchval(f"SELECT format($1, {given})", template, *names)
    await administrator.execute(statement)


async def create_empty_database(administrator: Administrator, name: str) -> None:
    """Make a database of the administrator's own."""
    await _execute(administrator, "CREATE DATABASE %I ENCODING 'UTF8' TEMPLATE template0", name)


async def drop_database(administrator: Administrator, name: str) -> None:
    """Drop a database with all that is in it, and whoever is still connected."""
    await _execute(administrator, "DROP DATABASE IF EXISTS %I WITH (FORCE)", name)


@contextlib.asynccontextmanager
async def administrator_of(server: str) -> AsyncGenerator[Administrator]:
    """Connect to a server that `server` may administer.

    Raises `CannotRun` when the server is out of reach, too old, or does not let us.
    """
    place = place_of(server)
    try:
        administrator = await asyncpg.connect(server, timeout=_CONNECT_SECONDS)
    except asyncpg.ClientConfigurationError as no:
        raise CannotRun(
            f"--database names no server: {no}", mend="Write postgresql://user:password@host:5432"
        ) from no
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as no:
        raise CannotRun(
            f"The PostgreSQL at {place} does not let us in: {no}",
            mend="Correct the user, password or database in --database",
        ) from no
    except (OSError, TimeoutError, asyncpg.PostgresError) as no:
        raise CannotRun(
            f"The PostgreSQL at {place} does not answer: {no or 'no answer in time'}",
            mend="Start it, or correct the address in --database",
        ) from no
    try:
        if administrator.get_server_version().major < OLDEST_MAJOR:
            raise CannotRun(
                f"The PostgreSQL at {place} is version {administrator.get_server_version().major}",
                mend=f"Use version {OLDEST_MAJOR} or later",
            )
        yield administrator
    except asyncpg.InsufficientPrivilegeError as no:
        raise CannotRun(
            f"The user in --database may not make roles and databases on {place}: {no}",
            mend="Give it CREATEROLE and CREATEDB",
        ) from no
    finally:
        await administrator.close()


async def provide(server: str, passwords: Mapping[str, str]) -> None:
    """Make each part's role and database on a server that `server` may administer.

    Raises `CannotRun` as `administrator_of` does.
    """
    async with administrator_of(server) as administrator:
        for name, password in passwords.items():
            if not await role_exists(administrator, name):
                await create_role(administrator, name, password=password)
            await create_database(administrator, name, owner=name)
