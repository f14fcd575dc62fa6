"""An order's page and a customer's list while the house grows.

Orders of ten years, ten to a customer, two lines and a parcel each, are made in the database
itself: 100 thousand, 1 and 10 million. Then the service answers over HTTP, one request after the
other, for orders and customers drawn at random. The plans of what it asks are written to
docs/plans-of-orders.md. `GROWTH_SIZES` names other sizes.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import httpx
import uvloop

from bench.figures import Figure, percentile, report
from bench.order_intake import prepare
from carnet.postgres import EmbeddedPostgres
from chassis.global_ids import new_global_id, show_global_id
from orders.events import ORDER

SIZES = tuple(
    int(size) for size in os.environ.get("GROWTH_SIZES", "100000 1000000 10000000").split()
)
TO_A_CUSTOMER = 10
ASKED = 1_500
CLIENTS = 1
BOUND_MS = 20.0
YEAR_SECONDS = 31_536_000
PLANS = Path(__file__).parents[1] / "docs" / "plans-of-orders.md"

SETTINGS = (
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET max_wal_size = '16GB'",
    "ALTER SYSTEM SET checkpoint_timeout = '1h'",
    "SELECT pg_reload_conf()",
)
FUNCTIONS = """
CREATE UNLOGGED TABLE bench_customers (number integer PRIMARY KEY, id text NOT NULL);
CREATE FUNCTION bench_placed(n bigint) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS
$$ SELECT timestamptz '2026-11-01Z' - (n * 7919 % {seconds}) * interval '1 second' $$;
CREATE FUNCTION bench_id(n bigint, kind text) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$ SELECT (lpad(to_hex((extract(epoch FROM bench_placed(n)) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid $$;
"""
FILL = (
    """INSERT INTO orders (id, source, external_ref, client_id, customer_id, told_customer_id,
        channel, country, brand, legal_entity, home_region, currency, shipping_minor,
        prices_include_tax, total_minor, placed_at, time_zone, placed_on, received_at, taken_away,
        commercial, version)
    SELECT bench_id(n, 'o'), 'web', 'B-' || n, 'bench', customer.id, customer.id, 'web', 'FR',
        'house', 'house', 'EU', 'EUR', 0, false, 9000, bench_placed(n), 'Europe/Paris',
        bench_placed(n)::date, bench_placed(n), false, 'confirmed', 2
    FROM generate_series($1::bigint, $2::bigint) AS n
    JOIN bench_customers AS customer ON customer.number = n / 10""",
    """INSERT INTO order_lines (order_id, line_no, placed_at, sku, category, quantity,
        unit_price_minor, discount_minor, tax_minor, total_minor, is_gift)
    SELECT bench_id(n, 'o'), line_no, bench_placed(n), 'SKU-' || n % 5000, 'scarves', 1, 4500, 0, 0,
        4500, false
    FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 2) AS line_no""",
    """INSERT INTO order_references (source, external_ref, order_id, body_hash, client_id,
        customer_is_pending)
    SELECT 'web', 'B-' || n, bench_id(n, 'o'), '\\x00', 'bench', false
    FROM generate_series($1::bigint, $2::bigint) AS n""",
    """INSERT INTO shipment_lines (order_id, shipment_id, position, parcel_id, placed_at, line_no,
        quantity)
    SELECT bench_id(n, 'o'), bench_id(n, 's'), line_no, bench_id(n, 'p'), bench_placed(n), line_no,
        1
    FROM generate_series($1::bigint, $2::bigint) AS n, generate_series(1, 2) AS line_no""",
    """INSERT INTO parcels (id, shipment_id, order_id, placed_at, carrier, tracking_number, token,
        holds_rest, status, is_disputed, registered_at, version)
    SELECT bench_id(n, 'p'), bench_id(n, 's'), bench_id(n, 'o'), bench_placed(n), 'laposte',
        '8V' || n, md5('t' || n), false, 'in_transit', false, bench_placed(n), 2
    FROM generate_series($1::bigint, $2::bigint) AS n""",
)
"""What a house has of an order; each takes the first and the last number."""

ASKED_OF = {
    "an order's head": "SELECT * FROM orders WHERE id = $1",
    "its lines": "SELECT * FROM order_lines WHERE order_id = $1 ORDER BY order_id, line_no",
    "its packings": "SELECT * FROM shipment_lines WHERE order_id = $1",
    "its parcels": "SELECT * FROM parcels WHERE order_id = $1 ORDER BY id",
    "a customer's latest orders": """SELECT placed_at, id FROM orders WHERE customer_id = $1
        ORDER BY placed_at DESC, id DESC LIMIT 21""",
}


def main() -> None:
    """Fill, ask and explain at each size."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        _, doors = prepare(postgres, stack)
        door = doors[0]
        figures: list[Figure] = []
        plans = [
            "# Plans of what the orders service asks\n",
            "`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF)` of each question, by `bench/growth.py`.\n",
        ]
        url = postgres.superuser_url("orders")
        filled = 0
        for size in SIZES:
            uvloop.run(fill(url, filled, size))
            filled = size
            figures += uvloop.run(ask(door.url, door.headers, url, size))
            plans.append(f"\n## {size:,} orders\n")
            plans += uvloop.run(explain(url, size))
            PLANS.write_text("\n".join(plans) + "\n")
            report("growth", figures)


async def fill(
    url: str, first: int, last: int, *, years: int = 10, statements: Sequence[str] = FILL
) -> None:
    """Make the orders numbered above `first` up to `last`, placed in so many years."""
    one = await asyncpg.connect(url)
    if first == 0:
        for statement in SETTINGS:
            await one.execute(statement)
        await one.execute(FUNCTIONS.format(seconds=years * YEAR_SECONDS))
    customers = range(first // TO_A_CUSTOMER + bool(first), last // TO_A_CUSTOMER + 1)
    await one.copy_records_to_table(
        "bench_customers", records=[(number, new_global_id()) for number in customers]
    )
    await one.execute("ANALYZE bench_customers")
    began = time.monotonic()
    step = max(1, min(500_000, (last - first) // 4))
    parts = [(start + 1, min(start + step, last)) for start in range(first, last, step)]

    async def take() -> None:
        connection = await asyncpg.connect(url)
        while parts:
            part = parts.pop()
            for statement in statements:
                await connection.execute(statement, *part, timeout=3600)
        await connection.close()

    await asyncio.gather(take(), take())
    await one.execute("VACUUM (ANALYZE)", timeout=3600)
    await one.close()
    print(f"{last:,} orders after {time.monotonic() - began:.0f} s more.")


async def ask(
    service: str, headers: Callable[[], dict[str, str]], url: str, size: int
) -> list[Figure]:
    """Ask for orders and lists drawn at random; gives the slowest answers."""
    connection = await asyncpg.connect(url)
    numbers = random.Random(size).sample(range(1, size + 1), ASKED)
    rows = await connection.fetch(
        "SELECT bench_id(n, 'o') AS id FROM unnest($1::bigint[]) AS n", numbers
    )
    owners = await connection.fetch(
        "SELECT id FROM bench_customers WHERE number = ANY($1::integer[])",
        [number // TO_A_CUSTOMER for number in numbers],
    )
    await connection.close()
    pages = [f"/v1/orders/{ORDER.show(row['id'])}" for row in rows]
    lists = [f"/v1/orders?customer_id={show_global_id(row['id'])}" for row in owners]
    figures: list[Figure] = []
    for name, paths in (("an order's page", pages), ("a customer's list", lists)):
        await timed(service, headers(), paths[:200])  # warms up
        waits = await timed(service, headers(), paths[200:])
        told = f"{name}, {size:,} orders"
        figures += [
            Figure(f"{told}, p50", 1000 * percentile(waits, 50), "ms"),
            Figure(f"{told}, p99", 1000 * percentile(waits, 99), "ms", BOUND_MS, at_most=True),
        ]
    return figures


async def timed(service: str, headers: dict[str, str], paths: Sequence[str]) -> list[float]:
    """Ask for each path with some clients at once; gives each answer's seconds."""
    left = list(paths)
    waits: list[float] = []

    async def client() -> None:
        async with httpx.AsyncClient(base_url=service, headers=headers) as asking:
            while left:
                path = left.pop()
                began = time.perf_counter()
                answer = await asking.get(path)
                waits.append(time.perf_counter() - began)
                answer.raise_for_status()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return waits


async def explain(url: str, size: int) -> list[str]:
    """Give the plan of each question, as the server carries it out for a known order."""
    connection = await asyncpg.connect(url)
    order_id = await connection.fetchval("SELECT bench_id($1, 'o')", size // 2)
    owner = await connection.fetchval(
        "SELECT id FROM bench_customers WHERE number = $1", size // 2 // TO_A_CUSTOMER
    )
    told: list[str] = []
    for name, question in ASKED_OF.items():
        asked = owner if "customer" in name else order_id
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {question}", asked)
        told += [f"\n{name.capitalize()}:\n", "```", *(row[0] for row in rows), "```"]
    await connection.close()
    return told


if __name__ == "__main__":
    main()
