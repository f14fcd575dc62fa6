"""Order intake beside its limit: pgbench running the same transaction on the same server.

An order with three lines, its reference (the idempotency row) and its outbox row, in PostgreSQL
with fsync on. pgbench commits each order by itself, in prepared statements; Carnet reads JSON over
HTTP, directly and through the gateway. Runs are interleaved, and each figure is a median.
"""

import base64
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import asyncpg
import orjson
import psutil
import uvloop

from bench.figures import Figure, median, percentile, report
from bench.order_intake_peer import Peer
from bench.posting import post_for
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.migrations import upgrade
from chassis.principal import Principal, PrincipalSigner, new_key_pair
from gateway.keys import create_key
from gateway.settings import MIGRATIONS as GATEWAY_MIGRATIONS
from orders.settings import MIGRATIONS as ORDERS_MIGRATIONS

ROUNDS = 5
SECONDS = 5.0
CLIENTS = (16, 32)
START_SECONDS = 30.0
PATH = "/v1/orders"
SCOPES = frozenset({"orders:read", "orders:write", "orders:steward"})


@dataclass(frozen=True, slots=True)
class Door:
    """Where orders are sent; `headers` let the caller in, and age."""

    name: str
    url: str
    headers: Callable[[], dict[str, str]]
    target: float
    process: psutil.Process


@dataclass(slots=True)
class Round:
    """Orders a second of each runner; of each door the slowest answers, and its process's work."""

    rates: dict[str, float] = field(default_factory=dict[str, float])
    p99s: dict[str, float] = field(default_factory=dict[str, float])
    cpu_microseconds: dict[str, float] = field(default_factory=dict[str, float])


def main() -> None:
    """Measure pgbench, the service and the gateway in turn, with each number of clients."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        peer, doors = prepare(postgres, stack)
        figures: list[Figure] = []
        for clients in CLIENTS:
            measure(peer, doors, clients)  # warms up
            rounds = [measure(peer, doors, clients) for _ in range(ROUNDS)]
            figures += sum_up(rounds, doors, clients)
    report("order_intake", figures)


def measure(peer: Peer, doors: list[Door], clients: int) -> Round:
    """Run each of them once."""
    found = Round()
    found.rates["transaction"] = peer.transaction(SECONDS, clients=clients)
    found.rates["statement"] = peer.one_statement(SECONDS, clients=clients)
    for door in doors:
        before = sum(door.process.cpu_times()[:2])
        waits = uvloop.run(
            post_for(
                SECONDS,
                url=door.url,
                headers=door.headers(),
                clients=clients,
                request=lambda: (PATH, an_order()),
            )
        )
        found.rates[door.name] = len(waits) / SECONDS
        worked = sum(door.process.cpu_times()[:2]) - before
        found.cpu_microseconds[door.name] = 1e6 * worked / len(waits)
        found.p99s[door.name] = 1000 * percentile(waits, 99)
    return found


def sum_up(rounds: list[Round], doors: list[Door], clients: int) -> list[Figure]:
    """Give medians; a ratio is the median of the rounds' own ratios."""

    def rate(name: str) -> float:
        return median([one.rates[name] for one in rounds])

    def ratio(name: str, peer: str) -> float:
        return median([one.rates[name] / one.rates[peer] for one in rounds])

    limit = f"pgbench -M prepared, {clients} clients"
    figures = [
        Figure(f"{limit}, transaction", rate("transaction"), "orders/s"),
        Figure(f"{limit}, one statement", rate("statement"), "orders/s"),
    ]
    for door in doors:
        told = f"{door.name}, {clients} clients"
        figures += [
            Figure(
                told,
                rate(door.name),
                "orders/s",
                door.target,
                peer=f"{limit}, transaction",
                ratio=ratio(door.name, "transaction"),
            ),
            Figure(
                told,
                rate(door.name),
                "orders/s",
                peer=f"{limit}, one statement",
                ratio=ratio(door.name, "statement"),
            ),
            Figure(f"{told}, p99", median([one.p99s[door.name] for one in rounds]), "ms"),
            Figure(
                f"{told}, CPU of its process",
                median([one.cpu_microseconds[door.name] for one in rounds]),
                "µs an order",
            ),
        ]
    return figures


def an_order() -> bytes:
    """Give an order with three lines and a reference of its own."""
    lines = [
        {"sku": f"SKU-{number}", "category": "scarves", "quantity": 2, "unit_price_minor": 4500}
        for number in range(3)
    ]
    return orjson.dumps(
        {
            "source": "till-1",
            "external_ref": uuid.uuid4().hex,
            "channel": "web",
            "country": "FR",
            "currency": "EUR",
            "placed_at": "2026-03-01T10:15:00+01:00",
            "time_zone": "Europe/Paris",
            "customer_id": "7K3M-92QX-F4TF",
            "total_minor": 27000,
            "lines": lines,
        }
    )


def prepare(postgres: EmbeddedPostgres, stack: ExitStack) -> tuple[Peer, list[Door]]:
    """Make the databases, start the service and the gateway before it."""
    uvloop.run(make_databases(postgres))
    orders_url, gateway_url = (postgres.superuser_url(name) for name in ("orders", "gateway"))
    private, public = new_key_pair()
    orders_port, unused_port, gateway_port = free_ports(3)
    orders = f"http://{LOOPBACK}:{orders_port}"
    told = {
        "DATABASE_URL": orders_url,
        "BUS_URL": orders_url,
        "PRINCIPAL_PUBLIC_KEY": public,
        "PORT": str(orders_port),
        "WORKER_PORT": str(unused_port),
        "CLAIM_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    service = stack.enter_context(running("orders", told, orders))
    key = create_key(gateway_url, "bench", sorted(SCOPES))
    gateway = f"http://{LOOPBACK}:{gateway_port}"
    told = {
        "DATABASE_URL": gateway_url,
        "PRINCIPAL_PRIVATE_KEY": private,
        "PORT": str(gateway_port),
        "QUOTA_REQUESTS": "10000000",
        **{f"{part}_URL": orders for part in ("ORDERS", "CUSTOMER", "COMPLAINTS", "SEGMENTATION")},
    }
    front = stack.enter_context(running("gateway", told, gateway))
    signer = PrincipalSigner(private)

    def vouched() -> dict[str, str]:
        return {"Carnet-Principal": signer.sign(Principal("bench", SCOPES))}

    return Peer(orders_url), [
        Door("direct", orders, vouched, 0.6, service),
        Door("through the gateway", gateway, lambda: {"X-API-Key": key}, 0.4, front),
    ]


async def make_databases(postgres: EmbeddedPostgres) -> None:
    """Make and migrate the two databases."""
    administrator = await asyncpg.connect(postgres.superuser_url())
    for name, migrations in (("orders", ORDERS_MIGRATIONS), ("gateway", GATEWAY_MIGRATIONS)):
        await administrator.execute(f"CREATE DATABASE {name}")
        await upgrade(migrations, postgres.superuser_url(name))
    await administrator.close()


@contextmanager
def running(part: str, told: dict[str, str], url: str) -> Generator[psutil.Process]:
    """Run a part's API process until the benchmark ends."""
    settings = {f"CARNET_{part.upper()}_{name}": value for name, value in told.items()}
    program = f"from {part}.main import run; run()"
    process = subprocess.Popen([sys.executable, "-c", program], env=os.environ | settings)
    try:
        wait_until_ready(url)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wait_until_ready(url: str) -> None:
    """Return when a process answers; raises `TimeoutError` when it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/livez", timeout=1):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


if __name__ == "__main__":
    main()
