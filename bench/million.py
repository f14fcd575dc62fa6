"""A database of a million invented customers, made once and kept for all benchmarks of that size.

Every table holds what the service would have written: keys, traits and identifiers come from its
own domain. Only the way in is another: two processes COPY into tables without indexes.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import asyncpg

from bench.people import Invented, people
from carnet.postgres import EmbeddedPostgres
from chassis.global_ids import new_global_id
from chassis.migrations import upgrade
from customer import domain, store
from customer.domain.claims import Normalised, RecordKey
from customer.domain.emails import read_email
from customer.domain.identifiers import IdentifierKind
from customer.domain.linkage.blocking import blocking_keys
from customer.domain.linkage.traits import pack, traits_of
from customer.domain.search_keys import search_keys_of
from customer.settings import MIGRATIONS
from customer.store.records_json import normalised_json

DATABASE = "customers"
_SCHEME = 2
"""Counted up when the same people are written otherwise."""

CHUNK = 10_000
"""So many people are invented from one seed, `{seed} {number of the first}`."""

_PROCESSES = 2
_TABLES = {
    "customers": "id brand legal_entity home_region version created_at updated_at",
    "source_records": "id source external_id customer_id channel country language brand "
    "legal_entity home_region raw normalised flags matched_on content_hash version observed_at "
    "created_at updated_at",
    "identifiers": "kind value source_record_id",
    "search_keys": "kind key source_record_id",
    "record_traits": "source_record_id traits keys",
    "blocking_keys": "key source_record_id",
}
_SOURCES = ("till-paris", "till-tokyo", "webshop", "call-centre", "crm")
_CHANNELS = ("shop", "shop", "web", "phone", "shop")
_FIRST = datetime(2023, 1, 1, tzinfo=UTC)
_APART = timedelta(seconds=90)


@contextmanager
def customers(count: int = 1_000_000, seed: int = 7) -> Generator[EmbeddedPostgres]:
    """Run a PostgreSQL whose database `customers` has so many; the first time takes minutes.

    The cluster is kept in the machine's temporary folder under a name of its parameters and of
    the code that its content depends on. A benchmark that writes copies it with `copied`.
    """
    folder = _folder(count, seed)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one benchmark at a time, for they share the machine
        if not (folder / "ready").exists():
            shutil.rmtree(folder / "postgres", ignore_errors=True)
            with EmbeddedPostgres(folder / "postgres", durable=False) as server:
                found = asyncio.run(_make(server, count, seed))
            (folder / "ready").write_text(json.dumps(found, indent=2))
        with EmbeddedPostgres(folder / "postgres") as server:
            asyncio.run(upgrade(MIGRATIONS, server.superuser_url(DATABASE)))
            yield server


def made(server: EmbeddedPostgres) -> dict[str, float]:
    """Tell how long the database took to make, and how many rows and bytes its tables have."""
    return json.loads((server.log_file.parent.parent / "ready").read_text())


@contextmanager
def copied(server: EmbeddedPostgres, name: str = "scratch") -> Generator[str]:
    """Give the URL of a copy of the database, to write into; dropped afterwards."""
    asyncio.run(
        _execute(server, f'CREATE DATABASE "{name}" TEMPLATE {DATABASE} STRATEGY FILE_COPY')
    )
    try:
        yield server.superuser_url(name)
    finally:
        asyncio.run(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


def _folder(count: int, seed: int) -> Path:
    code = hashlib.blake2b(digest_size=6)
    here = Path(__file__).parent
    root = Path(domain.__file__).parent
    tables = Path(store.__file__).parent / "tables"
    sources = [here / "cultures.json", here / "people.py", root / "search_keys.py"]
    sources += [root / "linkage" / name for name in ("traits.py", "blocking.py")]
    for source in [*sources, tables / "book.py", tables / "linkage.py"]:
        code.update(source.read_bytes())
    name = f"carnet-bench-customers-{count}-{seed}-{_SCHEME}-{code.hexdigest()}"
    return Path(tempfile.gettempdir()) / name


async def _execute(server: EmbeddedPostgres, statement: str) -> None:
    connection = await asyncpg.connect(server.superuser_url())
    await connection.execute(statement)
    await connection.close()


async def _make(server: EmbeddedPostgres, count: int, seed: int) -> dict[str, float]:
    began = time.perf_counter()
    await _execute(server, f"CREATE DATABASE {DATABASE}")
    url = server.superuser_url(DATABASE)
    await upgrade(MIGRATIONS, url)
    connection = await asyncpg.connect(url)
    again = await _drop_indexes(connection)
    program = (sys.executable, "-m", "bench.million", url, str(count), str(seed))
    filling = [
        await asyncio.create_subprocess_exec(*program, str(share)) for share in range(_PROCESSES)
    ]
    if any(await asyncio.gather(*(process.wait() for process in filling))):
        raise RuntimeError("The database could not be filled.")
    filled = time.perf_counter()
    await connection.execute("SET maintenance_work_mem = '512MB'")
    for statement in again:
        await connection.execute(statement)
    await connection.execute("VACUUM ANALYZE")
    sizes: dict[str, float] = {}
    for table in _TABLES:
        sizes[f"{table}, rows"] = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        size = await connection.fetchval("SELECT pg_total_relation_size($1::regclass)", table)
        sizes[f"{table}, MB"] = round(size / 1e6, 1)
    await connection.close()
    seconds = {"filled, s": filled - began, "indexed, s": time.perf_counter() - filled}
    return {**{name: round(value, 1) for name, value in seconds.items()}, **sizes}


async def _drop_indexes(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """Take what slows a COPY off the tables; gives the statements that put it back."""
    rows = await connection.fetch(
        """SELECT c.conrelid::regclass AS table, c.conname AS name, c.contype AS type,
                  pg_get_constraintdef(c.oid) AS definition
           FROM pg_constraint c
           WHERE c.contype = 'f' AND (c.conrelid::regclass::text = ANY($1)
                                      OR c.confrelid::regclass::text = ANY($1))
              OR c.contype IN ('p', 'u') AND c.conrelid::regclass::text = ANY($1)
           ORDER BY c.contype <> 'f', c.conname""",
        list(_TABLES),
    )
    indexes = await connection.fetch(
        """SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
           FROM pg_index WHERE indrelid::regclass::text = ANY($1)
           AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)""",
        list(_TABLES),
    )
    for row in rows:
        await connection.execute(f'ALTER TABLE {row["table"]} DROP CONSTRAINT "{row["name"]}"')
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    constraints = [
        f'ALTER TABLE {row["table"]} ADD CONSTRAINT "{row["name"]}" {row["definition"]}'
        + (" NOT VALID" if row["type"] == b"f" else "")
        for row in reversed(rows)
    ]
    return [*constraints, *(row["definition"] for row in indexes)]


async def _fill(url: str, count: int, seed: int, share: int) -> None:
    connection = await asyncpg.connect(url)
    for first in range(share * CHUNK, count, _PROCESSES * CHUNK):
        rows = _rows(seed, first, min(CHUNK, count - first))
        for table, columns in _TABLES.items():
            lines = "\n".join(rows[table]) + "\n"
            await connection.copy_to_table(
                table, source=BytesIO(lines.encode()), columns=columns.split()
            )
    await connection.close()


def _rows(seed: int, first: int, count: int) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {table: [] for table in _TABLES}
    rng = random.Random(f"ids {seed} {first}")
    for place, person in enumerate(people(f"{seed} {first}", count), start=first):
        at = _FIRST + place * _APART
        _add_customer(rows, rng, place, at, person)
    return rows


def _add_customer(
    rows: dict[str, list[str]], rng: random.Random, place: int, at: datetime, person: Invented
) -> None:
    customer_id = new_global_id(rng.getrandbits)
    milliseconds = int(at.timestamp() * 1000)
    drawn = milliseconds << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62
    record_id = uuid.UUID(int=drawn | rng.getrandbits(62))
    told = person.normalised
    source = place % len(_SOURCES)
    key = RecordKey(_SOURCES[source], f"{_SOURCES[source][:3].upper()}-{place}")
    traits = traits_of(told)
    blocks = blocking_keys(traits)
    written = _json(normalised_json(told))
    house = "house\thouse\thouse"
    rows["customers"].append(f"{customer_id}\t{house}\t1\t{at}\t{at}")
    rows["source_records"].append(
        f"{record_id}\t{key.source}\t{key.external_id}\t{customer_id}\t{_CHANNELS[source]}"
        f"\t{person.country}\t{person.language}\t{house}\t{written}\t{written}\t[]\t{{}}"
        f"\t\\\\x{place:064x}\t1\t{at}\t{at}\t{at}"
    )
    rows["record_traits"].append(
        f"{record_id}\t{_escaped(pack(traits))}\t{{{','.join(map(str, blocks))}}}"
    )
    rows["blocking_keys"] += [f"{block}\t{record_id}" for block in blocks]
    rows["search_keys"] += [f"{k}\t{text}\t{record_id}" for k, text in search_keys_of(told, key)]
    rows["identifiers"] += [f"{k}\t{value}\t{record_id}" for k, value in _identifiers(told)]


def _identifiers(told: Normalised) -> list[tuple[IdentifierKind, str]]:
    """Give what reading the claim gives, without parsing numbers that are right by construction."""
    emails = (
        email if "gmail" not in email else read_email(email).compared for email in told.emails
    )
    return [
        *((IdentifierKind.EMAIL, email) for email in emails),
        *((IdentifierKind.PHONE, phone) for phone in told.phones),
        *((IdentifierKind.CARD, card) for card in told.cards),
    ]


def _json(value: object) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


if __name__ == "__main__":
    asyncio.run(_fill(sys.argv[1], *map(int, sys.argv[2:])))
