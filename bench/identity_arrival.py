"""Whether the order of arrival leaves a trace: the same file in several orders, each relinked.

The records go through the online path, twenty to a commit, with a model that is frozen. Then the
base is relinked, a steward makes every proposed split, and it is relinked again until nothing is
left to do. What the online path had made of them is compared with that.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text

from bench.figures import Figure, report
from bench.identity_accuracy import HISTORICAL
from carnet.scratch import ScratchDatabases
from chassis.database import Database, snapshot
from chassis.idempotency import Once
from customer.adapters.labelled_files import Labels
from customer.domain.linkage.accuracy import Accuracy, b_cubed, pairwise
from customer.domain.match_candidates import MatchCandidate, Status
from customer.domain.neighbourhood import Recogniser
from customer.domain.stewards import Steward
from customer.jobs.evaluate_identity import Case, put_in_order, read_cases
from customer.jobs.relink import relink
from customer.models.fitting import fit
from customer.store.match_candidate_rows import Order, Position, Wanted
from customer.use_cases.judge_candidate import Request, reject_candidate
from customer.use_cases.read_candidates import read_queue

ORDERS = 3
TOGETHER = 20
PROCESSES = 2
_MOST_ROUNDS = 4
_PAGE = 500
_STEWARD = Steward("bench")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One order: whose each record was online, whose it is now, and what it took."""

    online: Sequence[Hashable]
    relinked: Sequence[Hashable]
    customers: int
    splits: int
    merges: int
    rounds: int
    seconds: float


def main(records: int | None = None) -> None:
    """Stream the hard file in seeded orders, and compare what they come to."""
    cases = read_cases([Labels().read(HISTORICAL)])[:records]
    model = fit([case.traits for case in cases], version="fitted-on-this-file")
    recogniser = Recogniser(model, model.thresholds(len(cases)))
    arrived = [_arrive(cases, recogniser, seed=f"arrival:{number}") for number in range(ORDERS)]
    first = arrived[0].relinked
    differing = max(differing_pairs(first, one.relinked) for one in arrived)
    true = [case.person for case in cases]
    worst = f"worst of {ORDERS} orders"
    report(
        "identity_arrival",
        [
            Figure(
                f"pairs that differ between {ORDERS} orders, relinked",
                differing,
                "pairs",
                0,
                at_most=True,
            ),
            Figure(
                f"online beside relinked: pairwise F1, {worst}",
                min(pairwise(one.online, one.relinked).f1 for one in arrived),
                "F1",
            ),
            *_accuracies("online", [one.online for one in arrived], true, worst),
            *_accuracies("relinked", [first], true, "any order"),
            Figure(
                f"customers before, {worst}", max(one.customers for one in arrived), "customers"
            ),
            Figure(
                f"splits that stewards made, {worst}",
                max(one.splits for one in arrived),
                "customers",
            ),
            Figure(f"merges by machine, {worst}", max(one.merges for one in arrived), "merges"),
            Figure("relinks until nothing is left", max(one.rounds for one in arrived), "relinks"),
            Figure(f"a relink of {len(cases):,} records", max(one.seconds for one in arrived), "s"),
        ],
    )


def differing_pairs(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Count the pairs of records that are one person in one partition and two in the other."""
    both = _pairs(list(zip(left, right, strict=True)))
    return _pairs(left) + _pairs(right) - 2 * both


def _pairs(owners: Sequence[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(owners).values())


def _accuracies(
    name: str, found: Sequence[Sequence[Hashable]], true: Sequence[Hashable], which: str
) -> list[Figure]:
    def worst(measure: str, of: list[Accuracy]) -> Figure:
        return Figure(f"{name}: {measure} F1, {which}", min(one.f1 for one in of), "F1")

    return [
        worst("pairwise", [pairwise(owners, true) for owners in found]),
        worst("B³", [b_cubed(owners, true) for owners in found]),
    ]


def _arrive(cases: Sequence[Case], recogniser: Recogniser, *, seed: str) -> Arrived:
    with ScratchDatabases().open("customer") as url:
        outcome = asyncio.run(
            put_in_order(url, cases, recogniser, seed=seed, together=TOGETHER, tell=lambda _: None)
        )
        arrived = asyncio.run(_settle(url, cases, recogniser, outcome.found))
    print(
        seed,
        f"{outcome.seconds:.0f} s online,",
        arrived.splits,
        "splits,",
        arrived.merges,
        "merges",
    )
    return arrived


async def _settle(
    url: str, cases: Sequence[Case], recogniser: Recogniser, online: Sequence[str]
) -> Arrived:
    database = Database.connect(url)
    splits = merges = rounds = 0
    try:
        while True:
            rounds += 1
            done = await relink(
                database,
                processes=PROCESSES,
                apply=True,
                tell=lambda _: None,
                recogniser=recogniser,
            )
            if not done.joinings and not done.splittings:
                break
            if rounds == _MOST_ROUNDS:
                message = f"relinking comes to no end: {done}"
                raise RuntimeError(message)
            merges += done.merged
            splits += await _split_as_proposed(database)
        owners = await _owners(database)
    finally:
        await database.close()
    relinked = [owners[case.claim.key.source, case.claim.key.external_id] for case in cases]
    return Arrived(online, relinked, len(set(online)), splits, merges, rounds, done.seconds)


async def _split_as_proposed(database: Database) -> int:
    splits: list[MatchCandidate] = []
    after: Position | None = None
    while page := await read_queue(
        database, Wanted(Status.OPEN), order=Order.AGE, after=after, limit=_PAGE
    ):
        splits += [candidate for candidate in page if candidate.is_of_one]
        after = page[-1].value, page[-1].opened_at, page[-1].id
    for candidate in splits:
        request = Request(candidate.id, _STEWARD, datetime.now(UTC), None, "as proposed")
        await reject_candidate(database, request, once=Once(MatchCandidate))
    return len(splits)


async def _owners(database: Database) -> dict[tuple[str, str], str]:
    query = text("SELECT source, external_id, customer_id FROM source_records")
    async with snapshot(database) as connection:
        rows = await connection.execute(query)
        return {(row.source, row.external_id): row.customer_id for row in rows}


if __name__ == "__main__":
    main()
