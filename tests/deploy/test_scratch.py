"""Scratch databases: migrated, empty, and gone when the command ends, however it ends."""

import asyncio
import os
import signal
from urllib.parse import urlsplit

import asyncpg
import pytest

from carnet.errors import CannotRun
from carnet.postgres import EmbeddedPostgres
from carnet.scratch import ScratchDatabases


def test_a_scratch_database_has_the_part_s_tables_and_is_dropped(
    postgres: EmbeddedPostgres,
) -> None:
    server = postgres.superuser_url()
    with ScratchDatabases().open("customer", server=server) as url:
        assert _count(url, "SELECT count(*) FROM source_records") == 0
        name = urlsplit(url).path.lstrip("/")

    assert _count(server, "SELECT count(*) FROM pg_database WHERE datname = $1", name) == 0


def test_a_scratch_database_is_dropped_when_the_command_is_ended(
    postgres: EmbeddedPostgres,
) -> None:
    server = postgres.superuser_url()
    names: list[str] = []

    def work() -> None:
        with ScratchDatabases().open("customer", server=server) as url:
            names.append(urlsplit(url).path.lstrip("/"))
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(SystemExit):
        work()

    assert _count(server, "SELECT count(*) FROM pg_database WHERE datname = $1", *names) == 0


def test_without_a_server_an_embedded_one_comes_and_goes() -> None:
    with ScratchDatabases().open("customer") as url:
        assert _count(url, "SELECT count(*) FROM customers") == 0

    with pytest.raises(OSError, match="Connect"):
        _count(url, "SELECT count(*) FROM customers")


def test_a_server_out_of_reach_is_told_in_one_line() -> None:
    with (
        pytest.raises(CannotRun, match="does not answer"),
        ScratchDatabases().open("customer", server="postgresql://nobody@127.0.0.1:1/postgres"),
    ):
        pass


def _count(url: str, query: str, *values: str) -> int:
    return int(_text(url, query, *values))


def _text(url: str, query: str, *values: str) -> str:
    async def ask() -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval(query, *values))
        finally:
            await connection.close()

    return asyncio.run(ask())
