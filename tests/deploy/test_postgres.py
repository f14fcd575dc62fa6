"""The embedded PostgreSQL: a real server per test, at the edges where servers go wrong."""

import asyncio
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import asyncpg
import psutil
import pytest

from carnet.databases import create_database, create_role
from carnet.errors import CannotRun
from carnet.postgres import EmbeddedPostgres


async def _fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def _servers_over(directory: Path) -> list[int]:
    data = str(directory / "data")
    return [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "postgres" and process.info["cwd"] == data
    ]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Below a directory that only its owner may enter, as /root is."""
    tmp_path.chmod(0o700)
    return tmp_path / "postgres"


def test_it_starts_where_only_root_may_enter(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False) as postgres:
        version = asyncio.run(_fetch(postgres.superuser_url(), "SHOW server_version"))

    assert version == "18.4"


def test_a_database_sorts_by_code_point_and_folds_unicode(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False) as postgres:
        folded = asyncio.run(_fetch(postgres.superuser_url(), "SELECT lower('ÉÖŽ')"))
        sorts_first = asyncio.run(_fetch(postgres.superuser_url(), "SELECT 'Z' < 'a'"))

    assert folded == "éöž"
    assert sorts_first is True


def test_the_server_is_not_run_by_root(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False):
        (server, *_) = _servers_over(directory)
        owner = psutil.Process(server).uids().real

    assert owner != 0
    assert owner == os.geteuid() or pwd.getpwuid(owner).pw_name == "pgserver"


def test_the_password_is_readable_by_its_owner_alone(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False):
        password = directory / "password"

    assert password.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700


async def test_a_wrong_password_is_refused(directory: Path) -> None:
    with (
        EmbeddedPostgres(directory, durable=False) as postgres,
        pytest.raises(asyncpg.InvalidPasswordError),
    ):
        await _fetch(postgres.url("postgres", role="postgres", password="guess"), "SELECT 1")


async def test_a_role_enters_its_own_database_and_no_other(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False) as postgres:
        administrator = await asyncpg.connect(postgres.superuser_url())
        for name in ("orders", "customer"):
            await create_role(administrator, name, password="it's secret")
            await create_database(administrator, name, owner=name)
            await create_database(administrator, name, owner=name)
        await administrator.close()
        own = postgres.url("orders", role="orders", password="it's secret")
        other = postgres.url("customer", role="orders", password="it's secret")

        assert await _fetch(own, "SELECT current_user::text") == "orders"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _fetch(other, "SELECT 1")


def test_it_starts_again_over_the_same_data(directory: Path) -> None:
    postgres = EmbeddedPostgres(directory, durable=False)
    assert postgres.is_new
    with postgres:
        asyncio.run(_fetch(postgres.superuser_url(), "CREATE TABLE kept ()"))

    assert not postgres.is_new
    with postgres:
        kept = asyncio.run(_fetch(postgres.superuser_url(), "SELECT to_regclass('kept')::text"))

    assert kept == "kept"


def test_it_starts_again_after_a_crash_whose_process_number_now_belongs_to_another(
    directory: Path,
) -> None:
    with EmbeddedPostgres(directory, durable=False):
        pass
    (directory / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")

    with EmbeddedPostgres(directory, durable=False) as postgres:
        assert asyncio.run(_fetch(postgres.superuser_url(), "SELECT 1")) == 1


def test_killing_its_owner_leaves_nothing_behind(directory: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, directory], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    owner.stdout.readline()
    assert _servers_over(directory)

    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    until = time.monotonic() + 10
    while _servers_over(directory) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _servers_over(directory)


def test_it_starts_at_once_after_its_owner_was_killed(directory: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", _OWNER, directory], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    owner.stdout.readline()
    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    with EmbeddedPostgres(directory, durable=False) as postgres:
        assert asyncio.run(_fetch(postgres.superuser_url(), "SELECT 1")) == 1


def test_two_run_side_by_side(tmp_path: Path) -> None:
    with (
        EmbeddedPostgres(tmp_path / "one", durable=False) as one,
        EmbeddedPostgres(tmp_path / "two", durable=False) as two,
    ):
        assert one.port != two.port


def test_a_second_over_the_same_data_is_refused(directory: Path) -> None:
    with (
        EmbeddedPostgres(directory, durable=False),
        pytest.raises(CannotRun, match=r"already running\. Stop it with `carnet down`"),
    ):
        EmbeddedPostgres(directory, durable=False).start()


def test_a_taken_port_is_refused(directory: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotRun, match=rf"Port {port}.* not free"):
            EmbeddedPostgres(directory, port=port, durable=False).start()

    assert not _servers_over(directory)


def test_data_of_another_version_is_refused(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False):
        pass
    (directory / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(CannotRun, match="made by PostgreSQL 16, and this is PostgreSQL 18"):
        EmbeddedPostgres(directory, durable=False).start()


def test_a_broken_cluster_is_refused_with_what_the_server_said(directory: Path) -> None:
    with EmbeddedPostgres(directory, durable=False):
        pass
    (directory / "data" / "global" / "pg_control").unlink()

    with pytest.raises(CannotRun, match=r"PostgreSQL does not start: .*See .*log"):
        EmbeddedPostgres(directory, durable=False).start()


def test_a_directory_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CannotRun, match="cannot be written: Not a directory"):
        EmbeddedPostgres(tmp_path / "file" / "postgres", durable=False).start()


def test_a_half_made_cluster_is_made_anew(directory: Path) -> None:
    (directory / "data.unfinished").mkdir(parents=True)
    (directory / "data.unfinished" / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(directory, durable=False) as postgres:
        assert asyncio.run(_fetch(postgres.superuser_url(), "SELECT 1")) == 1


def test_it_is_started_on_the_main_thread_only(directory: Path) -> None:
    refused: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(directory, durable=False).start()
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "main thread" in str(refused[0])


_OWNER = """
import sys, time
from pathlib import Path
from carnet.postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
print("started", flush=True)
time.sleep(60)
"""
