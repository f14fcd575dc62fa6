"""Erasures beside tills, merges, other erasures and kills: nothing is ever half erased."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from customer.domain.erasure import ErasureRules
from customer.domain.official_ids import Sealer
from customer.jobs.tending_erasures import tend_once
from tests.customer.conftest import OFFICIAL_ID_KEY, House
from tests.customer.erasing import erase, erasure_of, rows_that_name

RULES = ErasureRules(Sealer(OFFICIAL_ID_KEY), timedelta(hours=24))
RECORD = {"channel": "shop", "country": "FR"}
TERMINATE_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def put(house: House, external_id: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    answer = await house.http.put(f"/v1/source-records/till/{external_id}", json=RECORD | fields)
    return answer.status_code, answer.json()


async def test_many_erasures_of_one_customer_at_once_are_one(house: House) -> None:
    anna = await house.put("1", emails=["anna@example.com"])

    told = await asyncio.gather(*(erase(house, anna["customer_id"]) for _ in range(12)))

    assert len({one["erasure_id"] for one in told}) == 1
    erased = [kind for kind, *_ in await house.events() if kind == "customer.erased.v1"]
    assert len(erased) == 1


async def test_records_told_while_a_customer_is_erased_are_reached_or_new(house: House) -> None:
    for turn in range(6):
        email = f"anna{turn}@example.com"
        first = await house.put(f"first-{turn}", given_name="Anna", emails=[email])

        erasing = asyncio.create_task(erase(house, first["customer_id"]))
        answers = await asyncio.gather(
            *(put(house, f"{turn}-{till}", given_name="Anna", emails=[email]) for till in range(6))
        )

        gone = (await erasing)["customer_id"]
        assert {status for status, _ in answers} <= {200}
        later = {body["customer_id"] for _, body in answers} - {gone}
        assert len(later) <= 1
        found = await house.search(email=email)
        assert {customer["customer_id"] for customer in found} == later
        assert (await house.http.get(f"/v1/customers/{gone}")).status_code == 410


async def test_the_record_itself_told_again_at_once_does_not_come_back(house: House) -> None:
    for turn in range(6):
        email = f"anna{turn}@example.com"
        anna = await house.put(f"r-{turn}", given_name="Anna", emails=[email])

        erasing = asyncio.create_task(erase(house, anna["customer_id"]))
        answers = await asyncio.gather(
            *(put(house, f"r-{turn}", given_name="Annette", emails=[email]) for _ in range(4))
        )
        await erasing

        assert {status for status, _ in answers} <= {200, 410}
        assert await house.search(email=email) == []
        assert await rows_that_name(house, email) == []


async def test_a_merge_at_the_same_time_leaves_both_erased_or_one(house: House) -> None:
    for turn in range(6):
        email, card = f"a{turn}@example.com", f"CARD-{turn}"
        old = await house.put(f"old-{turn}", given_name="Anna", emails=[email])
        young = await house.put(f"young-{turn}", given_name="Anna", cards=[card])

        told, (status, both) = await asyncio.gather(
            erase(house, young["customer_id"]),
            put(house, f"both-{turn}", given_name="Anna", emails=[email], cards=[card]),
        )

        assert status == 200
        answers = {
            one: (await house.http.get(f"/v1/customers/{one}")).status_code
            for one in (old["customer_id"], young["customer_id"])
        }
        assert answers[young["customer_id"]] == 410
        if answers[old["customer_id"]] == 200:
            assert both["customer_id"] == old["customer_id"]
        else:
            assert told["customer_id"] in (old["customer_id"], young["customer_id"])
        left = await house.search(card=card)
        assert [one["customer_id"] for one in left] in ([], [both["customer_id"]])


async def test_whoever_is_killed_in_between_has_erased_nothing_and_the_worker_ends_it(
    house: House,
) -> None:
    anna = await house.put("1", given_name="Anna", emails=["anna@example.com"])
    before = await house.count("outbox")
    async with house.database.engine.begin() as other:
        await other.execute(text("SELECT id FROM customers FOR UPDATE"))
        asking = asyncio.create_task(
            house.http.post(
                f"/v1/customers/{anna['customer_id']}/erasures",
                json={"reason": "art-17-request", "requested_by": "agent-7"},
            )
        )
        async with asyncio.timeout(20):
            await _terminate_who_waits(house)
        answer = await asking
    assert answer.status_code == 503

    [cut_off] = (await house.http.get("/v1/erasures")).json()["items"]
    assert cut_off["status"] == "erasing"
    assert cut_off["parts"] == []
    assert (await house.customer(anna["customer_id"]))["given_name"] == "Anna"
    assert await house.count("outbox") == before

    await tend_once(house.database, RULES, now=datetime.now(UTC) + timedelta(seconds=11))

    assert (await erasure_of(house, cut_off["erasure_id"]))["status"] == "waiting"
    assert (await house.http.get(f"/v1/customers/{anna['customer_id']}")).status_code == 410
    assert await house.search(email="anna@example.com") == []


async def test_what_is_told_of_a_customer_while_it_is_erased_is_not_kept(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    url = f"/v1/customers/{anna['customer_id']}/notes"
    note = {"text": "Wilhelmine likes red"}

    assert (await house.http.post(url, json=note)).status_code == 201
    erasing = asyncio.create_task(erase(house, anna["customer_id"]))
    answers = await asyncio.gather(*(house.http.post(url, json=note) for _ in range(8)))
    await erasing

    assert {answer.status_code for answer in answers} <= {201, 404, 410}
    assert await rows_that_name(house, "Wilhelmine") == []


async def _terminate_who_waits(house: House) -> None:
    terminated = 0
    while terminated == 0:
        async with house.database.engine.begin() as connection:
            terminated = len((await connection.execute(text(TERMINATE_WHO_WAITS))).all())
