"""Joining what is told of a thing: neither order nor repetition matters."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from segmentation.domain.facts import (
    Cancellation,
    Change,
    ComplaintFact,
    ComplaintState,
    OrderFact,
    Owner,
    Purchase,
    ReturnFact,
    join,
)

AT = datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
ORDER = UUID(int=1)
PURCHASE = Purchase("house", "FR", "EUR", 12900, AT, date(2026, 3, 1))
CANCELLATION = Cancellation(12900, AT)


def owner(sequence: int) -> Owner:
    """Give the owner that a version names: one version never names two."""
    return Owner(f"customer {sequence % 3}", None, sequence)


owners = st.none() | st.integers(1, 9).map(owner)
order_facts = st.builds(
    OrderFact,
    order_id=st.just(ORDER),
    owner=owners,
    purchase=st.none() | st.just(PURCHASE),
    cancellation=st.none() | st.just(CANCELLATION),
)
return_facts = st.builds(
    ReturnFact,
    return_id=st.just(UUID(int=2)),
    order_id=st.just(ORDER),
    owner=owners,
    currency=st.just("EUR"),
    refund_minor=st.just(12900),
    returned_at=st.just(AT),
)
complaint_facts = st.builds(
    ComplaintFact,
    complaint_id=st.just(UUID(int=3)),
    state=st.integers(1, 9).map(lambda n: ComplaintState(is_open=n % 2 == 1, sequence=n)),
    filed_at=st.none() | st.just(AT),
    order_id=st.none() | st.just(ORDER),
    owner=owners,
)
triples = (
    st.tuples(order_facts, order_facts, order_facts)
    | st.tuples(return_facts, return_facts, return_facts)
    | st.tuples(complaint_facts, complaint_facts, complaint_facts)
)
Triple = (
    tuple[OrderFact, OrderFact, OrderFact]
    | tuple[ReturnFact, ReturnFact, ReturnFact]
    | tuple[ComplaintFact, ComplaintFact, ComplaintFact]
)


@given(triples)
def test_the_order_of_joining_does_not_matter(facts: Triple) -> None:
    one, two, three = facts
    assert one.joined(two) == two.joined(one)  # type: ignore[arg-type]  # one kind in a triple
    assert one.joined(two).joined(three) == one.joined(two.joined(three))  # type: ignore[arg-type]  # the same


@given(triples)
def test_what_is_told_again_changes_nothing(facts: Triple) -> None:
    one, two, _ = facts
    known = one.joined(two)  # type: ignore[arg-type]  # one kind in a triple
    assert known.joined(two) == known  # type: ignore[arg-type]  # the same


def test_joining_gives_only_what_changed() -> None:
    known = {ORDER: OrderFact(ORDER, purchase=PURCHASE)}
    other = OrderFact(UUID(int=7))
    changes = join(known, [OrderFact(ORDER, purchase=PURCHASE), other, other])
    assert changes == [Change(None, other)]


def test_facts_of_one_thing_in_a_batch_become_one_change() -> None:
    changes = join(
        {}, [OrderFact(ORDER, cancellation=CANCELLATION), OrderFact(ORDER, purchase=PURCHASE)]
    )
    assert changes == [Change(None, OrderFact(ORDER, None, PURCHASE, CANCELLATION))]
