"""Search keys made anew after an upgrade, while records come in."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.database import unit_of_work
from customer.jobs.rebuild_search_keys import rebuild_until_done
from customer.use_cases import rebuild_search_keys
from tests.customer.conftest import House


async def execute(house: House, statement: str) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text(statement))


@pytest.fixture
async def old_house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house of seven people whose keys are of an old kind, rebuilt three at a time."""
    monkeypatch.setattr(rebuild_search_keys, "RECORDS_TOGETHER", 3)
    for number in range(7):
        await house.put(f"{number}", given_name="Anna", family_name=f"Rossi{number}")
    await execute(house, "UPDATE search_keys SET key = 'old ' || key")
    return house


async def test_old_keys_are_replaced_once(old_house: House) -> None:
    await rebuild_until_done(old_house.database, asyncio.Event())
    await rebuild_until_done(old_house.database, asyncio.Event())

    assert len(await old_house.search(text="anna")) == 7
    assert await old_house.search(text="old") == []
    assert await old_house.count("search_key_builds") == 1


async def test_two_workers_and_records_that_come_in_do_not_spoil_it(old_house: House) -> None:
    await asyncio.gather(
        rebuild_until_done(old_house.database, asyncio.Event()),
        rebuild_until_done(old_house.database, asyncio.Event()),
        *(old_house.put(f"{n}", given_name="Bea", family_name=f"Rossi{n}") for n in range(4)),
    )
    await rebuild_until_done(old_house.database, asyncio.Event())

    assert len(await old_house.search(text="anna")) == 3
    assert len(await old_house.search(text="bea")) == 4
    assert await old_house.search(text="old") == []


async def test_a_record_that_is_held_is_waited_for(old_house: House) -> None:
    async with unit_of_work(old_house.database) as tx:
        await tx.execute(text("SELECT id FROM source_records LIMIT 1 FOR UPDATE"))
        rebuilding = asyncio.create_task(rebuild_until_done(old_house.database, asyncio.Event()))
        await asyncio.sleep(0.3)
        assert not rebuilding.done()

    await rebuilding

    assert len(await old_house.search(text="anna")) == 7
