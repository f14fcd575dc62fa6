"""Relinking: the same partition whatever the order of arrival, merged by machine, never split."""

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot, unit_of_work
from customer.domain.linkage.blocking import blocking_keys
from customer.domain.linkage.traits import Traits, pack
from customer.jobs.relink import relink, relinked_groups
from tests.customer.conftest import House

GIVEN = ("Claire", "Antoine", "Mireille", "Bastien", "Ottilie", "Gaspard")
FAMILY = ("Delaunay", "Brandner", "Kowalczyk", "Ferreira", "Lindqvist", "Okonkwo")
CLAIRE: dict[str, Any] = {
    "given_name": "Claire",
    "family_name": "Delaunay-Besson",
    "birth_date": "1984-03-17",
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}],
}
OTTO: dict[str, Any] = {"given_name": "Otto", "family_name": "Brandner", "birth_date": "1951-02-03"}
CLAIRE_TRAITS = Traits(
    given="claire",
    family="delaunay",
    birth="19840317",
    postcode="44000",
    street="14 rue lilas",
    emails=("claire@example.com",),
)
OVERWRITE = """
UPDATE record_traits t SET traits = :traits, keys = CAST(:keys AS bigint[])
FROM source_records r WHERE r.id = t.source_record_id AND r.external_id = :external_id
"""
STREETS = ("rue des Lilas", "quai Voltaire", "avenue Foch", "Hauptstrasse", "via Roma")


def _people(count: int, seed: int) -> list[dict[str, Any]]:
    """Invent people with up to four records each, told with slips."""
    draw = random.Random(seed)
    records: list[dict[str, Any]] = []
    for person in range(count):
        told: dict[str, Any] = {
            "given_name": draw.choice(GIVEN),
            "family_name": draw.choice(FAMILY) + draw.choice(("", "son", "ova")),
            "birth_date": f"{draw.randint(1940, 2004)}-{draw.randint(1, 12):02}-"
            f"{draw.randint(1, 28):02}",
            "addresses": [
                {
                    "lines": [f"{draw.randint(1, 200)} {draw.choice(STREETS)}"],
                    "postcode": f"{draw.randint(10, 95)}000",
                }
            ],
        }
        for copy in range(draw.randint(1, 4)):
            record = {**told, "external_id": f"{person}-{copy}"}
            if draw.random() < 0.3:
                record.pop("addresses")
            if draw.random() < 0.3:
                record["phones"] = [f"+336{person:08}"]
            if draw.random() < 0.2:
                name = str(record["family_name"])
                record["family_name"] = name[:2] + name[3:]
            records.append(record)
    return records


async def _put_all(house: House, records: list[dict[str, Any]]) -> None:
    for start in range(0, len(records), 100):
        batch = [
            {"source": "crm", "channel": "web", "country": "FR", **record}
            for record in records[start : start + 100]
        ]
        answer = await house.http.post("/v1/source-records/batch", json=batch)
        assert {item["status"] for item in answer.json()} == {200}


async def _owners(house: House) -> dict[str, str]:
    query = text("SELECT external_id, customer_id FROM source_records")
    async with snapshot(house.database) as connection:
        return {row.external_id: row.customer_id for row in await connection.execute(query)}


@pytest.mark.slow
async def test_the_order_of_arrival_does_not_change_the_partition(
    make_house: Callable[[], Awaitable[House]], tmp_path: Path
) -> None:
    records = _people(60, seed=11)
    partitions: list[set[frozenset[str]]] = []

    for order in range(3):
        house = await make_house()
        shuffled = random.Random(order).sample(records, len(records))
        await _put_all(house, shuffled)
        (tmp_path / str(order)).mkdir()
        groups = await relinked_groups(house.database, tmp_path / str(order), processes=1)
        partitions.append({frozenset(key.external_id for key in group) for group in groups})

    assert partitions[0] == partitions[1] == partitions[2]
    assert len(partitions[0]) < len(records)


async def test_who_is_one_by_what_is_known_now_is_merged(house: House) -> None:
    first = await house.put("1", **CLAIRE)
    second = await house.put("2", **OTTO)
    await _have_it_say(house, "2", CLAIRE_TRAITS)
    await _have_it_say(house, "1", CLAIRE_TRAITS)

    done = await relink(house.database, processes=1, apply=True, tell=lambda _: None)

    assert (done.joinings, done.merged, done.splittings) == (1, 1, 0)
    survivor = await house.customer(second["customer_id"])
    assert survivor["customer_id"] == first["customer_id"]
    [event] = [body for kind, _, _, body in await house.events() if kind == "customer.merged.v1"]
    assert event["survivor_id"] == first["customer_id"]


async def test_a_customer_who_may_be_two_is_never_split_by_machine(house: House) -> None:
    await house.put("1", **CLAIRE, emails=["shared@example.com"])
    await house.put("2", given_name="Claire", emails=["shared@example.com"])
    await _have_it_say(house, "2", Traits(given="otto", family="brandner", birth="19510203"))
    async with unit_of_work(house.database) as tx:
        await tx.execute(text("DELETE FROM identifiers"))
    before = await _owners(house)

    done = await relink(house.database, processes=1, apply=True, tell=lambda _: None)

    assert (done.splittings, done.merged, done.sent_to_stewards) == (1, 0, 1)
    assert await _owners(house) == before
    again = await relink(house.database, processes=1, apply=True, tell=lambda _: None)
    assert again.sent_to_stewards == 0


async def test_a_relink_agrees_with_what_came_in_one_by_one(house: House) -> None:
    await _put_all(house, _people(40, seed=5))
    before = await _owners(house)

    done = await relink(house.database, processes=1, apply=False, tell=lambda _: None)

    assert done.records == len(before)
    assert done.customers_before == len(set(before.values()))
    assert abs(done.groups - done.customers_before) <= done.customers_before * 0.02


async def _have_it_say(house: House, external_id: str, traits: Traits) -> None:
    """Overwrite what is compared of a record, as if it had been read by other rules."""
    values = {
        "external_id": external_id,
        "traits": pack(traits),
        "keys": list(blocking_keys(traits)),
    }
    async with unit_of_work(house.database) as tx:
        await tx.execute(text(OVERWRITE), values)
