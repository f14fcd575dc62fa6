"""Tracking ingest: events recorded a second, in batches and one by one, in the same run.

Directly on the service over HTTP, in PostgreSQL with fsync on; client, service and database share
the machine. Each event is a new one of a parcel whose story goes on from registered to delivered,
so that nearly every one changes its parcel and is announced, and one in eight closes an order.
Rounds are interleaved, and each figure is a median.
"""

import base64
import itertools
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import orjson
import psutil
import uvloop

from bench.figures import Figure, median, percentile, report
from bench.order_intake import running
from bench.posting import post_for
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.migrations import upgrade
from chassis.principal import Principal, PrincipalSigner, new_key_pair
from orders.events import PARCEL
from orders.settings import MIGRATIONS

ROUNDS = 3
SECONDS = 4.0
PARCELS = 80_000
BATCH = 500
BATCH_CLIENTS = 4
SINGLE_CLIENTS = 32
MANY = "/v1/tracking-events"
START = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = (
    *("pre_transit", "picked_up", "in_transit", "in_transit"),
    *("customs", "in_transit", "out_for_delivery", "delivered"),
)

_SET_UP = """
    WITH placed AS (
        INSERT INTO orders (
            id, source, external_ref, client_id, channel, country, brand, legal_entity,
            home_region, currency, shipping_minor, prices_include_tax, total_minor, placed_at,
            time_zone, placed_on, received_at, taken_away, commercial, version
        )
        SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(number::text), 1, 3) || '8'
                || substr(md5(number::text), 4, 15))::uuid,
            'web', number::text, 'bench', 'web', 'FR', 'house', 'house', 'EU',
            'EUR', 0, true, 100, now(), 'Europe/Paris', current_date, now(), false, 'confirmed', 2
        FROM generate_series(1, $1::integer) AS number RETURNING id, external_ref, placed_at
    ), lines AS (
        INSERT INTO order_lines (
            order_id, line_no, placed_at, sku, quantity, unit_price_minor, discount_minor,
            tax_minor, total_minor, is_gift
        ) SELECT id, 1, placed_at, 'SCARF', 1, 100, 0, 0, 100, false FROM placed
    ), shipped AS (
        INSERT INTO shipments (id, order_id, placed_at, shipped_at)
        SELECT id, id, placed_at, now() FROM placed
    ), packed AS (
        INSERT INTO shipment_lines (
            shipment_id, position, parcel_id, order_id, placed_at, line_no, quantity
        ) SELECT id, 0, id, id, placed_at, 1, 1 FROM placed
    )
    INSERT INTO parcels (
        id, shipment_id, order_id, placed_at, carrier, tracking_number, token, holds_rest, status,
        is_disputed, registered_at, version
    )
    SELECT id, id, id, placed_at, 'dhl', external_ref, gen_random_uuid(), false, 'pre_transit',
        false, now(), 1
    FROM placed RETURNING id
"""


Events = Iterator[tuple[str, dict[str, str]]]
"""Parcels' ids, and what is told of them."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where events are sent; `headers` let the caller in, and age."""

    url: str
    process: psutil.Process
    headers: Callable[[], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Round:
    """Events a second, and microseconds of the service's process for each."""

    batched: float
    batched_cpu: float
    single: float
    single_cpu: float
    single_p99: float


def main() -> None:
    """Measure batches and single events in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        parcels = uvloop.run(make_database(postgres))
        service = serve(postgres, stack)
        for_batches, for_singles = new_events(parcels[::2]), new_events(parcels[1::2])
        measure(service, for_batches, for_singles)  # warms up
        rounds = [measure(service, for_batches, for_singles) for _ in range(ROUNDS)]

    def mid(value: Callable[[Round], float]) -> float:
        return median([value(one) for one in rounds])

    report(
        "tracking_ingest",
        [
            Figure(f"in batches of {BATCH}", mid(lambda one: one.batched), "events/s", 3_000),
            Figure("in batches, CPU of the service", mid(lambda one: one.batched_cpu), "µs each"),
            Figure(
                f"one by one, {SINGLE_CLIENTS} clients",
                mid(lambda one: one.single),
                "events/s",
                800,
            ),
            Figure("one by one, p99", mid(lambda one: one.single_p99), "ms"),
            Figure("one by one, CPU of the service", mid(lambda one: one.single_cpu), "µs each"),
        ],
    )


def measure(service: Service, for_batches: Events, for_singles: Events) -> Round:
    """Run each of the two ways once."""

    def batch() -> tuple[str, bytes]:
        told = itertools.islice(for_batches, BATCH)
        return MANY, orjson.dumps([{"parcel_id": name, **event} for name, event in told])

    def single() -> tuple[str, bytes]:
        name, event = next(for_singles)
        return f"/v1/parcels/{name}/tracking-events", orjson.dumps(event)

    many, many_cpu = post(service, batch, clients=BATCH_CLIENTS, status=200)
    ones, ones_cpu = post(service, single, clients=SINGLE_CLIENTS, status=201)
    return Round(
        batched=len(many) * BATCH / SECONDS,
        batched_cpu=1e6 * many_cpu / (len(many) * BATCH),
        single=len(ones) / SECONDS,
        single_cpu=1e6 * ones_cpu / len(ones),
        single_p99=1000 * percentile(ones, 99),
    )


def post(
    service: Service, request: Callable[[], tuple[str, bytes]], *, clients: int, status: int
) -> tuple[list[float], float]:
    """Give each answer's seconds, and the seconds that the service's process worked."""
    before = sum(service.process.cpu_times()[:2])
    waits = uvloop.run(
        post_for(
            SECONDS,
            url=service.url,
            headers=service.headers(),
            clients=clients,
            request=request,
            status=status,
        )
    )
    return waits, sum(service.process.cpu_times()[:2]) - before


def new_events(parcels: Sequence[str]) -> Events:
    """Give the next event of each parcel in turn, until all of them are delivered."""
    for step, status in enumerate(STEPS):
        at = (START + timedelta(hours=step)).isoformat()
        for parcel in parcels:
            yield parcel, {"status": status, "occurred_at": at, "location": "Roissy", "code": "E1"}


def serve(postgres: EmbeddedPostgres, stack: ExitStack) -> Service:
    """Start the service's API."""
    private, public = new_key_pair()
    port, unused_port = free_ports(2)
    url = f"http://{LOOPBACK}:{port}"
    told = {
        "DATABASE_URL": postgres.superuser_url("orders"),
        "BUS_URL": postgres.superuser_url("orders"),
        "PRINCIPAL_PUBLIC_KEY": public,
        "PORT": str(port),
        "WORKER_PORT": str(unused_port),
        "CLAIM_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    process = stack.enter_context(running("orders", told, url))
    signer = PrincipalSigner(private)
    caller = Principal("bench", frozenset({"orders:write", "orders:steward"}))
    return Service(url, process, lambda: {"Carnet-Principal": signer.sign(caller)})


async def make_database(postgres: EmbeddedPostgres) -> list[str]:
    """Make and migrate the database, with parcels that are under way; gives their ids."""
    administrator = await asyncpg.connect(postgres.superuser_url())
    await administrator.execute("CREATE DATABASE orders")
    await administrator.close()
    await upgrade(MIGRATIONS, postgres.superuser_url("orders"))
    connection = await asyncpg.connect(postgres.superuser_url("orders"))
    rows = await connection.fetch(_SET_UP, PARCELS)
    await connection.execute("ANALYZE")
    await connection.close()
    return [PARCEL.show(row["id"]) for row in rows]


if __name__ == "__main__":
    main()
