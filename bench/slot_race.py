"""Five hundred clients ask at the same moment for the few places of one delivery window.

Directly on the service over HTTP, in PostgreSQL with fsync on; client, service and database share
the machine. Each client has its connection open before the race begins.
"""

import asyncio
import http.client
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import orjson
import uvloop

from bench.figures import Figure, median, percentile, report
from bench.posting import RequestFailed
from bench.tracking_ingest import Service, serve
from carnet.postgres import EmbeddedPostgres
from chassis.migrations import upgrade
from orders.settings import MIGRATIONS

ROUNDS = 8
CLIENTS = 500
PLACES = 50
ZONE = {
    "country": "FR",
    "postcode_prefixes": ["75"],
    "time_zone": "UTC",
    "opening": [{"weekday": day, "starts": "10:00", "capacity": PLACES} for day in range(7)],
}
_HEAD_END = b"\r\n\r\n"


async def race(service: Service, starts_at: str) -> tuple[list[float], int]:
    """Have all clients ask at once; gives each answer's seconds, and how many got a place."""
    target = urlsplit(service.url)
    opened = [await asyncio.open_connection(target.hostname, target.port) for _ in range(CLIENTS)]
    body = orjson.dumps({"zone": "paris", "starts_at": starts_at})
    request = _request(service, "POST", "/v1/delivery-slots/holds", body)
    go = asyncio.Event()

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[float, int]:
        await go.wait()
        began = time.perf_counter()
        writer.write(request)
        status = await _status(reader)
        took = time.perf_counter() - began
        writer.close()
        return took, status

    asking = [asyncio.create_task(ask(*pair)) for pair in opened]
    await asyncio.sleep(0.2)
    go.set()
    answers = await asyncio.gather(*asking)
    statuses = [status for _, status in answers]
    if not set(statuses) <= {http.client.CREATED, http.client.CONFLICT}:
        raise RequestFailed(*set(statuses))
    return [took for took, _ in answers], statuses.count(http.client.CREATED)


async def prepare(service: Service) -> None:
    """Write the zone."""
    target = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    writer.write(_request(service, "PUT", "/v1/delivery-zones/paris", orjson.dumps(ZONE)))
    if (status := await _status(reader)) != http.client.OK:
        raise RequestFailed(status)
    writer.close()


async def make_database(postgres: EmbeddedPostgres) -> None:
    """Make and migrate the database."""
    administrator = await asyncpg.connect(postgres.superuser_url())
    await administrator.execute("CREATE DATABASE orders")
    await administrator.close()
    await upgrade(MIGRATIONS, postgres.superuser_url("orders"))


def _request(service: Service, method: str, path: str, body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: carnet", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in service.headers().items()]
    return "\r\n".join(lines).encode() + b"\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(_HEAD_END)
    return int(head.split(b" ", 2)[1])


def main() -> None:
    """Race for a window in each round; the first warms up."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        uvloop.run(make_database(postgres))
        service = serve(postgres, stack)
        uvloop.run(prepare(service))
        day = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
        rounds = [
            uvloop.run(race(service, (day + timedelta(days=2 + number)).isoformat()))
            for number in range(ROUNDS + 1)
        ][1:]
    report(
        "slot_race",
        [
            Figure(
                f"sold beyond {PLACES} places, {CLIENTS} clients, {ROUNDS} rounds",
                sum(max(0, sold - PLACES) for _, sold in rounds),
                "places",
                target=0,
                at_most=True,
            ),
            Figure(
                "places left although somebody was refused",
                sum(max(0, PLACES - sold) for _, sold in rounds),
                "places",
                target=0,
                at_most=True,
            ),
            Figure("answer, p50", median([1000 * median(waits) for waits, _ in rounds]), "ms"),
            Figure(
                "answer, p99",
                median([1000 * percentile(waits, 99) for waits, _ in rounds]),
                "ms",
                target=100,
                at_most=True,
            ),
        ],
    )


if __name__ == "__main__":
    main()
