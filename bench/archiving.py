"""Putting a year away while orders are taken.

Orders of three years with lines, contacts, payments, a parcel and its events are made in the
database itself. Then tills go on selling while `carnet orders archive` detaches a year; while it
waits for a reader who began before it; and again after it was killed in that wait.
`ARCHIVING_ORDERS` names another number of orders.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import httpx
import uvloop

from bench.figures import Figure, percentile, report
from bench.growth import FILL, fill
from bench.order_intake import PATH, Door, an_order, prepare
from bench.posting import post_for
from carnet.postgres import EmbeddedPostgres
from orders.events import ORDER

ORDERS = int(os.environ.get("ARCHIVING_ORDERS", "1000000"))
QUIET, BUSY, KILLED = 2024, 2025, 2023
SECONDS = 20.0
READER_SECONDS = 12.0
CLIENTS = 8
CARNET = Path(sys.executable).with_name("carnet")
MORE = (
    """INSERT INTO messages (id, kind, about_id, order_id, happened_at, facts, state, tries,
        next_try_at, sent_at, recipient, language, template_version, subject, text, html)
    SELECT bench_id(n, 'm'), 'confirmed', bench_id(n, 'o'), bench_id(n, 'o'), bench_placed(n), '{}',
        'sent', 1, bench_placed(n), bench_placed(n), n || '@example.com', 'fr', 0, 'Votre commande',
        repeat(md5('t' || n), 10), repeat(md5('h' || n), 20)
    FROM generate_series($1::bigint, $2::bigint) AS n""",
    """INSERT INTO order_contacts (order_id, placed_at, contact)
    SELECT bench_id(n, 'o'), bench_placed(n),
        jsonb_build_object('name', 'Anna Nowak', 'email', n || '@example.com', 'language', 'fr')
    FROM generate_series($1::bigint, $2::bigint) AS n""",
    """INSERT INTO order_payments (order_id, position, placed_at, kind, method, reference,
        amount_minor, at, received_at)
    SELECT bench_id(n, 'o'), 1, bench_placed(n), 'captured', 'card', md5('r' || n), 9000,
        bench_placed(n), bench_placed(n)
    FROM generate_series($1::bigint, $2::bigint) AS n""",
    """INSERT INTO shipments (order_id, id, placed_at, shipped_at)
    SELECT bench_id(n, 'o'), bench_id(n, 's'), bench_placed(n), bench_placed(n)
    FROM generate_series($1::bigint, $2::bigint) AS n""",
    """INSERT INTO tracking_events (parcel_id, dedupe_key, placed_at, occurred_at, occurred_told,
        zone_source, received_at, status, location)
    SELECT bench_id(n, 'p'), decode(md5(n || '-' || step), 'hex'), bench_placed(n),
        bench_placed(n), '', 'told', bench_placed(n), 'in_transit', 'Paris'
    FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 3) AS step""",
)
CLOSE = """
UPDATE orders SET commercial = 'closed'
WHERE id < ((SELECT lpad(to_hex(extract(epoch FROM timestamptz '2026-01-01Z')::bigint * 1000), 12,
    '0')) || '70008000000000000000')::uuid
"""


A_YEARS = "SELECT id FROM orders WHERE tableoid = to_regclass($1) LIMIT 1"


def main() -> None:
    """Fill, then put three years away in three ways."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        _, doors = prepare(postgres, stack)
        url = postgres.superuser_url("orders")
        uvloop.run(fill(url, 0, ORDERS, years=3, statements=(*FILL, *MORE)))
        uvloop.run(close(url))
        print(carnet(url, "years").communicate()[0])
        known = uvloop.run(examples(url))
        figures = [Figure(f"size of {QUIET}, with its indexes", size(url, QUIET), "MB")]
        figures += measured(doors[0], "nothing else", lambda: None)
        with reader(url):
            figures += measured(
                doors[0], f"{KILLED} is begun, and killed while it waits", lambda: kill(url)
            )
        figures += measured(doors[0], f"{KILLED} is put away again", lambda: put_away(url, KILLED))
        figures += measured(doors[0], f"{QUIET} is put away", lambda: put_away(url, QUIET))
        with reader(url):
            figures += measured(
                doors[0],
                f"{BUSY} is put away, a reader there for {READER_SECONDS:.0f} s",
                lambda: put_away(url, BUSY),
            )
        print(carnet(url, "years").communicate()[0])
        uvloop.run(read_after(doors[0], known))
    report("archiving", figures)


def measured(door: Door, what: str, act: Callable[[], float | None]) -> list[Figure]:
    """Sell for a while, and act meanwhile; gives how long orders waited, and the act took."""

    async def both() -> tuple[list[float], float | None]:
        selling = asyncio.create_task(
            post_for(
                SECONDS,
                url=door.url,
                headers=door.headers(),
                clients=CLIENTS,
                request=lambda: (PATH, an_order()),
            )
        )
        await asyncio.sleep(1)
        took = await asyncio.to_thread(act)
        return await selling, took

    waits, took = uvloop.run(both())
    told = f"orders taken while {what}"
    figures = [
        Figure(told, len(waits) / SECONDS, "orders/s"),
        Figure(f"{told}, p99", 1000 * percentile(waits, 99), "ms"),
        Figure(f"{told}, the longest", 1000 * max(waits), "ms"),
    ]
    if took is not None:
        figures.append(Figure(f"until {what}", took, "s"))
    for figure in figures:
        print(f"{figure.figure}: {figure.value:,.1f} {figure.unit}", flush=True)
    return figures


def carnet(url: str, *arguments: str) -> subprocess.Popen[str]:
    """Begin a command about the database."""
    environment = os.environ | {"CARNET_ORDERS_DATABASE_URL": url}
    return subprocess.Popen(
        [CARNET, "orders", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def put_away(url: str, year: int) -> float:
    """Detach a year; gives the seconds, the command's start with them."""
    began = time.monotonic()
    process = carnet(url, "archive", "--yes", str(year))
    told, _ = process.communicate()
    print(told)
    if process.returncode:
        raise RuntimeError(told)
    return time.monotonic() - began


def kill(url: str) -> None:
    """Begin to detach a year, and kill the command while a reader holds it up."""
    process = carnet(url, "archive", "--yes", str(KILLED))
    time.sleep(READER_SECONDS / 2)
    process.kill()
    process.wait()


@contextmanager
def reader(url: str) -> Generator[None]:
    """Read in one transaction for a while, as a report does."""

    async def read() -> None:
        connection = await asyncpg.connect(url)
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetchval("SELECT count(*) FROM orders")
            await asyncio.sleep(READER_SECONDS)
        await connection.close()

    reading = threading.Thread(target=lambda: asyncio.run(read()))
    reading.start()
    time.sleep(2)
    try:
        yield
    finally:
        reading.join()


async def close(url: str) -> None:
    """End what was placed before this year."""
    connection = await asyncpg.connect(url)
    await connection.execute(CLOSE, timeout=3600)
    await connection.execute("VACUUM (ANALYZE)", timeout=3600)
    await connection.close()


def size(url: str, year: int) -> float:
    """Give a year's megabytes."""

    async def ask() -> float:
        connection = await asyncpg.connect(url)
        told = await connection.fetchval(
            """SELECT sum(pg_total_relation_size(oid)) FROM pg_class
            WHERE relkind = 'r' AND relname LIKE '%\\_' || $1""",
            str(year),
        )
        await connection.close()
        return float(told) / 1e6

    return uvloop.run(ask())


async def examples(url: str) -> dict[int, str]:
    """Give an order of each year."""
    connection = await asyncpg.connect(url)
    found = {
        year: ORDER.show(await connection.fetchval(A_YEARS, f"orders_{year}"))
        for year in (KILLED, QUIET, BUSY, BUSY + 1)
    }
    await connection.close()
    return found


async def read_after(door: Door, known: dict[int, str]) -> None:
    """Tell what is answered of an order of each year."""
    async with httpx.AsyncClient(base_url=door.url, headers=door.headers()) as client:
        for year, order_id in known.items():
            answer = await client.get(f"{PATH}/{order_id}")
            print(f"an order of {year}: {answer.status_code}")


if __name__ == "__main__":
    main()
