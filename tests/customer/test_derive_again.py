"""What is derived of records made anew after an upgrade, while records come in."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import unit_of_work
from customer.domain.linkage.traits import Traits, unpack
from customer.jobs.derive_again import derive_until_done
from customer.use_cases import derive_again
from tests.customer.conftest import House


async def execute(house: House, statement: str) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text(statement))


async def read(house: House, statement: str) -> list[tuple[Any, ...]]:
    async with house.database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]


@pytest.fixture
async def old_house(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Give a house of seven people whose search keys are of an old kind, derived by threes."""
    monkeypatch.setattr(derive_again, "RECORDS_TOGETHER", 3)
    for number in range(7):
        await house.put(f"{number}", given_name="Anna", family_name=f"Rossi{number}")
    await execute(house, "UPDATE search_keys SET key = 'old ' || key")
    return house


async def test_old_keys_are_replaced_once(old_house: House) -> None:
    await derive_until_done(old_house.database, asyncio.Event())
    await derive_until_done(old_house.database, asyncio.Event())

    assert len(await old_house.search(text="anna")) == 7
    assert await old_house.search(text="old") == []
    assert await old_house.count("derivations") == 1


async def test_two_workers_and_records_that_come_in_do_not_spoil_it(old_house: House) -> None:
    await asyncio.gather(
        derive_until_done(old_house.database, asyncio.Event()),
        derive_until_done(old_house.database, asyncio.Event()),
        *(old_house.put(f"{n}", given_name="Bea", family_name=f"Rossi{n}") for n in range(4)),
    )
    await derive_until_done(old_house.database, asyncio.Event())

    assert len(await old_house.search(text="anna")) == 3
    assert len(await old_house.search(text="bea")) == 4
    assert await old_house.search(text="old") == []


async def test_a_record_that_is_held_is_waited_for(old_house: House) -> None:
    async with unit_of_work(old_house.database) as tx:
        await tx.execute(text("SELECT id FROM source_records LIMIT 1 FOR UPDATE"))
        deriving = asyncio.create_task(derive_until_done(old_house.database, asyncio.Event()))
        await asyncio.sleep(0.3)
        assert not deriving.done()

    await deriving

    assert len(await old_house.search(text="anna")) == 7


_TRAITS = "SELECT source_record_id, traits, keys FROM record_traits ORDER BY 1"
_BLOCKS = "SELECT key, source_record_id FROM blocking_keys ORDER BY 1, 2"
PERSON: dict[str, Any] = {
    "full_name": "van der Berg, Anna Maria",
    "birth_date": "1970-03-04",
    "addresses": [{"lines": ["12 rue de la Paix"], "postcode": "75002", "city": "Paris"}],
    "emails": ["anna.vdb@example.com"],
}


async def age(house: House) -> None:
    """Turn what is compared into what an earlier version kept: names parted otherwise."""
    await execute(
        house,
        "UPDATE record_traits SET traits = regexp_replace(traits, '^2\t[^\t]*', '1\tvan'), "
        "keys = ARRAY[1, keys[2]]",
    )
    await execute(house, "DELETE FROM blocking_keys")
    await execute(
        house, "INSERT INTO blocking_keys SELECT unnest(keys), source_record_id FROM record_traits"
    )


async def test_what_is_compared_is_derived_anew(old_house: House) -> None:
    await old_house.put("whole", **PERSON)
    before = await read(old_house, _TRAITS), await read(old_house, _BLOCKS)
    await age(old_house)
    assert (await read(old_house, _TRAITS), await read(old_house, _BLOCKS)) != before

    await derive_until_done(old_house.database, asyncio.Event())

    assert (await read(old_house, _TRAITS), await read(old_house, _BLOCKS)) == before


async def test_a_person_kept_by_an_earlier_version_is_recognised(old_house: House) -> None:
    known = await old_house.put("whole", **PERSON)
    await age(old_house)
    await derive_until_done(old_house.database, asyncio.Event())

    again = await old_house.put("again", **PERSON)

    assert again["customer_id"] == known["customer_id"]


async def test_traits_of_an_earlier_version_are_read_until_then(old_house: House) -> None:
    await old_house.put("whole", **PERSON)
    packed = (await read(old_house, _TRAITS))[-1][1]

    assert unpack("1" + packed[1:]) == unpack(packed) != Traits()
    assert unpack("0" + packed[1:]) == Traits()


async def test_a_derivation_that_was_stopped_goes_on_where_it_was(old_house: House) -> None:
    await age(old_house)
    assert await derive_again.derive_again(old_house.database)
    [(through,)] = await read(old_house, "SELECT through FROM derivations")
    assert [row[1][0] for row in await read(old_house, _TRAITS)] == ["2"] * 3 + ["1"] * 4

    await derive_until_done(old_house.database, asyncio.Event())

    assert [row[1][0] for row in await read(old_house, _TRAITS)] == ["2"] * 7
    assert (await read(old_house, "SELECT through FROM derivations")) != [(through,)]
