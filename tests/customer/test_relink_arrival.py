"""A relink comes to the same people in whatever order they came, and then has nothing to add."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer.domain.linkage.decision import Member, mean_across
from customer.domain.linkage.traits import Traits
from tests.customer.conftest import House
from tests.customer.relinking import MODEL, RECOGNISER, Base, Partition, shuffled

MOST = 8


def told(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Tell some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


STREETS = ({"lines": ["14 rue des Lilas"], "postcode": "44000", "city": "Nantes"},)
ADDRESSES = one_of(
    [STREETS[0]],
    [{**STREETS[0], "lines": ["41 rue du Lilas"]}],
    [{"lines": ["3 quai Voltaire"], "postcode": "75007", "city": "Paris"}],
)
PHONES = one_of(["+33240123456"], ["+33240123457"], ["+33240123456", "+33611223344"])
EMAILS = one_of(["famille@example.com"], ["anna.k@example.com"])
PERSON = st.one_of(
    # A household: a phone, a mailbox and an address for all, and twins in it.
    told(
        given_name=one_of("Anna", "Anne", "Annabelle", "Bert", "Albert", "A."),
        family_name=one_of("Kowalczyk", "Kowalcyzk", "Kowalczyk-Brandt"),
        birth_date=one_of("2001-02-03", "2001-03-02", "1971-02-03"),
        phones=PHONES,
        emails=EMAILS,
        addresses=ADDRESSES,
        cards=one_of(["VIP1"], ["VIP2"], ["VIP1", "VIP2"]),
    ),
    # Names told the wrong way round, or as one.
    told(
        given_name=one_of("Kowalczyk", "Anna Maria"),
        family_name=one_of("Anna", "Kowalczyk"),
        birth_date=one_of("2001-02-03"),
        addresses=ADDRESSES,
        occupation=one_of("baker", "bakery"),
    ),
    # The same person in three scripts.
    told(
        given_name=one_of("裕子", "Yuko"),
        family_name=one_of("田中", "Tanaka"),
        given_name_kana=one_of("ユウコ", "ヒロコ"),
        family_name_kana=one_of("タナカ"),
        birth_date=one_of("1984-03-17", "1984-03-18"),
        phones=PHONES,
        language=one_of("ja"),
    ),
)
PEOPLE = st.lists(PERSON, min_size=3, max_size=MOST)
IN_A_DATABASE = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@IN_A_DATABASE
@given(PEOPLE, st.data())
async def test_any_order_of_arrival_ends_in_the_same_partition_once_the_splits_are_decided(
    house: House, people: Sequence[dict[str, Any]], data: st.DataObject
) -> None:
    base = Base(house.database, RECOGNISER)
    other_order = data.draw(st.permutations(range(len(people))))
    targets: list[Partition] = []
    for order in (range(len(people)), other_order):
        await base.forget()
        await base.put(shuffled(people, order))
        targets.append(await base.target())

        rounds = await base.relink_until_nothing_is_left()

        assert await base.stored() == targets[-1]
        assert rounds <= 2

    assert targets[0] == targets[1]


TRAITS = st.tuples(
    one_of("anna", "anne", "bert"),
    one_of("kowalczyk", "brandt"),
    one_of("", "20010203", "20010302"),
).map(lambda told: Traits(given=told[0], family=told[1], birth=told[2]))
SIDE = st.lists(TRAITS, min_size=1, max_size=9)


@given(SIDE, SIDE, st.randoms())
def test_the_mean_across_two_customers_knows_neither_sides_nor_ids_nor_an_order(
    left: list[Traits], right: list[Traits], random: Random
) -> None:
    mean = mean_across(MODEL, members(left), members(right))

    random.shuffle(left)
    random.shuffle(right)

    assert mean_across(MODEL, members(right), members(left)) == mean


def members(told: list[Traits]) -> list[Member]:
    return [Member(uuid4(), traits) for traits in told]
