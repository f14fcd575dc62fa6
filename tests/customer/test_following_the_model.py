"""The model in force and the thresholds of the whole base count from the first record on."""

from chassis.database import Database
from customer.domain.linkage.model import DEFAULT_MODEL
from customer.use_cases.follow_model import RecogniserInForce
from tests.customer.conftest import House


async def test_until_the_base_was_looked_at_nobody_is_joined_by_likeness(house: House) -> None:
    begun = RecogniserInForce(house.database)

    assert begun.current.thresholds.link > 1.5 * DEFAULT_MODEL.thresholds(10_000_000).link


async def test_the_first_look_takes_the_thresholds_of_the_base(house: House) -> None:
    begun = RecogniserInForce(house.database)

    await begun.look()

    assert begun.current.thresholds == DEFAULT_MODEL.thresholds(0)


async def test_a_service_has_looked_before_its_first_record(house: House) -> None:
    models = await house.http.get("/v1/identity-models")

    assert models.json()["thresholds"]["link"] == DEFAULT_MODEL.thresholds(0).link


async def test_a_database_out_of_reach_joins_nobody_and_is_looked_for_again() -> None:
    begun = RecogniserInForce(Database.connect("postgresql://nobody@127.0.0.1:1/nothing"))
    careful = begun.current

    await begun.look()

    assert begun.current is careful
