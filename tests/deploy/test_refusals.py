"""What keeps the suite from starting: one line that says what is wrong and how to mend it."""

import asyncio
import secrets
import socket
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from carnet.data_directory import DataDirectory
from carnet.keyring import open_keyring
from carnet.postgres import EmbeddedPostgres
from tests.deploy.running import Suite, new_suite, within


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    return new_suite(tmp_path)


def _refusal(suite: Suite, *options: str) -> str:
    """The one line it ends with; nothing is left running."""
    done = suite.up(*options)
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert within(5, lambda: suite.left_running() == [])
    [line] = done.stderr.splitlines()
    return line


def test_a_taken_port(suite: Suite) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", suite.port))
        taken.listen()

        assert _refusal(suite) == (
            f"carnet: Port {suite.port} is taken by another program. "
            "Stop that program, or choose another --port."
        )


def test_data_of_another_version_of_postgresql(suite: Suite) -> None:
    open_keyring(DataDirectory(_made(suite.data_dir)))
    data = suite.data_dir / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    (suite.data_dir / "postgres" / "password").write_text("secret")

    assert f"{data} was made by PostgreSQL 16, and this is PostgreSQL 18." in _refusal(suite)


def test_a_directory_of_others(suite: Suite) -> None:
    (_made(suite.data_dir) / "thesis.txt").write_text("mine")

    assert _refusal(suite) == (
        f"carnet: {suite.data_dir} holds other files. "
        "Choose an empty or new directory as --data-dir."
    )
    assert [file.name for file in suite.data_dir.iterdir()] == ["thesis.txt"]


def test_a_server_that_is_no_url(suite: Suite) -> None:
    assert "Write it as postgresql://" in _refusal(
        suite, "--database", "postgresql://u:p@127.0.0.1:notaport/x"
    )


def test_a_failed_start_does_not_bind_the_directory_to_its_server(suite: Suite) -> None:
    _refusal(suite, "--database", "postgresql://u:p@127.0.0.1:1/postgres")

    assert "127.0.0.1:2 " in _refusal(suite, "--database", "postgresql://u:p@127.0.0.1:2/postgres")


def test_data_whose_keys_are_missing(suite: Suite) -> None:
    _made(suite.data_dir / "postgres")

    assert "its keys in keyring.json are missing. Restore" in _refusal(suite)


def test_data_whose_databases_are_on_another_server(suite: Suite) -> None:
    directory = DataDirectory(_made(suite.data_dir))
    open_keyring(directory)
    directory.keep_to_server("db.example:5432")

    assert _refusal(suite) == (
        f"carnet: The databases of {suite.data_dir} are not the embedded ones but at "
        "db.example:5432. Name db.example:5432 in --database, or choose another --data-dir."
    )


@pytest.mark.slow
def test_a_kafka_that_does_not_answer(suite: Suite) -> None:
    line = _refusal(suite, "--bus", "kafka://127.0.0.1:1")

    assert "127.0.0.1:1 does not answer" in line
    assert "Start it, correct the address in --bus, or leave --bus out." in line


@pytest.mark.slow
def test_a_bus_of_no_kind(suite: Suite) -> None:
    assert _refusal(suite, "--bus", "amqp://here") == (
        "carnet: No event bus is at 'amqp://here'. Write --bus kafka://host:port."
    )


@pytest.mark.slow
def test_a_database_that_does_not_answer(suite: Suite) -> None:
    line = _refusal(suite, "--database", "postgresql://admin@127.0.0.1:1/postgres")

    assert "The PostgreSQL at 127.0.0.1:1 does not answer" in line
    assert "correct the address in --database." in line


@pytest.mark.slow
def test_a_database_that_does_not_let_us_in(suite: Suite, postgres: EmbeddedPostgres) -> None:
    url = postgres.url("postgres", role="postgres", password="guess")

    assert "does not let us in: password authentication failed" in _refusal(
        suite, "--database", url
    )


@pytest.mark.slow
def test_a_user_who_may_not_make_databases(suite: Suite, postgres: EmbeddedPostgres) -> None:
    role = f"clerk_{secrets.token_hex(4)}"
    asyncio.run(_execute(postgres.superuser_url(), f"CREATE ROLE {role} LOGIN PASSWORD 'clerk'"))

    line = _refusal(suite, "--database", postgres.url("postgres", role=role, password="clerk"))

    assert "may not make roles and databases" in line
    assert "Give it CREATEROLE and CREATEDB." in line


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_roles_that_another_data_directory_made(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "server", durable=False) as server:
        first, second = new_suite(tmp_path / "first"), new_suite(tmp_path / "second")
        started = first.up("--no-demo", "--database", server.superuser_url())
        try:
            assert started.returncode == 0, started.stderr
            assert not (first.data_dir / "postgres").exists()
        finally:
            first.down()
        line = _refusal(second, "--no-demo", "--database", server.superuser_url())

    place = urlsplit(server.superuser_url()).netloc.rpartition("@")[2]
    assert f"on {place} has a password that is not in this data directory" in line


@pytest.mark.slow
def test_data_of_a_later_carnet(suite: Suite) -> None:
    open_keyring(DataDirectory(_made(suite.data_dir)))
    assert suite.carnet("migrate", "orders").returncode == 0
    keyring = open_keyring(DataDirectory(suite.data_dir))
    with EmbeddedPostgres(suite.data_dir / "postgres") as postgres:
        url = postgres.url("orders", role="orders", password=keyring.passwords["orders"])
        asyncio.run(_execute(url, "UPDATE alembic_version SET version_num = '9999'"))

    done = suite.carnet("migrate", "orders")

    assert done.returncode == 1
    assert "does not fit this version of Carnet" in done.stderr
    assert len(done.stderr.splitlines()) == 1


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory
