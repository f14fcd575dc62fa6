"""A partition follows from what the records say: no order, and no split it proposed, changes it."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer.domain.guard import Person
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.likely import Likely
from customer.domain.linkage.traits import Traits
from customer.domain.names import Names
from customer.domain.partition import Partition, partition
from customer.domain.said import Said
from tests.customer.relinking import RECOGNISER

Told = tuple[Person, frozenset[Identifier]]
Fields = tuple[str | None, str | None, date | None, str, frozenset[Identifier]]

CARD, EMAIL, PHONE = IdentifierKind.CARD, IdentifierKind.EMAIL, IdentifierKind.PHONE
VALUES = [
    Identifier(CARD, "VIP1"),
    Identifier(CARD, "VIP2"),
    Identifier(EMAIL, "famille@example.com"),
    Identifier(PHONE, "+33240123456"),
    Identifier(PHONE, "+33240123457"),
]
TOLD = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Anne", "Bert", "Albert", None]),
        st.sampled_from(["Kowalczyk", "Kowalcyzk", "Brandt", None]),
        st.sampled_from([date(2001, 2, 3), date(2001, 3, 2), date(1971, 8, 9), None]),
        st.sampled_from(["14 rue lilas", "3 quai voltaire", ""]),
        st.frozensets(st.sampled_from(VALUES), max_size=2),
    ),
    min_size=2,
    max_size=12,
)


def people_of(told: Sequence[Fields]) -> list[Told]:
    return [
        (
            Person(
                record_id=UUID(int=number * 7919 % 1009),
                names=Names(given_name, family),
                birth_date=birth,
                traits=Traits(
                    given=(given_name or "").lower(),
                    family=(family or "").lower(),
                    birth=f"{birth:%Y%m%d}" if birth else "",
                    street=street,
                    emails=tuple(one.value for one in values if one.kind is EMAIL),
                    phones=tuple(sorted(one.value for one in values if one.kind is PHONE)),
                    cards=tuple(sorted(one.value for one in values if one.kind is CARD)),
                ),
                tells_own_id=any(one.kind is not PHONE for one in values),
            ),
            values,
        )
        for number, (given_name, family, birth, street, values) in enumerate(told, start=1)
    ]


def put_together(told: Sequence[Told], said: Said | None = None) -> Partition:
    """Weigh all pairs, and put together who is one."""
    holders: dict[Identifier, list[UUID]] = {}
    for person, values in told:
        for value in values:
            holders.setdefault(value, []).append(person.record_id)
    likely = [
        Likely(
            left.record_id,
            right.record_id,
            frozenset(one.kind for one in mine & theirs),
            RECOGNISER.model.weigh(left.traits or Traits(), right.traits or Traits()),
        )
        for one, other in combinations(told, 2)
        for (left, mine), (right, theirs) in [
            sorted((one, other), key=lambda two: two[0].record_id)
        ]
    ]
    shared = {value: ids for value, ids in holders.items() if len(ids) > 1}
    return partition([person for person, _ in told], likely, shared, RECOGNISER, said)


@given(TOLD, st.randoms())
def test_the_order_in_which_records_are_told_does_not_matter(
    told: list[Fields], random: Random
) -> None:
    people = people_of(told)
    first = put_together(people)

    random.shuffle(people)

    assert put_together(people).groups == first.groups


@given(TOLD, st.data())
def test_to_split_as_it_proposes_changes_nothing(
    told: list[Fields],
    data: st.DataObject,
) -> None:
    people = people_of(told)
    first = put_together(people)
    groups = [frozenset(group) for group in first.groups]
    pairs = list(combinations(groups, 2))
    apart = data.draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []

    again = put_together(people, Said((), apart))

    assert again.groups == first.groups
