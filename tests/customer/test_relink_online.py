"""The batch answers what the online path would: each new record is where a relink puts it."""

from random import Random

import pytest

from tests.customer.conftest import House
from tests.customer.relinking import RECOGNISER, Base, invent

BASE, ONE_BY_ONE = 400, 60


@pytest.mark.slow
async def test_a_relink_puts_each_new_record_where_the_online_path_put_it(house: House) -> None:
    base = Base(house.database, RECOGNISER)
    people = invent(360, seed=5)
    Random(5).shuffle(people)
    await base.put(people[:BASE])
    frozen = await base.stored()
    assert await base.target() == frozen
    joined = 0

    for new in people[BASE : BASE + ONE_BY_ONE]:
        before = len(frozen)
        await base.put([new])
        frozen = await base.stored()
        assert await base.target() == frozen, new
        joined += len(frozen) == before

    assert 10 < joined < ONE_BY_ONE - 10
    await base.put(people[BASE + ONE_BY_ONE :])
    assert await base.target() == await base.stored()
