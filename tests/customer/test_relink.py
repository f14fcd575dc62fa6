"""Relinking: who is one by what is known now is merged by machine, and nobody is ever split."""

from typing import Any

from sqlalchemy import text

from chassis.database import snapshot, unit_of_work
from customer.domain.linkage.blocking import blocking_keys
from customer.domain.linkage.traits import Traits, pack
from customer.jobs.relink import relink
from tests.customer.conftest import House

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


async def _owners(house: House) -> dict[str, str]:
    query = text("SELECT external_id, customer_id FROM source_records")
    async with snapshot(house.database) as connection:
        return {row.external_id: row.customer_id for row in await connection.execute(query)}


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


async def _have_it_say(house: House, external_id: str, traits: Traits) -> None:
    """Overwrite what is compared of a record, as if it had been read by other rules."""
    values = {
        "external_id": external_id,
        "traits": pack(traits),
        "keys": list(blocking_keys(traits)),
    }
    async with unit_of_work(house.database) as tx:
        await tx.execute(text(OVERWRITE), values)
