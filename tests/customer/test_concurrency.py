"""Tills at the same moment: one person gets one id, whoever is first."""

import asyncio
from itertools import pairwise

from sqlalchemy import text

from tests.customer.conftest import House

AT_ONCE = 64
TERMINATE_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def test_many_tills_with_the_same_new_person_get_one_id(house: House) -> None:
    answers = await asyncio.gather(
        *(
            house.put(str(till), source=f"till-{till}", emails=["a@example.com"], cards=["CARD-1"])
            for till in range(AT_ONCE)
        )
    )

    assert len({answer["customer_id"] for answer in answers}) == 1
    assert sorted(answer["outcome"] for answer in answers) == ["created"] + ["found"] * (
        AT_ONCE - 1
    )
    assert await house.count("customers") == 1


async def test_the_same_record_many_times_at_once_is_stored_once(house: House) -> None:
    answers = await asyncio.gather(
        *(house.put("1", emails=["a@example.com"]) for _ in range(AT_ONCE))
    )

    assert len({(answer["customer_id"], answer["source_record_id"]) for answer in answers}) == 1
    assert [answer["outcome"] for answer in answers].count("created") == 1
    assert await house.count("source_records") == await house.count("outbox") == 1


async def test_records_without_identifiers_do_not_wait_for_each_other(house: House) -> None:
    answers = await asyncio.gather(*(house.put(str(n), given_name="Anna") for n in range(AT_ONCE)))

    assert len({answer["customer_id"] for answer in answers}) == AT_ONCE


async def test_a_chain_of_people_who_prove_to_be_one_ends_as_one(house: House) -> None:
    cards = [f"CARD-{number}" for number in range(24)]
    await asyncio.gather(*(house.put(card, cards=[card]) for card in cards))

    answers = await asyncio.gather(
        *(house.put(f"{one}+{other}", cards=[one, other]) for one, other in pairwise(cards))
    )

    assert len({(await house.search(card=card))[0]["customer_id"] for card in cards}) == 1
    ends = {(await house.customer(answer["customer_id"]))["customer_id"] for answer in answers}
    assert len(ends) == 1
    merged = [event for kind, *_, event in await house.events() if kind == "customer.merged.v1"]
    assert len({event["retired_id"] for event in merged}) == len(merged) == len(cards) - 1


async def test_batches_that_overlap_do_not_deadlock(house: House) -> None:
    people = [f"p{number}@example.com" for number in range(60)]

    def batch(source: str, emails: list[str]) -> list[dict[str, object]]:
        return [
            {
                "source": source,
                "external_id": str(number),
                "channel": "import",
                "country": "FR",
                "emails": [email],
            }
            for number, email in enumerate(emails)
        ]

    answers = await asyncio.gather(
        *(
            house.http.post(
                "/v1/source-records/batch",
                json=batch(f"s{turn}", people[turn:] + people[:turn]),
            )
            for turn in range(0, 60, 10)
        )
    )

    assert {one["status"] for answer in answers for one in answer.json()} == {200}
    assert await house.count("customers") == len(people)


async def test_a_phone_of_many_people_holds_none_of_them(house: House) -> None:
    names = ["Anna", "Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert", "Zoe"]
    for name in names:
        await house.put(name, given_name=name, phones=["+33612345678"])
    async with house.database.engine.begin() as other:
        await other.execute(text("SELECT id FROM customers FOR UPDATE"))

        async with asyncio.timeout(5):
            answer = await house.put("Ida", given_name="Ida", phones=["+33612345678"])

    assert answer["outcome"] == "created"


async def test_a_connection_lost_in_the_middle_is_a_503_and_stores_nothing(house: House) -> None:
    await house.put("1", cards=["CARD-1"])
    body = {"channel": "shop", "country": "FR", "cards": ["CARD-1"]}
    async with house.database.engine.begin() as other:
        await other.execute(text("SELECT id FROM customers FOR UPDATE"))
        waiting = asyncio.create_task(house.http.put("/v1/source-records/till/2", json=body))
        async with asyncio.timeout(20):
            await _terminate_who_waits(house)
        answer = await waiting

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert await house.count("source_records") == 1


async def _terminate_who_waits(house: House) -> None:
    terminated = 0
    while terminated == 0:
        async with house.database.engine.begin() as connection:
            terminated = len((await connection.execute(text(TERMINATE_WHO_WAITS))).all())
