"""How long it takes to recognise a person among a million customers, and to store one more.

Within the service's process, over HTTP through the gateway, and beside Splink, which looks one
record up among the same million. To look up and score is what Splink does: to find the records
that may be meant and weigh them; to decide, and to read the claim before, is measured as well.
"""

import asyncio
import http.client
import json
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import asyncpg
import orjson
import uvloop

from bench.figures import Figure, percentile, report
from bench.identity_search import OFFICIAL_ID_KEY
from bench.known_people import known_people
from bench.million import DATABASE, copied, customers
from bench.order_intake import running
from bench.splink_python import splink_python
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.database import Database
from chassis.hot import hot_connection
from chassis.migrations import upgrade
from chassis.principal import new_key_pair
from customer.api.source_record_in import SourceRecordIn
from customer.domain.claims import Claim, RecordKey
from customer.domain.neighbourhood import Recogniser, portrait_of
from customer.domain.normalisation import read_claim
from customer.domain.official_ids import Sealer
from customer.store.finding import find
from customer.use_cases.follow_model import load_recogniser
from customer.use_cases.put_source_records import put_source_records
from customer.use_cases.recognise import recognise
from gateway.keys import create_key
from gateway.settings import MIGRATIONS as GATEWAY_MIGRATIONS

CUSTOMERS = 1_000_000
WARM_UP = 300
LOOK_UPS = 3000
TOGETHER = 500
BATCHED = 5000
ONE_BY_ONE = 1500
PEER_LOOK_UPS = 12
PEER_TIMES = 200
SCOPES = ["customers:read", "customers:write"]


def main(count: int = CUSTOMERS) -> None:
    """Look up people of the base as another source tells them, then store them."""
    bodies = known_people(2 * (WARM_UP + LOOK_UPS + BATCHED + ONE_BY_ONE), base=count)
    told, sent = bodies[: len(bodies) // 2], bodies[len(bodies) // 2 :]
    with customers(count) as server:
        with copied(server) as url:
            figures, p50 = uvloop.run(_in_process(url, told, f"among {count:,}"))
        with copied(server) as url, Front(server, url) as front:
            figures += _over_http(front, sent, f"among {count:,}")
        figures += _beside_peer(server, p50)
    report("identity_lookup", figures)


async def _in_process(
    url: str, bodies: list[dict[str, Any]], base: str
) -> tuple[list[Figure], float]:
    database = Database.connect(url)
    try:
        recogniser = await load_recogniser(database)
        claims = [_claim(place, body) for place, body in enumerate(bodies)]
        look_ups, claims = claims[: WARM_UP + LOOK_UPS], claims[WARM_UP + LOOK_UPS :]
        found = 0

        async def score(claim: Claim) -> None:
            reading = read_claim(claim)
            portrait = portrait_of(reading.normalised)
            identifiers = [use.identifier for use in reading.usable]
            began = time.perf_counter()
            async with hot_connection(database) as connection:
                await find(connection, (), identifiers, [portrait], recogniser)
            scored.append((time.perf_counter() - began) * 1000)

        async def decide(claim: Claim) -> None:
            nonlocal found
            recognition = await recognise(database, claim, recogniser=recogniser)
            found += recognition.placement.customer_id is not None

        scored: list[float] = []
        await _each(score, look_ups)
        decided = (await _each(decide, look_ups))[WARM_UP:]
        scored = scored[WARM_UP:]
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
    scoring = f"look-up and score {base}, in the service"
    deciding = f"the same, read before and decided after, {base}"
    return [
        *_within(scoring, scored, p50=1, p99=8),
        *_within(deciding, decided, p50=1, p99=8),
        Figure("recognised of those looked up", 100 * found / len(look_ups), "%"),
        Figure(f"resolve and write {base}, in the service, batches", batched, "records/s"),
        Figure(f"resolve and write {base}, in the service, one by one", one_by_one, "records/s"),
    ], percentile(scored, 50)


def _within(name: str, waits: list[float], *, p50: float, p99: float) -> list[Figure]:
    return [
        Figure(f"{name}, p50", percentile(waits, 50), "ms", p50, at_most=True),
        Figure(f"{name}, p99", percentile(waits, 99), "ms", p99, at_most=True),
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


def _claim(place: int, body: dict[str, Any]) -> Claim:
    told = SourceRecordIn.model_validate(body)
    return told.claim(RecordKey("bench", str(place)), datetime.now(UTC), Sealer(OFFICIAL_ID_KEY))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many milliseconds."""

    body: bytes
    milliseconds: float


class Front:
    """The customer service on a base, with the gateway before it; both end with the block."""

    def __init__(self, server: EmbeddedPostgres, url: str) -> None:
        self._server = server
        self._url = url
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        private, public = new_key_pair()
        port, unused, gateway_port = free_ports(3)
        gateway_url = self._server.superuser_url("gateway")
        asyncio.run(_make_gateway(self._server, gateway_url))
        service = f"http://{LOOPBACK}:{port}"
        told = {
            "DATABASE_URL": self._url,
            "BUS_URL": self._url,
            "PRINCIPAL_PUBLIC_KEY": public,
            "OFFICIAL_ID_KEY": OFFICIAL_ID_KEY,
            "PORT": str(port),
            "WORKER_PORT": str(unused),
        }
        self._stack.enter_context(running("customer", told, service))
        self._key = create_key(gateway_url, "bench", SCOPES)
        gateway = f"http://{LOOPBACK}:{gateway_port}"
        parts = ("ORDERS", "CUSTOMER", "COMPLAINTS", "SEGMENTATION")
        told = {
            "DATABASE_URL": gateway_url,
            "PRINCIPAL_PRIVATE_KEY": private,
            "PORT": str(gateway_port),
            "QUOTA_REQUESTS": "10000000",
            **{f"{part}_URL": service for part in parts},
        }
        self._stack.enter_context(running("gateway", told, gateway))
        target = urlsplit(gateway)
        self._connection = http.client.HTTPConnection(str(target.hostname), target.port)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ask(self, method: str, path: str, body: bytes, kind: str = "application/json") -> Answer:
        """Send a request through the gateway; raises `RuntimeError` unless it is answered 200."""
        headers = {"X-API-Key": self._key, "Content-Type": kind}
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        told = response.read()
        milliseconds = (time.perf_counter() - began) * 1000
        if response.status != 200:
            raise RuntimeError(told.decode())
        return Answer(told, milliseconds)


async def _make_gateway(server: EmbeddedPostgres, url: str) -> None:
    administrator = await asyncpg.connect(server.superuser_url())
    await administrator.execute("DROP DATABASE IF EXISTS gateway")
    await administrator.execute("CREATE DATABASE gateway")
    await administrator.close()
    await upgrade(GATEWAY_MIGRATIONS, url)


def _over_http(front: Front, bodies: list[dict[str, Any]], base: str) -> list[Figure]:
    look_ups, bodies = bodies[: WARM_UP + LOOK_UPS], bodies[WARM_UP + LOOK_UPS :]
    waits = [
        front.ask("POST", "/v1/customers/recognise", orjson.dumps(body)).milliseconds
        for body in look_ups
    ][WARM_UP:]
    batch, single = bodies[:BATCHED], bodies[BATCHED:]
    began = time.perf_counter()
    for start in range(0, len(batch), TOGETHER):
        lines = [
            orjson.dumps({"source": "bench", "external_id": str(start + place), **body})
            for place, body in enumerate(batch[start : start + TOGETHER])
        ]
        sent = b"\n".join(lines)
        front.ask("POST", "/v1/source-records/batch", sent, "application/x-ndjson")
    batched = len(batch) / (time.perf_counter() - began)
    began = time.perf_counter()
    for place, body in enumerate(single):
        front.ask("PUT", f"/v1/source-records/bench-single/{place}", orjson.dumps(body))
    one_by_one = len(single) / (time.perf_counter() - began)
    told = f"{base}, through the gateway"
    return [
        *_within(f"recognised {told}", waits, p50=6, p99=25),
        Figure(f"resolve and write {told}, lines in batches", batched, "records/s", 400),
        Figure(f"resolve and write {told}, one by one", one_by_one, "records/s", 150),
    ]


def _beside_peer(server: EmbeddedPostgres, p50: float) -> list[Figure]:
    """Have Splink look people up among the same million, one by one."""
    with tempfile.TemporaryDirectory(prefix="carnet-bench-") as name:
        folder = Path(name)
        python = splink_python(folder)
        if python is None:
            print("Splink cannot be installed here: no peer in this run.")
            return []
        file = folder / "people.csv"
        asyncio.run(_write_people(server, file))
        script = Path(__file__).with_name("identity_lookup_peer.py")
        told = subprocess.run(
            [python, script, file, str(PEER_LOOK_UPS)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    peer = percentile(json.loads(told.stdout.splitlines()[-1])["milliseconds"], 50)
    name = "Splink 5, predict_between, one record"
    return [
        Figure(f"{name}, p50", peer, "ms"),
        Figure("how many times as long Splink takes", peer / p50, "times", PEER_TIMES, peer=name),
    ]


_PEOPLE = """
SELECT external_id AS unique_id, normalised #>> '{names,given}' AS given_name,
       normalised #>> '{names,family}' AS surname,
       replace(normalised ->> 'birth_date', '-', '') AS date_of_birth,
       normalised #>> '{addresses,0,postcode}' AS postcode,
       normalised #>> '{addresses,0,lines,0}' AS street,
       normalised #>> '{addresses,0,city}' AS suburb,
       normalised #>> '{emails,0}' AS email
FROM source_records
"""


async def _write_people(server: EmbeddedPostgres, file: Path) -> None:
    connection = await asyncpg.connect(server.superuser_url(DATABASE))
    await connection.copy_from_query(_PEOPLE, output=file, format="csv", header=True)
    await connection.close()


if __name__ == "__main__":
    main()
