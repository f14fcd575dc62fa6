"""How quick each bus is: one message at a time at a steady rate, then as many as it takes.

`python -m bench.bus [seconds]`: a durable PostgreSQL and a Kafka broker are started for it, or
CARNET_KAFKA names one. Publisher and reader share one process and its event loop.
"""

import asyncio
import os
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

import uvloop

from bench.figures import Figure, median, percentile, report
from carnet.postgres import EmbeddedPostgres
from chassis.bus import Bus, Message, connect_bus
from deploy.kafka.broker import Broker

RATES = (50, 200)
MANY = 20_000
BATCH = 500
VALUE = b"x" * 600
HEADERS = tuple((f"ce_header{number}", b"some value of it") for number in range(7))


async def at_a_rate(bus: Bus, topic: str, rate: int, seconds: float) -> tuple[list[float], ...]:
    """Return milliseconds of each publication, and from its start until the message was fetched."""
    sent: dict[str, float] = {}
    published: list[float] = []
    fetched: list[float] = []
    total = int(rate * seconds)

    async def publish(number: int) -> None:
        sent[str(number)] = started = time.monotonic()
        await bus.publish([Message(topic, str(number), VALUE, HEADERS)])
        published.append((time.monotonic() - started) * 1000)

    async def read() -> None:
        subscription = bus.subscribe(f"readers-{uuid.uuid4().hex}", [topic])
        while len(fetched) < total:
            messages = await subscription.fetch()
            now = time.monotonic()
            fetched.extend((now - sent[each.key]) * 1000 for each in messages)
            await subscription.commit()
        await subscription.close()

    reading = asyncio.create_task(read())
    await asyncio.sleep(2)
    began = time.monotonic()
    async with asyncio.TaskGroup() as publishing:
        for number in range(total):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            publishing.create_task(publish(number))
    await reading
    return published, fetched


async def as_many_as_it_takes(bus: Bus, topic: str) -> tuple[float, float]:
    """Return messages a second published in batches, then read and committed."""
    batches = [
        [Message(topic, f"{start + number}", VALUE, HEADERS) for number in range(BATCH)]
        for start in range(0, MANY, BATCH)
    ]
    began = time.monotonic()
    for batch in batches:
        await bus.publish(batch)
    published = MANY / (time.monotonic() - began)
    subscription = bus.subscribe("many", [topic])
    left = MANY - len(await subscription.fetch(timeout_seconds=10))
    began = time.monotonic()
    read = left
    while left > 0:
        left -= len(await subscription.fetch())
        await subscription.commit()
    return published, read / (time.monotonic() - began)


async def measure(name: str, url: str, seconds: float) -> list[Figure]:
    """Measure one bus."""
    bus = connect_bus(url)
    run = uuid.uuid4().hex[:8]
    figures: list[Figure] = []
    for rate in RATES:
        topic = f"bench-{rate}-{run}"
        await bus.ensure_topics([topic])
        published, fetched = await at_a_rate(bus, topic, rate, seconds)
        for told, values in (("publish", published), ("publish to fetch", fetched)):
            figures += [
                Figure(f"{name}: {told}, {rate}/s, p50", median(values), "ms"),
                Figure(f"{name}: {told}, {rate}/s, p99", percentile(values, 99), "ms"),
            ]
    topic = f"bench-many-{run}"
    await bus.ensure_topics([topic])
    publish_rate, read_rate = await as_many_as_it_takes(bus, topic)
    figures.append(Figure(f"{name}: publish, batches of {BATCH}", publish_rate, "messages/s"))
    figures.append(Figure(f"{name}: fetch and commit", read_rate, "messages/s"))
    await bus.close()
    return figures


def main() -> None:
    """Measure both buses one after the other."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        kafka = os.environ.get("CARNET_KAFKA") or stack.enter_context(Broker()).bootstrap
        figures = uvloop.run(measure("postgresql", postgres.superuser_url(), seconds))
        figures += uvloop.run(measure("kafka", f"kafka://{kafka}", seconds))
    report("bus", figures)


if __name__ == "__main__":
    main()
