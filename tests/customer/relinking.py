"""What tests of relinking share: people put in an order, splits decided, partitions compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from chassis.database import Database, snapshot, unit_of_work
from chassis.idempotency import Once
from customer.adapters.file_claims import claim_of
from customer.domain.claims import RecordKey
from customer.domain.intake import Answer
from customer.domain.linkage.model import DEFAULT_MODEL
from customer.domain.match_candidates import MatchCandidate, Status
from customer.domain.neighbourhood import Recogniser
from customer.domain.official_ids import Sealer
from customer.domain.stewards import Steward
from customer.jobs.relink import Relinked, relink, relinked_groups
from customer.store.match_candidate_rows import Order, Position, Wanted
from customer.use_cases.judge_candidate import Request, reject_candidate
from customer.use_cases.put_source_records import put_source_records
from customer.use_cases.read_candidates import read_queue
from tests.customer.conftest import OFFICIAL_ID_KEY

Partition = set[frozenset[str]]

# As of a trained house: likeness alone joins, and chains of it are many.
MODEL = replace(DEFAULT_MODEL, version="small-house", fitted_on=1024)
RECOGNISER = Recogniser(MODEL, MODEL.thresholds(1024))
SOURCE = "crm"
GIVEN = ("Claire", "Antoine", "Mireille", "Bastien", "Ottilie", "Gaspard")
FAMILY = ("Delaunay", "Brandner", "Kowalczyk", "Ferreira", "Lindqvist", "Okonkwo")
STREETS = ("rue des Lilas", "quai Voltaire", "avenue Foch", "Hauptstrasse", "via Roma")
ANNA = Steward("console", "anna")
_PAGE = 500
_FORGET = """
TRUNCATE customers, source_records, identifiers, search_keys, judgements, merges,
    customer_aliases, rulings, kept_apart, match_candidates, match_candidate_judgements,
    match_candidate_steps, proposed_parts, blocking_keys, record_traits, outbox CASCADE
"""


@dataclass(frozen=True, slots=True)
class Base:
    """A base whose model and thresholds are frozen."""

    database: Database
    recogniser: Recogniser

    async def put(self, people: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        """Put records one after another; gives their customers as they were answered."""
        owners: list[str] = []
        for external_id, body in people:
            claim = claim_of(
                {"channel": "shop", "country": "FR", **body},
                key=RecordKey(SOURCE, external_id),
                received_at=datetime.now(UTC),
                sealer=Sealer(OFFICIAL_ID_KEY),
            )
            [answer] = await put_source_records(self.database, [claim], recogniser=self.recogniser)
            assert isinstance(answer, Answer), answer
            owners.append(answer.customer_id)
        return owners

    async def stored(self) -> Partition:
        """Give the records of each customer."""
        query = text("SELECT array_agg(external_id) FROM source_records GROUP BY customer_id")
        async with snapshot(self.database) as connection:
            return {frozenset(ids) for ids in (await connection.execute(query)).scalars()}

    async def target(self) -> Partition:
        """Give the records of each person as a relink finds them; nothing changes."""
        with TemporaryDirectory() as folder:
            groups = await relinked_groups(
                self.database, Path(folder), processes=1, recogniser=self.recogniser
            )
        return {frozenset(key.external_id for key in group) for group in groups}

    async def relink(self) -> Relinked:
        """Relink, and merge what a machine may."""
        return await relink(
            self.database,
            processes=1,
            apply=True,
            tell=lambda _: None,
            recogniser=self.recogniser,
        )

    async def split_as_proposed(self) -> int:
        """Have a steward split each customer as was proposed; gives how many."""
        splits: list[MatchCandidate] = []
        after: Position | None = None
        while page := await read_queue(
            self.database, Wanted(Status.OPEN), order=Order.AGE, after=after, limit=_PAGE
        ):
            splits += [candidate for candidate in page if candidate.is_of_one]
            after = page[-1].value, page[-1].opened_at, page[-1].id
        for candidate in splits:
            request = Request(candidate.id, ANNA, datetime.now(UTC), None, "they are two")
            await reject_candidate(self.database, request, once=Once(MatchCandidate))
        return len(splits)

    async def relink_until_nothing_is_left(self) -> int:
        """Relink and have every proposed split made; gives after how many rounds nothing is left.

        A customer that is split joins nobody before: what a split sets free takes a second round.
        """
        for rounds in range(5):
            done = await self.relink()
            assert await self.split_as_proposed() == done.splittings
            if not done.joinings and not done.splittings:
                return rounds
        message = "relinking comes to no end"
        raise AssertionError(message)

    async def forget(self) -> None:
        """Begin anew."""
        async with unit_of_work(self.database) as tx:
            await tx.execute(text(_FORGET))


def shuffled(people: Sequence[Mapping[str, Any]], order: Sequence[int]) -> list[tuple[str, Any]]:
    """Give people in an order, each under the name of its own place."""
    return [(str(place), people[place]) for place in order]


def invent(count: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Invent people with up to four records each, told with slips, by the names of the records."""
    draw = Random(seed)
    records: list[tuple[str, dict[str, Any]]] = []
    for person in range(count):
        told: dict[str, Any] = {
            "given_name": draw.choice(GIVEN),
            "family_name": draw.choice(FAMILY) + draw.choice(("", "son", "ova")),
            "birth_date": f"{draw.randint(1940, 2004)}-{draw.randint(1, 12):02}-"
            f"{draw.randint(1, 28):02}",
            "addresses": [
                {
                    "lines": [f"{draw.randint(1, 200)} {draw.choice(STREETS)}"],
                    "postcode": f"{draw.randint(10, 95)}000",
                }
            ],
        }
        for copy in range(draw.randint(1, 4)):
            record = dict(told)
            if draw.random() < 0.3:
                record.pop("addresses")
            if draw.random() < 0.3:
                record["phones"] = [f"+336{person:08}"]
            if draw.random() < 0.2:
                name = str(record["family_name"])
                record["family_name"] = name[:2] + name[3:]
            records.append((f"{person}-{copy}", record))
    return records
