"""Merge then unmerge is identity, for any history before and any order of undoing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import unit_of_work
from customer.domain.unmerging import Edge, plan_unmerge
from tests.customer.conftest import House
from tests.customer.test_unmerge import merge, owner, state, unmerge

START = datetime(2026, 3, 1, tzinfo=UTC)
MOST = 7
FORGET = """
TRUNCATE customers, source_records, identifiers, search_keys, judgements, merges,
    customer_aliases, rulings, kept_apart, match_candidates, match_candidate_judgements,
    match_candidate_steps, blocking_keys, outbox CASCADE
"""


class Ledger:
    """Customers with one record each at first, merged and unmerged as the service does."""

    def __init__(self, size: int) -> None:
        self._clock = count()
        self.home = {UUID(int=number): f"C{number}" for number in range(size)}
        self.owner = dict(self.home)
        self.edges: dict[str, Edge] = {}

    def present(self, customer_id: str) -> str:
        while customer_id in self.edges:
            customer_id = self.edges[customer_id].survivor_id
        return customer_id

    def records(self, customer_id: str) -> frozenset[UUID]:
        return frozenset(record for record, owner in self.owner.items() if owner == customer_id)

    def merge(self, left: str, right: str) -> None:
        survivor, retired = sorted((self.present(left), self.present(right)))
        if survivor == retired:
            return
        at = START + timedelta(seconds=next(self._clock))
        self.edges[retired] = Edge(retired, survivor, at, self.records(retired))
        self._give(self.records(retired), survivor)

    def unmerge(self, retired: str) -> None:
        if retired not in self.edges:
            return
        present = self.present(retired)
        into = {one: edge for one, edge in self.edges.items() if self.present(one) == present}
        plan = plan_unmerge(present, retired, into, self.records(present))
        del self.edges[retired]
        assert {self.present(one) for one in plan.retired_ids} <= {retired}
        self._give(frozenset(plan.record_ids), retired)

    def _give(self, records: frozenset[UUID], customer_id: str) -> None:
        for record in records:
            self.owner[record] = customer_id


NUMBERS = st.integers(0, MOST - 1)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), NUMBERS, NUMBERS),
        st.tuples(st.just("unmerge"), NUMBERS, NUMBERS),
    ),
    max_size=20,
)


_LEFT_AND_CAME_BACK = [
    ("merge", 2, 3),
    ("merge", 1, 2),
    ("merge", 0, 1),
    ("unmerge", 2, 0),
    ("merge", 0, 2),
    ("unmerge", 3, 0),
]


@example(_LEFT_AND_CAME_BACK, Random(0))
@given(ACTS, st.randoms())
def test_whatever_was_merged_and_unmerged_undoing_all_brings_every_record_home(
    acts: Sequence[tuple[str, int, int]], random: Random
) -> None:
    ledger = Ledger(MOST)
    for act, one, other in acts:
        if act == "merge":
            ledger.merge(f"C{one}", f"C{other}")
        else:
            ledger.unmerge(f"C{one}")

    while ledger.edges:
        ledger.unmerge(random.choice(sorted(ledger.edges)))

    assert ledger.owner == ledger.home


@given(ACTS, NUMBERS, NUMBERS)
def test_a_merge_undone_at_once_leaves_all_as_it_was(
    acts: Sequence[tuple[str, int, int]], one: int, other: int
) -> None:
    ledger = Ledger(MOST)
    for act, left, right in acts:
        if act == "merge":
            ledger.merge(f"C{left}", f"C{right}")
        else:
            ledger.unmerge(f"C{left}")
    before = dict(ledger.owner), dict(ledger.edges)
    pair = sorted((ledger.present(f"C{one}"), ledger.present(f"C{other}")))
    if pair[0] == pair[1]:
        return

    ledger.merge(*pair)
    ledger.unmerge(pair[1])

    assert (ledger.owner, ledger.edges) == before


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "merge"]), st.integers(0, 3), st.integers(0, 3)),
        min_size=2,
        max_size=6,
    ),
    st.integers(0, 3),
)
async def test_merge_then_unmerge_is_identity_in_the_database(
    house: House, acts: Sequence[tuple[str, int, int]], partner: int
) -> None:
    async with unit_of_work(house.database) as tx:
        await tx.execute(text(FORGET))
    for number in range(4):
        await house.put(f"{number}", cards=[f"CARD-{number}"])
    for turn, (act, left, right) in enumerate(acts):
        ends = [await owner(house, str(left)), await owner(house, str(right))]
        if act == "put":
            await house.put(f"more-{turn}", cards=[f"CARD-{left}"], given_name=f"N{right}")
        elif ends[0] != ends[1]:
            await merge(house, *ends)
    last = await house.put("last", cards=["CARD-LAST"])
    before = await state(house)

    merged = await merge(house, await owner(house, str(partner)), last["customer_id"])
    await unmerge(house, merged["survivor_id"], merged["retired_id"])

    assert await state(house) == before
