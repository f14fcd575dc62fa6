"""Measuring recognition on records whose people are known: one by one through the online path."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chassis.database import Database
from chassis.errors import Refusal
from customer.adapters.file_claims import claim_of, passing_sealer
from customer.domain.claims import RecordKey
from customer.domain.linkage.accuracy import Accuracy, b_cubed, pairwise
from customer.domain.linkage.traits import traits_of
from customer.domain.neighbourhood import Recogniser
from customer.domain.normalisation import read_claim
from customer.jobs.worst_errors import worst_errors
from customer.store.planning import refresh_statistics
from customer.use_cases.put_source_records import put_source_records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from customer.adapters.labelled_files import Labelled
    from customer.domain.claims import Claim
    from customer.domain.linkage.model import LinkageModel, Thresholds
    from customer.domain.linkage.traits import Traits

_FIRST_LOOK = 50
_CONNECTIONS = 2
_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled record, ready to be put: its claim and what is compared of it."""

    name: str
    person: str | None
    claim: Claim
    traits: Traits


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one order of arrival; `found` names the customer of each case."""

    pairwise: Accuracy
    b_cubed: Accuracy
    customers: int
    seconds: float
    found: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give plain values."""
        return {
            "pairwise": self.pairwise.as_json(),
            "b_cubed": self.b_cubed.as_json(),
            "customers": self.customers,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All orders, the worst of which counts, and the errors made in it."""

    cases: Sequence[Case]
    model: LinkageModel
    thresholds: Thresholds
    outcomes: Sequence[Outcome]

    @property
    def worst(self) -> Outcome:
        """Give the order with the least B-cubed F1."""
        return min(self.outcomes, key=lambda outcome: outcome.b_cubed.f1)

    def as_json(self, *, errors: int) -> dict[str, Any]:
        """Give plain values; `pairwise` and `b_cubed` are the worst order's."""
        labelled = [case for case in self.cases if case.person is not None]
        return {
            "records": len(self.cases),
            "labelled": len(labelled),
            "people": len({case.person for case in labelled}),
            "model": self.model.version,
            "thresholds": {
                "link": round(self.thresholds.link, 3),
                "review": round(self.thresholds.review, 3),
                "join": round(self.thresholds.join, 3),
            },
            **self.worst.as_json(),
            "orders": [outcome.as_json() for outcome in self.outcomes],
            "worst_errors": worst_errors(self.cases, self.worst.found, self.model, most=errors),
        }


def read_cases(files: Sequence[Sequence[Labelled]]) -> list[Case]:
    """Turn the records of files into cases; each is a record of its own, whatever its name."""
    now = datetime.now(UTC)
    sealer = passing_sealer()
    cases: list[Case] = []
    for number, records in enumerate(files, start=1):
        for line, record in enumerate(records, start=1):
            key = RecordKey(f"file-{number}", str(line))
            claim = claim_of(
                record.body,
                key=key,
                received_at=now,
                sealer=sealer,
            )
            traits = traits_of(read_claim(claim).normalised)
            cases.append(Case(record.name, record.person, claim, traits))
    return cases


async def put_in_order(
    url: str,
    cases: Sequence[Case],
    recogniser: Recogniser,
    *,
    seed: str,
    together: int = 1,
    tell: Callable[[int], None],
) -> Outcome:
    """Put all cases into an empty database, one after another in a seeded order.

    `together` share a commit, as records do that reach a busy service at once; each is placed
    after those before it all the same. `tell` is called with the number of records that are done.
    """
    order = list(range(len(cases)))
    random.Random(seed).shuffle(order)  # noqa: S311 - a repeatable order, not a secret
    began = time.monotonic()
    customers = _Customers()
    due = _FIRST_LOOK
    database = Database.connect(url, pool_size=_CONNECTIONS)
    try:
        for start in range(0, len(order), together):
            places = order[start : start + together]
            claims = [cases[place].claim for place in places]
            answers = await put_source_records(database, claims, recogniser=recogniser)
            for place, answer in zip(places, answers, strict=True):
                if isinstance(answer, Refusal):
                    customers.note(place, f"refused-{place}", ())
                else:
                    customers.note(place, answer.customer_id, answer.retired_ids)
            tell(len(places))
            if start + together >= due:
                await refresh_statistics(database)
                due *= _GROWTH
    finally:
        await database.close()
    found = tuple(customers.final(place) for place in range(len(cases)))
    labelled = [place for place, case in enumerate(cases) if case.person is not None]
    said = [found[place] for place in labelled]
    true = [cases[place].person for place in labelled]
    return Outcome(
        pairwise=pairwise(said, true),
        b_cubed=b_cubed(said, true),
        customers=len(set(found)),
        seconds=time.monotonic() - began,
        found=found,
    )


class _Customers:
    """Follows who became whom, as a source would that listens to the answers."""

    def __init__(self) -> None:
        self._told: dict[int, str] = {}
        self._survivors: dict[str, str] = {}

    def note(self, place: int, customer_id: str, retired_ids: Sequence[str]) -> None:
        self._told[place] = customer_id
        for retired_id in retired_ids:
            if retired_id != customer_id:
                self._survivors[retired_id] = customer_id

    def final(self, place: int) -> str:
        customer_id = self._told[place]
        while customer_id in self._survivors:
            customer_id = self._survivors[customer_id]
        return customer_id
