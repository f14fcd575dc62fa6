"""The tables of states: every state is reachable, every other move is refused by a named fact."""

import itertools
from collections.abc import Mapping
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict
from orders.domain.commercial import (
    TRANSITIONS,
    Commercial,
    OrderAlreadyCancelled,
    OrderAlreadyClosed,
    initial,
    move,
)
from orders.domain.fulfilment import (
    MOVES,
    Fulfilment,
    LineQuantities,
    MoreReturnedThanSold,
    QuantityNotThere,
    RollUp,
    pack,
    quantities,
    roll_up,
)

S = TypeVar("S")


def reachable(table: Mapping[S, frozenset[S]], first: set[S]) -> set[S]:
    seen, todo = set(first), set(first)
    while todo:
        todo = set(itertools.chain.from_iterable(table[state] for state in todo)) - seen
        seen |= todo
    return seen


def test_every_commercial_state_is_reachable() -> None:
    first = {
        initial(taken_away=taken_away, confirmed=confirmed)
        for taken_away, confirmed in itertools.product((True, False), repeat=2)
    }
    assert reachable(TRANSITIONS, first) == set(Commercial)
    assert reachable(TRANSITIONS, {Commercial.PLACED}) == set(Commercial)


def test_every_fulfilment_state_is_reachable() -> None:
    assert reachable(MOVES, {Fulfilment.UNALLOCATED}) == set(Fulfilment)


@pytest.mark.parametrize(("present", "to"), list(itertools.product(Commercial, Commercial)))
def test_a_commercial_move_is_in_the_table_or_a_named_conflict(
    present: Commercial, to: Commercial
) -> None:
    if to in TRANSITIONS[present]:
        assert move(present, to) is to
        return
    with pytest.raises(Conflict) as refused:
        move(present, to)
    assert refused.value.slug.startswith(("order-", "conflict"))


@pytest.mark.parametrize(
    ("present", "fact"),
    [
        (Commercial.CLOSED, OrderAlreadyClosed),
        (Commercial.CANCELLED, OrderAlreadyCancelled),
    ],
)
def test_what_is_too_late_to_cancel_says_why(present: Commercial, fact: type[Conflict]) -> None:
    with pytest.raises(fact):
        move(present, Commercial.CANCELLED)


@pytest.mark.parametrize(("of", "to"), list(itertools.product(Fulfilment, Fulfilment)))
def test_a_quantity_moves_by_the_table_or_not_at_all(of: Fulfilment, to: Fulfilment) -> None:
    line = LineQuantities(2, 2, 2, 2, 2, 2, 2)
    if to not in MOVES[of]:
        with pytest.raises(QuantityNotThere):
            line.move(1, of, to)
        return
    moved = line.move(1, of, to)
    assert (moved.in_state(of), moved.in_state(to)) == (1, 3)
    with pytest.raises(QuantityNotThere):
        line.move(3, of, to)


@given(st.data())
def test_a_line_always_adds_up_to_what_was_ordered(data: st.DataObject) -> None:
    ordered = data.draw(st.integers(1, 20))
    called_off = data.draw(st.integers(0, ordered))
    allocated = data.draw(st.integers(0, ordered - called_off))
    picked = data.draw(st.integers(0, ordered - called_off - allocated))
    shipped = data.draw(st.integers(0, ordered - called_off - allocated - picked))
    arrived = data.draw(st.integers(0, shipped))
    returned = data.draw(st.integers(0, shipped))
    line = quantities(
        ordered=ordered,
        shipped=shipped,
        arrived=arrived,
        returned=returned,
        called_off=called_off,
        allocated=allocated,
        picked=picked,
        is_taken_away=data.draw(st.booleans()),
        is_cancelled=data.draw(st.booleans()),
    )
    assert sum(line.in_state(state) for state in Fulfilment) == ordered
    assert line.returned == returned
    with pytest.raises(MoreReturnedThanSold):
        line.untold_part(line.returnable + 1)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([LineQuantities(3)], RollUp.UNALLOCATED),
        ([LineQuantities(2, allocated=1)], RollUp.PARTLY_ALLOCATED),
        ([LineQuantities(0, allocated=3)], RollUp.ALLOCATED),
        ([LineQuantities(0, allocated=2, picked=1)], RollUp.PARTLY_PICKED),
        ([LineQuantities(0, picked=3)], RollUp.PICKED),
        ([LineQuantities(0, picked=1, handed_over=2)], RollUp.PARTLY_HANDED_OVER),
        ([LineQuantities(2, handed_over=1)], RollUp.PARTLY_HANDED_OVER),
        ([LineQuantities(0, handed_over=3), LineQuantities(1)], RollUp.PARTLY_HANDED_OVER),
        ([LineQuantities(0, handed_over=3)], RollUp.HANDED_OVER),
        ([LineQuantities(0, handed_over=3, delivered=1)], RollUp.PARTLY_DELIVERED),
        ([LineQuantities(0, delivered=3)], RollUp.DELIVERED),
        ([LineQuantities(0, delivered=3, returned=1)], RollUp.PARTLY_RETURNED),
        ([LineQuantities(0, returned=4)], RollUp.RETURNED),
        ([LineQuantities(0, cancelled=4)], RollUp.CANCELLED),
        ([LineQuantities(0, delivered=2), LineQuantities(0, cancelled=4)], RollUp.DELIVERED),
    ],
)
def test_the_roll_up_says_where_the_order_is(lines: list[LineQuantities], word: RollUp) -> None:
    assert roll_up(lines) is word


def test_parcels_without_contents_carry_the_rest() -> None:
    left = {1: 2, 2: 1}
    alone = pack(left, [None])
    assert {(one.parcel, one.line_no, one.quantity) for one in alone} == {(0, 1, 2), (0, 2, 1)}
    beside = pack(left, [{1: 1}, None])
    assert {(one.parcel, one.line_no, one.quantity) for one in beside} == {
        (0, 1, 1),
        (1, 1, 1),
        (1, 2, 1),
    }
    together = pack(left, [None, None])
    assert {one.parcel for one in together} == {None}
