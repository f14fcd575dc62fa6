"""Erasing customers in tests, as the gateway would ask for it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import text

from chassis.database import snapshot, unit_of_work
from chassis.events import Incoming
from chassis.ids import new_uuid
from customer.store.tables import METADATA
from customer.worker import HANDLERS
from tests.customer.conftest import House

TOPICS = ("orders", "complaints", "segments")


async def erase(house: House, customer_id: str, **more: Any) -> dict[str, Any]:
    """Have a customer erased who must be known."""
    body = {"reason": "art-17-request", "requested_by": "agent-7"} | more
    answer = await house.http.post(f"/v1/customers/{customer_id}/erasures", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def erasure_of(house: House, erasure_id: str) -> dict[str, Any]:
    """Read an erasure that must exist."""
    answer = await house.http.get(f"/v1/erasures/{erasure_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def answer_as(house: House, topic: str, told: dict[str, Any], **more: Any) -> None:
    """Let a part's answer arrive from the bus."""
    body: dict[str, Any] = {
        "erasure_id": told["erasure_id"],
        "customer_id": told["customer_id"],
        "erased": {"contacts": 2},
        "kept": [],
        "erased_at": "2026-03-01T10:16:00Z",
    }
    kind = f"{topic}.erased.v1"
    incoming = Incoming(
        id=str(new_uuid()),
        topic=topic,
        type=kind,
        key=told["erasure_id"],
        sequence=1,
        at=datetime.now(UTC),
        traceparent=None,
        data=orjson.dumps(body | more),
    )
    async with unit_of_work(house.database) as tx:
        await HANDLERS[topic][kind](tx, incoming)


async def answer_all(house: House, told: dict[str, Any], topics: Sequence[str] = TOPICS) -> None:
    """Let several parts answer."""
    for topic in topics:
        await answer_as(house, topic, told)


async def rows_that_name(house: House, *words: str) -> list[str]:
    """Name the tables in which any row has any of the words, in whatever column."""
    found: list[str] = []
    async with snapshot(house.database) as connection:
        for table in METADATA.tables:
            query = text(f"SELECT count(*) FROM {table} t WHERE t::text ~ :words")  # noqa: S608 - our own tables
            pattern = "|".join(word.replace("+", "[+]") for word in words)
            if await connection.scalar(query, {"words": pattern}):
                found.append(table)
    return found
