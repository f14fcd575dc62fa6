"""A sale with a till's claim, and what customer answers to the claim."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from chassis.global_ids import new_global_id, show_global_id
from chassis.ids import IdType
from tests.gateway.conftest import House

CUSTOMER_ID = show_global_id(new_global_id())
RECORD_ID = IdType("src").show(IdType("src").new())
RESOLVED = orjson.dumps(
    {"customer_id": CUSTOMER_ID, "source_record_id": RECORD_ID, "outcome": "created", "flags": []}
)
CLAIM = {
    "source": "till",
    "external_id": "a/b é",
    "channel": "shop",
    "country": "JP",
    "full_name": "山田 太郎",
}
SALE: dict[str, Any] = {"source": "till", "customer": CLAIM, "lines": []}


async def file(
    house: House, path: str, body: bytes | dict[str, Any], **headers: str
) -> httpx.Response:
    """Post a sale, as it is written where it is written already."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await house.client.post(
        path, content=content, headers={"Content-Type": "application/json", **headers}
    )
