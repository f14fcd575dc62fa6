"""From an order's commit to its effect in segmentation, over real Kafka, at 50 orders a second."""

import asyncio
import tempfile
import time
import uuid
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from bench.figures import Figure, median, percentile, report
from carnet.data_directory import DataDirectory
from chassis.ids import IdType
from deploy.kafka.broker import Broker
from tests.end_to_end.house import House, running_house

ROUNDS = 5
PER_SECOND = 50
SECONDS = 20
LOOK_EVERY_SECONDS = 0.004
ORDER = IdType("ord")


def main() -> None:
    """Place orders at a steady rate and look for their facts in segmentation's database."""
    folder = Path(tempfile.mkdtemp(prefix="carnet-bench-"))
    rounds: list[list[float]] = []
    with (
        Broker() as broker,
        running_house(folder / "data", "--bus", f"kafka://{broker.bootstrap}") as house,
    ):
        rounds.extend(asyncio.run(_measure(house)) for _ in range(ROUNDS + 1))
    counted = [[1000 * seconds for seconds in waits] for waits in rounds[1:]]  # the first warms up
    what = f"commit to effect over Kafka at {PER_SECOND}/s"
    report(
        "effect",
        [
            Figure(f"{what}, p50", median([percentile(waits, 50) for waits in counted]), "ms"),
            Figure(
                f"{what}, p99",
                median([percentile(waits, 99) for waits in counted]),
                "ms",
                300,
                at_most=True,
            ),
        ],
    )


async def _measure(house: House) -> list[float]:
    committed: dict[UUID, float] = {}
    waits: list[float] = []
    placed = 0
    running = DataDirectory(house.data_dir).running()
    if running is None:
        raise RuntimeError("The house is not running.")
    segmentation = await asyncpg.connect(running.environment["CARNET_SEGMENTATION_DATABASE_URL"])

    async def look() -> None:
        while len(waits) < PER_SECOND * SECONDS:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if not committed:
                continue
            rows = await segmentation.fetch(
                "SELECT order_id FROM order_facts"
                " WHERE order_id = ANY($1) AND placed_at IS NOT NULL",
                list(committed),
            )
            seen = time.perf_counter()
            waits.extend(seen - committed.pop(row["order_id"]) for row in rows)

    async with (
        httpx.AsyncClient(base_url=house.url, headers={"X-API-Key": house.key}) as client,
        asyncio.timeout(SECONDS * 4),
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(look())

        async def place(number: int) -> None:
            answer = await client.post("/v1/orders", json=_order(number))
            answer.raise_for_status()
            committed[ORDER.read(answer.json()["order_id"])] = time.perf_counter()

        began = time.perf_counter()
        while placed < PER_SECOND * SECONDS:
            tasks.create_task(place(placed))
            placed += 1
            await asyncio.sleep(max(0.0, began + placed / PER_SECOND - time.perf_counter()))
    await segmentation.close()
    return waits


def _order(number: int) -> dict[str, object]:
    return {
        "source": "bench",
        "external_ref": str(uuid.uuid4()),
        "channel": "web",
        "country": "FR",
        "currency": "EUR",
        "placed_at": "2026-03-01T10:15:00+01:00",
        "customer_id": "7K3M-92QX-F4TF",
        "lines": [{"sku": f"SKU-{number}", "quantity": 1, "unit_price_minor": 1000}],
    }


if __name__ == "__main__":
    main()
