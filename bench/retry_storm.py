"""A retry storm: two tills send every order ten times while the service is killed in the middle.

Each till's line is bad: it sends each order ten times, many at once, each until it has an answer,
and the service is killed with SIGKILL again and again. Every twentieth reference also comes with
another body (the same number on a till that was set up anew). What is stored is then counted.
"""

import asyncio
import base64
import random
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import httpx
import orjson
import psutil
import uvloop

from bench.figures import Figure, report
from bench.order_intake import PATH, SCOPES, an_order, running
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.migrations import upgrade
from chassis.principal import Principal, PrincipalSigner, new_key_pair
from orders.settings import MIGRATIONS

ORDERS = 300
COPIES = 10
TILLS = ("till-paris", "till-lyon")
COLLISION_EVERY = 20
KILLS = 3
AT_ONCE = 48
BETWEEN_KILLS_SECONDS = 1.0
_ANSWERED = frozenset({201, 409, 422})


def main() -> None:
    """Send, kill, count."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        uvloop.run(storm(postgres))


async def storm(postgres: EmbeddedPostgres) -> None:
    """Have both tills send everything, and hold what is stored against what they were told."""
    administrator = await asyncpg.connect(postgres.superuser_url())
    await administrator.execute("CREATE DATABASE orders")
    await administrator.close()
    url = postgres.superuser_url("orders")
    await upgrade(MIGRATIONS, url)
    private, public = new_key_pair()
    port, unused = free_ports(2)
    told = {
        "DATABASE_URL": url,
        "BUS_URL": url,
        "PRINCIPAL_PUBLIC_KEY": public,
        "PORT": str(port),
        "WORKER_PORT": str(unused),
        "CLAIM_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    signer = PrincipalSigner(private)
    bodies = all_bodies()
    requests = [body for till in bodies for body in till for _ in range(COPIES)]
    collisions = [collision(till[n]) for till in bodies for n in range(0, ORDERS, COLLISION_EVERY)]
    requests += collisions
    random.Random(11).shuffle(requests)
    service = f"http://{LOOPBACK}:{port}"
    sending = asyncio.create_task(send_all(service, requests, lambda: vouched(signer)))
    killed = 0
    while not sending.done():
        with running("orders", told, service) as process:
            if killed == KILLS:
                await sending
            else:
                await asyncio.sleep(BETWEEN_KILLS_SECONDS)
                kill(process)
                killed += 1
    report("retry_storm", await count(url, await sending, killed))


def kill(process: psutil.Process) -> None:
    """End it as a power cut would."""
    process.kill()


def vouched(signer: PrincipalSigner) -> dict[str, str]:
    """Give what lets a till in."""
    return {
        "Carnet-Principal": signer.sign(Principal("till", SCOPES)),
        "Content-Type": "application/json",
    }


def all_bodies() -> list[list[bytes]]:
    """Give each till's orders; both use the same numbers, which are theirs by source alone."""
    return [
        [
            orjson.dumps(
                orjson.loads(an_order()) | {"source": till, "external_ref": f"2026-{number:05}"}
            )
            for number in range(ORDERS)
        ]
        for till in TILLS
    ]


def collision(body: bytes) -> bytes:
    """Give another sale under the same number."""
    order = orjson.loads(body)
    lines = [{"sku": "OTHER", "quantity": 1, "unit_price_minor": 100}]
    return orjson.dumps(order | {"lines": lines, "total_minor": 100})


async def send_all(
    service: str, requests: list[bytes], headers: Callable[[], dict[str, str]]
) -> list[tuple[bytes, int, str]]:
    """Send each until it is answered; gives its body, its answer's status, and the order's id."""
    left = list(requests)
    answers: list[tuple[bytes, int, str]] = []

    async def line() -> None:
        async with httpx.AsyncClient(base_url=service, timeout=5) as client:
            while left:
                body = left.pop()
                while True:
                    try:
                        answer = await client.post(PATH, content=body, headers=headers())
                    except httpx.HTTPError:
                        await asyncio.sleep(0.05)
                        continue
                    if answer.status_code in _ANSWERED:
                        told = answer.json()
                        answers.append((body, answer.status_code, told.get("order_id", "")))
                        break
                    await asyncio.sleep(0.05)

    await asyncio.gather(*(line() for _ in range(AT_ONCE)))
    return answers


async def count(url: str, answers: list[tuple[bytes, int, str]], killed: int) -> list[Figure]:
    """Hold what is stored against what the tills were told."""
    connection = await asyncpg.connect(url)
    stored = await connection.fetch(
        """SELECT source, external_ref, count(*) AS times, count(DISTINCT lines.order_id) AS lined
        FROM orders LEFT JOIN order_lines AS lines ON lines.order_id = orders.id AND line_no = 1
        GROUP BY source, external_ref"""
    )
    flagged = await connection.fetchval("SELECT count(*) FROM reused_references")
    events = await connection.fetchval(
        "SELECT count(DISTINCT payload ->> 'order_id') FROM outbox WHERE type = 'order.placed.v1'"
    )
    rows = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    expected = len(TILLS) * ORDERS
    ids: dict[tuple[str, str], set[str]] = {}
    refused: Counter[tuple[str, str]] = Counter()
    for body, status, order_id in answers:
        order = orjson.loads(body)
        reference = order["source"], order["external_ref"]
        if order_id:
            ids.setdefault(reference, set()).add(order_id)
        else:
            refused[reference] += status == 422
    collided = {
        (till, f"2026-{number:05}")
        for till in TILLS
        for number in range(0, ORDERS, COLLISION_EVERY)
    }
    return [
        Figure("requests", len(answers), "sent until answered"),
        Figure("kills of the service", killed, "by SIGKILL"),
        Figure("orders stored twice", sum(row["times"] > 1 for row in stored), "", 0, at_most=True),
        Figure("orders lost", expected - len(stored), "", 0, at_most=True),
        Figure(
            "answers with another id",
            sum(len(each) > 1 for each in ids.values()),
            "",
            0,
            at_most=True,
        ),
        Figure(
            "orders without their facts", rows - events + expected - events, "", 0, at_most=True
        ),
        Figure("collisions not flagged", len(collided - set(refused)), "", 0, at_most=True),
        Figure("collisions not kept for review", len(collided) - flagged, "", 0, at_most=True),
    ]


if __name__ == "__main__":
    main()
