"""Weighing, blocking and deciding: what holds for any two records."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.claims import Address, Gender, Normalised
from customer.domain.linkage.blocking import MOST_KEYS, blocking_keys
from customer.domain.linkage.decision import Candidate, Member, decide
from customer.domain.linkage.model import DEFAULT_MODEL, LinkageModel, Thresholds
from customer.domain.linkage.traits import Traits, pack, traits_of, unpack
from customer.domain.linkage.weighing import Weigher
from customer.domain.names import Names

GIVEN = [
    "Anna",
    "Ana",
    "Bill",
    "William",
    "Jürgen",
    "太郎",
    "タロウ",
    "Taro",
    "J",
    "Анна",
    "O'Neil",
]
FAMILY = [
    "Müller",
    "Mueller",
    "Miller",
    "van der Berg",
    "田中",
    "タナカ",
    "Tanaka",
    "Smith",
    "Smyth",
]

names = st.builds(
    Names,
    given=st.none() | st.sampled_from(GIVEN),
    family=st.none() | st.sampled_from(FAMILY),
    full=st.none()
    | st.sampled_from(["Anna Müller", "田中 太郎", "Smith", "Dr. Bill van der Smith"]),
)
addresses = st.builds(
    Address,
    lines=st.sampled_from([(), ("Hauptstr. 3",), ("3 High Street", "Flat 2")]),
    city=st.none() | st.sampled_from(["Berlin", "Berln", "London"]),
    postcode=st.none() | st.sampled_from(["10117", "10118", "SW1A 1AA", "SW1A 2AA"]),
)
records = st.builds(
    Normalised,
    names=names,
    birth_date=st.none() | st.dates(date(1920, 1, 1), date(2010, 12, 31)),
    gender=st.none() | st.sampled_from(Gender),
    birth_place=st.none() | st.sampled_from(["Ulm", "Köln", "Koeln"]),
    occupation=st.none() | st.sampled_from(["nurse", "night nurse", "smith"]),
    country=st.sampled_from(["DE", "JP", "GB"]),
    emails=st.lists(st.sampled_from(["a@b.de", "a@c.de", "anna@b.de"]), max_size=2).map(tuple),
    phones=st.lists(st.sampled_from(["+4930123456", "+4989123456"]), max_size=2).map(tuple),
    addresses=st.lists(addresses, max_size=1).map(tuple),
).map(traits_of)


@given(records, records)
def test_weighing_does_not_depend_on_which_record_comes_first(left: Traits, right: Traits) -> None:
    assert DEFAULT_MODEL.weigh(left, right) == pytest.approx(DEFAULT_MODEL.weigh(right, left))


@given(records, records)
def test_what_is_explained_sums_to_the_weight(left: Traits, right: Traits) -> None:
    parts = DEFAULT_MODEL.explain(left, right)

    assert sum(part.bits for part in parts) == pytest.approx(DEFAULT_MODEL.weigh(left, right))


@given(records)
def test_packing_and_unpacking_changes_nothing(traits: Traits) -> None:
    assert unpack(pack(traits)) == traits


@given(st.builds(Normalised, names=names))
def test_the_same_record_gives_the_same_traits_and_keys(normalised: Normalised) -> None:
    first, second = traits_of(normalised), traits_of(normalised)

    assert first == second
    assert blocking_keys(first) == blocking_keys(second)


@given(records)
def test_keys_are_few_distinct_sorted_and_fit_a_bigint(traits: Traits) -> None:
    keys = blocking_keys(traits)

    assert list(keys) == sorted(set(keys))
    assert len(keys) <= MOST_KEYS
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(records, records)
def test_a_stored_model_weighs_as_it_did(left: Traits, right: Traits) -> None:
    again = LinkageModel.from_json(DEFAULT_MODEL.to_json())

    assert again.weigh(left, right) == DEFAULT_MODEL.weigh(left, right)


@given(st.builds(Normalised, names=names).map(traits_of))
def test_names_alone_never_link_in_a_new_house(traits: Traits) -> None:
    for size in (0, 10, 10_000, 10_000_000):
        assert DEFAULT_MODEL.weigh(traits, traits) < DEFAULT_MODEL.thresholds(size).link


@given(records, records, st.floats(-40, 60))
def test_a_weigher_gives_the_models_weight_from_the_least_on(
    left: Traits, right: Traits, least: float
) -> None:
    weight = DEFAULT_MODEL.weigh(left, right)
    weigher = Weigher(DEFAULT_MODEL, left)

    found = weigher.weigh(right, least=least)
    packed = weigher.weigh_packed(pack(right), least=least)

    assert found == (weight if weight >= least else None)
    assert packed == ((weight, right) if weight >= least else None)


@given(
    st.lists(st.tuples(records, st.integers(0, 3)), min_size=1, max_size=8),
    records,
    st.randoms(use_true_random=False),
)
def test_a_decision_does_not_depend_on_the_order_of_candidates(
    told: list[tuple[Traits, int]], traits: Traits, random: object
) -> None:
    member = Member(UUID(int=99), traits)
    groups: dict[int, list[Member]] = {}
    for number, (known, customer) in enumerate(told):
        groups.setdefault(customer, []).append(Member(UUID(int=number), known))
    candidates = [
        Candidate(
            customer_id=f"customer-{customer}",
            age_rank=(customer,),
            met=[(one.record_id, DEFAULT_MODEL.weigh(traits, one.traits)) for one in members],
            members=members,
        )
        for customer, members in groups.items()
    ]
    thresholds = DEFAULT_MODEL.thresholds(0)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert decide(DEFAULT_MODEL, thresholds, member, candidates) == decide(
        DEFAULT_MODEL, thresholds, member, shuffled
    )


def test_a_record_that_says_nothing_has_no_keys_and_no_weight() -> None:
    nothing = traits_of(Normalised())

    assert nothing == Traits()
    assert blocking_keys(nothing) == ()
    assert DEFAULT_MODEL.weigh(nothing, nothing) == 0.0


@pytest.mark.parametrize(
    "text", ["", "2\tanna", "1\tanna", "1" + "\t" * len(Traits._fields) + "\t"]
)
def test_traits_of_another_version_say_nothing(text: str) -> None:
    assert unpack(text) == Traits()


def test_each_doubling_of_the_base_takes_one_bit_more() -> None:
    small, large = DEFAULT_MODEL.thresholds(1_000_000), DEFAULT_MODEL.thresholds(2_000_000)

    assert large.link - small.link == pytest.approx(1.0)
    assert large.review < large.link


def test_one_good_pair_does_not_join_customers_whose_records_differ() -> None:
    bridge = traits_of(_record("Anna", "Müller", date(1980, 3, 4), "10117"))
    stranger = traits_of(_record("Otto", "Kraus", date(1931, 8, 22), "80331"))
    others = [Member(UUID(int=number), stranger) for number in range(2, 12)]
    alike = Member(UUID(int=1), bridge)
    candidate = Candidate(
        "customer-1",
        (1,),
        [(alike.record_id, DEFAULT_MODEL.weigh(bridge, bridge))],
        [alike, *others],
    )
    thresholds = DEFAULT_MODEL.thresholds(0)

    found = decide(DEFAULT_MODEL, thresholds, Member(UUID(int=20), bridge), [candidate])

    assert found.link == ()


def test_a_bridge_joins_two_customers_who_are_one() -> None:
    traits = traits_of(_record("Anna", "Müller", date(1980, 3, 4), "10117"))
    weight = DEFAULT_MODEL.weigh(traits, traits)
    candidates = [
        Candidate(f"customer-{number}", (number,), [(UUID(int=number), weight)], [])
        for number in (2, 1)
    ]

    found = decide(DEFAULT_MODEL, Thresholds(13, 8, 7), Member(UUID(int=9), traits), candidates)

    assert found.link == ("customer-1", "customer-2")


def _record(given_name: str, family: str, born: date, postcode: str) -> Normalised:
    return Normalised(
        names=Names(given=given_name, family=family),
        birth_date=born,
        addresses=(Address(postcode=postcode),),
    )
