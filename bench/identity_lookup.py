"""How long it takes to recognise a person among a million customers, and to store one more."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime

import orjson
from sqlalchemy import text

from bench.figures import Figure, percentile, report
from bench.million import copied, customers
from chassis.database import Database, snapshot
from customer.domain.claims import Claim, RecordKey
from customer.domain.neighbourhood import Recogniser
from customer.store.records_json import normalised_json, read_normalised
from customer.use_cases.follow_model import load_recogniser
from customer.use_cases.put_source_records import put_source_records
from customer.use_cases.recognise import recognise

CUSTOMERS = 1_000_000
WARM_UP = 200
LOOK_UPS = 3000
TOGETHER = 100
BATCHED = 3000
ONE_BY_ONE = 500
_SAMPLE = """
SELECT external_id, channel, country, normalised
FROM source_records TABLESAMPLE BERNOULLI (:percent) REPEATABLE (7) LIMIT :count
"""
_TOLD = {field.name for field in fields(Claim)} - {"country", "official_ids", "consents"}


def main(count: int = CUSTOMERS) -> None:
    """Look up people of the base as another source tells them, then store them."""
    with customers(count) as server, copied(server) as url:
        figures = asyncio.run(_measure(url, count))
    report("identity_lookup", figures)


async def _measure(url: str, count: int) -> list[Figure]:
    database = Database.connect(url)
    try:
        recogniser = await load_recogniser(database)
        claims = await _claims(database, count)
        look_ups, claims = claims[: WARM_UP + LOOK_UPS], claims[WARM_UP + LOOK_UPS :]
        found = 0

        async def look_up(claim: Claim) -> None:
            nonlocal found
            recognition = await recognise(database, claim, recogniser=recogniser)
            found += recognition.placement.customer_id is not None

        waits = (await _each(look_up, look_ups))[WARM_UP:]
        batch, single = claims[:BATCHED], claims[BATCHED:]
        began = time.perf_counter()
        for start in range(0, len(batch), TOGETHER):
            await _put(database, batch[start : start + TOGETHER], recogniser)
        batched = len(batch) / (time.perf_counter() - began)
        began = time.perf_counter()
        await _each(lambda claim: _put(database, [claim], recogniser), single)
        one_by_one = len(single) / (time.perf_counter() - began)
    finally:
        await database.close()
    base = f"among {count:,}"
    return [
        Figure(f"look-up and score {base}, p50", percentile(waits, 50), "ms", 1, at_most=True),
        Figure(f"look-up and score {base}, p99", percentile(waits, 99), "ms", 8, at_most=True),
        Figure("recognised of those looked up", 100 * found / len(look_ups), "%"),
        Figure(f"resolve and write {base}, {TOGETHER} together", batched, "records/s", 400),
        Figure(f"resolve and write {base}, one by one in process", one_by_one, "records/s", 150),
    ]


async def _put(database: Database, claims: Sequence[Claim], recogniser: Recogniser) -> None:
    await put_source_records(database, claims, recogniser=recogniser)


async def _each(act: Callable[[Claim], Awaitable[None]], claims: Sequence[Claim]) -> list[float]:
    waits: list[float] = []
    for claim in claims:
        began = time.perf_counter()
        await act(claim)
        waits.append((time.perf_counter() - began) * 1000)
    return waits


async def _claims(database: Database, count: int) -> list[Claim]:
    wanted = WARM_UP + LOOK_UPS + BATCHED + ONE_BY_ONE
    percent = min(100.0, 120.0 * wanted / count)
    async with snapshot(database) as connection:
        rows = await connection.execute(text(_SAMPLE), {"percent": percent, "count": wanted})
        claims = [_claim(*row) for row in rows]
    random.Random(7).shuffle(claims)
    return claims


def _claim(external_id: str, channel: str, country: str, told: object) -> Claim:
    """Tell a person of the base once more, by another source, without one of the identifiers."""
    normalised = read_normalised(told)
    values = {
        field.name: getattr(normalised, field.name)
        for field in fields(normalised)
        if field.name in _TOLD
    }
    values |= {"gender": normalised.gender and str(normalised.gender), "cards": ()}
    return Claim(
        key=RecordKey("bench", external_id),
        body=orjson.dumps(normalised_json(normalised)),
        received_at=datetime.now(UTC),
        channel=channel,
        country=country,
        brand="house",
        legal_entity="house",
        home_region="house",
        **values,
    )
