"""Choosing locations: greedy as it was explained, in little time, within bounds."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.domain.allocation import MOST_OFFERED, Offer, choose_locations
from orders.domain.fulfilment import LineQuantities
from orders.domain.order import Line
from tests.orders.conftest import Body, Place
from tests.orders.test_changing import slug
from tests.orders.test_fulfilling import a_line, post

PLACES = st.sampled_from(["here", "lyon", "paris", "lille"])


def offered(locations: int, lines: int, *, quantity: int = 1) -> list[Body]:
    told = [{"line_no": line_no, "quantity": quantity} for line_no in range(1, lines + 1)]
    return [{"location": f"place-{number:03}", "lines": told} for number in range(locations)]


def lines_of(count: int, *, quantity: int) -> list[Line]:
    return [a_line(line_no, LineQuantities(quantity)) for line_no in range(1, count + 1)]


def as_explained(lines: list[Line], offers: list[Offer]) -> Counter[tuple[str, int]]:
    """Choose as the rule reads: of all that are left, each time the one that gives most."""
    left = {line.line_no: line.quantities.unallocated for line in lines}
    given: Counter[tuple[str, int]] = Counter()
    waiting = list(enumerate(offers))
    while waiting:

        def worth(place: tuple[int, Offer]) -> tuple[bool, int, int]:
            index, offer = place
            gives = sum(min(count, left[line_no]) for line_no, count in offer.lines.items())
            return offer.location == "here", gives, -index

        best = max(waiting, key=worth)
        waiting.remove(best)
        for line_no, count in best[1].lines.items():
            gift = min(count, left[line_no])
            given[(best[1].location, line_no)] += gift
            left[line_no] -= gift
    return +given


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.lists(st.tuples(PLACES, st.dictionaries(st.integers(0, 3), st.integers(1, 6)))),
)
def test_the_choice_is_the_greedy_one_with_its_ties(
    wanted: list[int], told: list[tuple[str, dict[int, int]]]
) -> None:
    lines = [a_line(no, LineQuantities(count)) for no, count in enumerate(wanted, start=1)]
    offers = [
        Offer(place, {1 + at % len(wanted): count for at, count in share.items()})
        for place, share in told
    ]
    expected = as_explained(lines, offers)
    if not expected:
        return

    chosen = choose_locations(lines, offers, preferred="here")

    got = {(kept.location, no): kept.allocated for no, all_ in chosen.items() for kept in all_}
    assert got == expected


def test_hundreds_of_locations_are_weighed_quickly() -> None:
    lines = lines_of(75, quantity=1_000)
    shares = dict.fromkeys(range(1, 76), 1)
    offers = [Offer(f"place-{number}", shares) for number in range(450)]

    started = time.process_time()
    chosen = choose_locations(lines, offers, preferred=None)
    seconds = time.process_time() - started

    assert len(chosen[75]) == 450
    assert seconds < 1


@pytest.fixture
def frozen() -> Iterator[None]:
    """Keep what the tests hold out of collections, as a process that serves does at its start."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
async def test_a_large_choice_keeps_nobody_else_waiting(
    client: httpx.AsyncClient, place: Place
) -> None:
    line = {"sku": "A", "quantity": 400, "unit_price_minor": 1}
    order = await place(lines=[line] * 25, shipping_minor=0)
    offers = offered(400, 25)
    asked = asyncio.create_task(post(client, order, "allocations", offers=offers))
    steps: list[float] = []
    while not asked.done():
        before = time.thread_time()
        await asyncio.sleep(0)
        steps.append(time.thread_time() - before)

    assert asked.result().status_code == 200, asked.result().text
    assert sum(len(one["allocations"]) for one in asked.result().json()["lines"]) == 10_000
    assert max(steps) < 0.1


async def test_more_than_one_request_may_bring_is_refused_by_name(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place()

    refused = await post(client, order, "allocations", offers=offered(401, 25))

    assert (refused.status_code, slug(refused)) == (422, "too-much-offered")
    [problem] = refused.json()["errors"]
    assert problem["field"] == "offers"
    assert str(MOST_OFFERED) in problem["mend"]
