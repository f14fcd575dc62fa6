"""Resolution by exact identifiers, in memory: who joins whom, and who must not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer.domain.book import Book
from customer.domain.claims import Claim, Normalised, Reading, RecordKey, Usable
from customer.domain.facts import RecordToldMore, ReviewNeeded, TwoProvedOne
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.intake import Answer, Intake, Outcome
from customer.domain.judgements import Verdict
from customer.domain.names import Names
from customer.domain.neighbourhood import portrait_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = {"c": IdentifierKind.CARD, "e": IdentifierKind.EMAIL, "p": IdentifierKind.PHONE}


@dataclass(frozen=True, slots=True)
class Told:
    """A record in short: `values` such as "e1 p2" are e-mail 1 and phone 2."""

    values: str = ""
    given: str | None = None
    family: str | None = None
    born: date | None = None


class House:
    """Takes records one by one, as the service does, with ids that count up."""

    def __init__(self) -> None:
        self.book = Book()
        self._clock = count()
        self._uuids = count(1)
        self._customers = count(1)
        self.intakes: list[Intake] = []

    def put(self, name: str, told: Told) -> Answer:
        intake = Intake(
            self.book,
            now=NOW + timedelta(seconds=next(self._clock)),
            new_uuid=lambda: UUID(int=next(self._uuids)),
            new_customer_id=lambda: f"C{next(self._customers):04}",
        )
        self.intakes.append(intake)
        reading = _reading(told)
        portrait = portrait_of(reading.normalised)
        return intake.put(_claim(name), reading, portrait, repr(told).encode())

    def customer_of(self, name: str) -> str:
        record = self.book.record(RecordKey("s", name))
        assert record is not None
        return record.customer_id

    def partition(self, names: Iterable[str]) -> set[frozenset[str]]:
        groups: dict[str, set[str]] = {}
        for name in names:
            groups.setdefault(self.customer_of(name), set()).add(name)
        return set(map(frozenset, groups.values()))


def _claim(name: str) -> Claim:
    return Claim(
        key=RecordKey("s", name),
        body=b"{}",
        received_at=NOW,
        channel="shop",
        country="FR",
        brand="house",
        legal_entity="house",
        home_region="house",
    )


def _reading(told: Told) -> Reading:
    usable = tuple(
        Usable(Identifier(KINDS[value[0]], value[1:]), f"values.{position}")
        for position, value in enumerate(told.values.split())
    )
    values = told.values.split()
    normalised = Normalised(
        names=Names(given=told.given, family=told.family),
        birth_date=told.born,
        emails=tuple(f"{value}@example.com" for value in values if value[0] == "e"),
        phones=tuple(f"+3360000000{value[1:]}" for value in values if value[0] == "p"),
        cards=tuple(f"CARD-{value}" for value in values if value[0] == "c"),
    )
    return Reading(normalised, usable, NOW)


def house_with(*records: Told) -> House:
    house = House()
    for number, told in enumerate(records):
        house.put(str(number), told)
    return house


def test_a_record_without_identifiers_is_a_customer_of_its_own() -> None:
    house = house_with(Told(), Told())

    assert house.customer_of("0") != house.customer_of("1")


def test_a_shared_identifier_finds_the_customer() -> None:
    house = house_with(Told("e1"))

    answer = house.put("1", Told("e1 p1"))

    assert answer.outcome is Outcome.FOUND
    assert answer.customer_id == house.customer_of("0")
    assert answer.matched_on == (IdentifierKind.EMAIL,)


def test_the_same_content_again_is_unchanged_with_the_same_answer() -> None:
    house = house_with(Told("e1"))
    first = house.put("1", Told("e1"))

    second = house.put("1", Told("e1"))

    assert second.outcome is Outcome.UNCHANGED
    assert (second.customer_id, second.matched_on) == (first.customer_id, first.matched_on)
    assert house.intakes[-1].changes.facts == []


def test_a_record_that_points_to_two_customers_merges_them_and_the_older_survives() -> None:
    house = house_with(Told("e1"), Told("p1"))
    younger = house.customer_of("1")

    answer = house.put("2", Told("p1 e1"))

    assert answer.outcome is Outcome.MERGED
    assert answer.retired_ids == (younger,)
    assert house.customer_of("0") == house.customer_of("1") == answer.customer_id == "C0001"


def test_a_merge_is_told_once_for_each_retired_customer_and_then_the_survivor() -> None:
    house = house_with(Told("e1"), Told("p1"), Told("c1"))

    house.put("3", Told("c1 p1 e1"))

    facts = house.intakes[-1].changes.facts
    assert [type(fact) for fact in facts] == [TwoProvedOne, TwoProvedOne, RecordToldMore]


def test_an_update_can_bring_a_customer_to_another_but_never_split_it() -> None:
    house = house_with(Told("e1"), Told("e1"), Told("p9"))

    merged = house.put("1", Told("p9"))
    kept = house.put("1", Told("p8"))

    assert merged.outcome is Outcome.MERGED
    assert kept.outcome is Outcome.UPDATED
    assert len(house.partition("012")) == 1


def test_people_who_share_only_a_phone_stay_apart_and_a_person_decides() -> None:
    house = house_with(Told("p1", given="Anna", family="Rossi"))

    answer = house.put("1", Told("p1", given="Paul", family="Rossi"))

    changes = house.intakes[-1].changes
    assert answer.outcome is Outcome.CREATED
    assert [judgement.verdict for _, judgement in changes.judgements] == [Verdict.UNSURE]
    assert isinstance(changes.facts[-1], ReviewNeeded)


def test_names_in_scripts_that_cannot_be_compared_do_not_join_by_a_phone_alone() -> None:
    house = House()
    house.put("first", Told("p1", given="Jean", family="Dupont"))
    house.put("second", Told("p1", given="遥", family="青木"))
    house.put("third", Told("p1 e1", given="Haruka", family="Aoki"))
    house.put("fourth", Told("e1", given="遥", family="青木"))

    assert house.customer_of("first") != house.customer_of("second")
    assert house.customer_of("third") == house.customer_of("fourth")


def test_the_same_doubt_is_told_only_once() -> None:
    house = house_with(
        Told("p1", given="Anna"), Told("p1", given="Paul"), Told("p1", given="Paul", family="X")
    )

    house.put("1", Told("p1", given="Paul", born=date(1980, 1, 1)))

    told = [fact for fact in house.intakes[-1].changes.facts if isinstance(fact, ReviewNeeded)]
    assert told == []


def test_a_mailbox_joins_another_family_name_but_no_other_given_name_or_birth_date() -> None:
    house = house_with(Told("e1", given="Anna", family="Rossi", born=date(1980, 5, 4)))

    married = house.put("1", Told("e1", given="Anna", family="Bianchi"))
    husband = house.put("2", Told("e1", given="Paul", family="Rossi"))
    namesake = house.put("3", Told("e1", given="Anna", family="Rossi", born=date(1990, 1, 4)))

    assert married.outcome is Outcome.FOUND
    assert husband.outcome is Outcome.CREATED
    assert namesake.outcome is Outcome.CREATED


def test_a_mailbox_does_not_join_a_wholly_different_name() -> None:
    house = house_with(Told("e1", given="Anna", family="Rossi"))

    answer = house.put("1", Told("e1", given="Paul", family="Schmidt"))

    assert answer.outcome is Outcome.CREATED


def test_a_card_joins_in_spite_of_another_name() -> None:
    house = house_with(Told("c1", given="Anna", family="Rossi"))

    answer = house.put("1", Told("c1", given="Nina", family="Bianchi"))

    assert answer.outcome is Outcome.FOUND


def test_two_who_contradict_each_other_are_not_joined_through_a_third() -> None:
    house = house_with(
        Told("e1 p1", given="Anna", family="Rossi"), Told("p1", given="Paul", family="Schmidt")
    )

    answer = house.put("2", Told("e1 p1"))

    assert answer.customer_id == house.customer_of("0")
    assert house.partition("012") == {frozenset("02"), frozenset("1")}


def test_a_record_that_rivals_claim_alike_is_nobodys() -> None:
    house = house_with(Told("p1", given="Anna"), Told("p1", given="Paul"))

    answer = house.put("2", Told("p1"))

    reviews = [fact for fact in house.intakes[-1].changes.facts if isinstance(fact, ReviewNeeded)]
    assert answer.outcome is Outcome.CREATED
    assert len(reviews) == 2


def test_a_value_shared_by_too_many_customers_identifies_nobody() -> None:
    names = ("Anna", "Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert")
    house = house_with(*(Told("p1", given=name, family=name) for name in names))

    answer = house.put("last", Told("p1", given="Anna", family="Anna"))

    assert answer.outcome is Outcome.CREATED
    assert [flag.field for flag in answer.flags] == ["values.0"]


RECORDS = st.lists(
    st.lists(
        st.sampled_from(["c1", "c2", "c3", "c4", "e1", "e2", "e3", "e4"]), max_size=3, unique=True
    ).map(" ".join),
    max_size=8,
)


@given(RECORDS, st.randoms())
def test_the_order_of_arrival_does_not_change_the_partition(
    values: list[str], random: Random
) -> None:
    names = [str(number) for number in range(len(values))]
    told = dict(zip(names, map(Told, values), strict=True))
    shuffled = random.sample(names, len(names))

    partitions = [_arrive(order, told) for order in (names, shuffled)]

    assert partitions[0] == partitions[1] == _components(told)


@given(RECORDS)
def test_putting_everything_again_changes_nothing(values: list[str]) -> None:
    names = [str(number) for number in range(len(values))]
    house = house_with(*map(Told, values))
    before = house.partition(names)

    outcomes = {
        house.put(name, Told(value)).outcome for name, value in zip(names, values, strict=True)
    }

    assert outcomes <= {Outcome.UNCHANGED}
    assert house.partition(names) == before


@given(RECORDS)
def test_an_id_that_was_given_out_leads_to_its_customer_for_ever(values: list[str]) -> None:
    house = House()
    given_out = [
        (name, house.put(name, Told(value)).customer_id)
        for name, value in zip(map(str, count()), values, strict=False)
    ]

    assert all(house.book.current_id(old) == house.customer_of(name) for name, old in given_out)


def _arrive(order: Sequence[str], told: dict[str, Told]) -> set[frozenset[str]]:
    house = House()
    for name in order:
        house.put(name, told[name])
    return house.partition(order)


def _components(told: dict[str, Told]) -> set[frozenset[str]]:
    """Give the connected components of records that share a value, by repeated joining."""
    groups = [({name}, set(record.values.split())) for name, record in told.items()]
    whole: list[tuple[set[str], set[str]]] = []
    for names, values in groups:
        touching = [group for group in whole if group[1] & values]
        whole = [group for group in whole if not group[1] & values]
        whole.append(
            (
                names.union(*(group[0] for group in touching)),
                values.union(*(group[1] for group in touching)),
            )
        )
    return {frozenset(names) for names, _ in whole}
