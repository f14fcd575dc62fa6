"""Keys: given, listed and revoked, by use case, by the launcher and on the command line."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from chassis.migrations import differences
from gateway import keys as key_book
from gateway.cli import keys
from gateway.domain.api_keys import InvalidClientName, KeyNotFound, split_key
from gateway.domain.scopes import Scope, UnknownScope
from gateway.settings import MIGRATIONS
from gateway.store.tables import METADATA
from gateway.use_cases.create_key import create_key
from gateway.use_cases.list_keys import list_keys
from gateway.use_cases.revoke_key import revoke_key
from tests.conftest import MakeDatabase, MakeUrl

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_the_migrations_equal_the_tables(database_url: MakeUrl) -> None:
    assert await differences(await database_url("gateway"), METADATA) == []
    assert MIGRATIONS.is_dir()


async def test_a_key_is_stored_as_a_hash_of_160_random_bits(
    make_database: MakeDatabase, database_url: MakeUrl
) -> None:
    database = await make_database("gateway")

    text, key = await create_key(database, client="till", scopes=["orders:write"], at=NOW)

    pieces = split_key(text.encode())
    assert pieces is not None
    prefix, secret = pieces
    assert key.prefix == prefix
    assert len(bytes.fromhex(secret.decode())) == 20
    [stored] = await list_keys(database)
    assert stored == key
    assert stored.secret_hash == hashlib.sha256(secret).digest()


async def test_an_unknown_scope_is_refused_by_name_with_the_list_of_those_there_are(
    make_database: MakeDatabase,
) -> None:
    database = await make_database("gateway")

    with pytest.raises(UnknownScope) as refused:
        await create_key(database, client="till", scopes=["orders:write", "order:write"], at=NOW)

    assert "order:write" in refused.value.detail
    for scope in Scope:
        assert scope in refused.value.fields[0].mend
    with pytest.raises(UnknownScope):
        await create_key(database, client="till", scopes=[], at=NOW)
    assert await list_keys(database) == []


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81])
async def test_a_client_has_a_name_that_can_be_printed(
    make_database: MakeDatabase, name: str
) -> None:
    database = await make_database("gateway")

    with pytest.raises(InvalidClientName):
        await create_key(database, client=name, scopes=["orders:write"], at=NOW)


async def test_a_key_is_revoked_for_ever_and_its_row_stays(make_database: MakeDatabase) -> None:
    database = await make_database("gateway")
    _, key = await create_key(database, client="till", scopes=["orders:write"], at=NOW)

    await revoke_key(database, prefix=key.prefix, at=NOW)
    again = await revoke_key(database, prefix=key.prefix, at=LATER)

    assert again.revoked_at == NOW
    assert [stored.revoked_at for stored in await list_keys(database)] == [NOW]
    with pytest.raises(KeyNotFound):
        await revoke_key(database, prefix="00000000", at=NOW)


async def test_the_launcher_makes_keys_without_a_loop_of_its_own(database_url: MakeUrl) -> None:
    url = await database_url("gateway")

    text = await asyncio.to_thread(key_book.create_key, url, "demo till", ["orders:write"])

    assert split_key(text.encode()) is not None


async def test_the_commands_give_list_and_revoke(database_url: MakeUrl) -> None:
    url = await database_url("gateway")

    created = await run("create", "--name", "till", "--scopes", "orders:read,orders:write", url=url)
    key = json.loads(created)["key"]
    prefix = key.split("_")[1]
    listed = json.loads(await run("list", url=url))
    revoked = json.loads(await run("revoke", prefix, url=url))

    assert json.loads(created) == {"client": "till", "key": key}
    assert [(one["prefix"], one["client"]) for one in listed] == [(prefix, "till")]
    assert listed[0]["scopes"] == ["orders:read", "orders:write"]
    assert listed[0]["revoked_at"] is None
    assert revoked["revoked_at"] is not None
    secret = key.split("_")[2]
    assert secret not in json.dumps(listed) + json.dumps(revoked)
    connection = await asyncpg.connect(url)
    assert secret not in str(await connection.fetch("SELECT * FROM api_keys"))
    await connection.close()


async def test_the_commands_speak_to_people_too(database_url: MakeUrl) -> None:
    url = await database_url("gateway")

    key = (
        await run("create", "--name", "t", "--scopes", "orders:read", url=url, json=False)
    ).strip()
    prefix = key.split("_")[1]

    assert split_key(key.encode()) is not None
    assert prefix in await run("list", url=url, json=False)
    assert "revoked" in await run("revoke", prefix, url=url, json=False)


async def test_what_cannot_be_done_is_one_line_and_exit_code_1(
    database_url: MakeUrl, tmp_path: Path
) -> None:
    url = await database_url("gateway")

    unknown = await run("create", "--name", "t", "--scopes", "x:y", url=url, fails=True)
    nothing = await run("revoke", "00000000", url=url, fails=True)
    nowhere = await run("list", "--data-dir", str(tmp_path), fails=True)
    no_address = await run("list", url="nonsense", fails=True)
    closed = await run("list", url="postgresql://u:p@127.0.0.1:1/gateway", fails=True)

    assert "x:y" in unknown
    assert "customers:read" in unknown
    assert "00000000" in nothing
    assert "carnet up" in nowhere
    assert "--database-url" in no_address
    assert "--database-url" in closed
    for said in (unknown, nothing, nowhere, no_address, closed):
        assert said.count("\n") == 1


async def test_the_database_of_a_running_suite_is_found_in_its_data_directory(
    database_url: MakeUrl, tmp_path: Path
) -> None:
    url = await database_url("gateway")
    told = {"environment": {"CARNET_GATEWAY_DATABASE_URL": url}}
    (tmp_path / "running.json").write_text(json.dumps(told))

    said = await run("list", "--data-dir", str(tmp_path))

    assert json.loads(said) == []


async def run(
    *arguments: str, url: str | None = None, json: bool = True, fails: bool = False
) -> str:
    """Run a command as the launcher mounts it; gives what it said."""
    environment = {"CARNET_GATEWAY_DATABASE_URL": url, "COLUMNS": "200"}
    line = [*arguments, *(["--json"] if json else [])]
    result = await asyncio.to_thread(CliRunner().invoke, keys, line, env=environment)
    assert result.exit_code == int(fails), result.output
    return result.stderr if fails else result.stdout
