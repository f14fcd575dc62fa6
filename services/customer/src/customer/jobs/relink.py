"""Relinking: a whole base put together anew in a batch, and compared with its customers."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.database import driver, snapshot
from customer.domain.partition import node_id
from customer.domain.relinking import Placed, Proposal, propose
from customer.domain.said import Said, renamed
from customer.jobs.linking.joining import find_components, put_together
from customer.jobs.linking.laid_out import Files, LaidOutBase
from customer.jobs.linking.weighing import Yardstick, weigh_pairs
from customer.store.laying_out import (
    LAID_OUT,
    all_keys,
    copy_out,
    fetch_blocked,
    fetch_said,
)
from customer.store.models import active_model
from customer.use_cases.follow_model import recogniser_for
from customer.use_cases.relink_customers import apply_proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Database
    from customer.domain.claims import RecordKey
    from customer.domain.identifiers import Identifier
    from customer.domain.neighbourhood import Recogniser


@dataclass(slots=True)
class Relinked:
    """What a relink found, and what it did about it."""

    records: int = 0
    customers_before: int = 0
    groups: int = 0
    pairs: int = 0
    joinings: int = 0
    splittings: int = 0
    merged: int = 0
    sent_to_stewards: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Give plain values."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


async def relink(
    database: Database,
    *,
    processes: int,
    apply: bool,
    tell: Callable[[str], None],
    recogniser: Recogniser | None = None,
) -> Relinked:
    """Put the whole base together anew; with `apply`, merge what a machine may and ask the rest.

    The partition depends on what the records say, on what people said of them, the model and the
    limits, and not on the order in which they came. Customers are merged, never split: what would
    split one goes to stewards. A `recogniser` stands in for the model in force.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="carnet-relink-") as folder:
        base = LaidOutBase(Path(folder))
        tell("Laying out the base")
        async with snapshot(database) as connection:
            told = await _lay_out(connection, base, recogniser)
        result = _partition(base, told, processes=processes, tell=tell)
        proposal = _compare(base, result)
    if apply:
        tell("Applying")
        result.merged, result.sent_to_stewards = await apply_proposal(
            database, proposal, recogniser=told.recogniser
        )
    result.seconds = time.monotonic() - began
    return result


def put_base_together(
    base: LaidOutBase,
    recogniser: Recogniser,
    said: Said,
    *,
    blocked: Collection[Identifier] = (),
    processes: int,
    tell: Callable[[str], None],
) -> Relinked:
    """Pair, weigh and join the records that were laid out; the table `belongs` tells the groups.

    `said` names records by their ids in the database.
    """
    tell("Pairing")
    base.silence(blocked)
    result = Relinked(pairs=base.find_pairs())
    tell(f"Weighing {result.pairs:,} pairs")
    thresholds = recogniser.thresholds
    yardstick = Yardstick(recogniser.model.to_json(), thresholds.review)
    weigh_pairs(base, yardstick, processes=processes)
    tell("Putting people together")
    words = renamed(said, base.node_ids(said.record_ids))
    find_components(base, words, link=thresholds.link)
    put_together(base, recogniser, words, processes=processes)
    base.unsilence()
    return result


async def relinked_groups(
    database: Database, folder: Path, *, processes: int, recogniser: Recogniser | None = None
) -> list[list[RecordKey]]:
    """Put the base together anew; gives the groups of records, and changes nothing."""
    base = LaidOutBase(folder)
    async with snapshot(database) as connection:
        told = await _lay_out(connection, base, recogniser)
        keys = {node_id(key): key for key in await all_keys(connection)}
    _partition(base, told, processes=processes, tell=lambda _: None)
    with base.open() as laid_out:
        rows = laid_out.execute(
            """SELECT list(node_id ORDER BY node_id) FROM nodes JOIN belongs USING (number)
            GROUP BY first ORDER BY first"""
        ).fetchall()
    return [[keys[UUID(one)] for one in group] for (group,) in rows]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a partition depends on besides the records."""

    recogniser: Recogniser
    said: Said
    blocked: list[Identifier]


async def _lay_out(
    connection: AsyncConnection, base: LaidOutBase, recogniser: Recogniser | None
) -> _Told:
    """Copy the base out; thresholds follow its very size, not what the planner takes it for."""
    raw = await driver(connection)
    files: dict[str, Files] = {}
    for name, query in LAID_OUT.items():
        file = base.folder / f"{name}.csv"
        columns = await copy_out(raw, query, file)
        files[name] = Files([str(file)], columns)
    base.take_in(**files)
    if recogniser is None:
        recogniser = recogniser_for(await active_model(connection), base.count())
    return _Told(recogniser, await fetch_said(raw), await fetch_blocked(raw))


def _partition(
    base: LaidOutBase, told: _Told, *, processes: int, tell: Callable[[str], None]
) -> Relinked:
    return put_base_together(
        base, told.recogniser, told.said, blocked=told.blocked, processes=processes, tell=tell
    )


def _compare(base: LaidOutBase, result: Relinked) -> Proposal:
    """Sum up the groups, and propose what they change; only customers that change are looked at."""
    with base.open() as connection:
        [(result.records, result.customers_before, result.groups)] = connection.execute(
            """SELECT count(*), count(DISTINCT customer_id), count(DISTINCT first)
            FROM nodes JOIN belongs USING (number)"""
        ).fetchall()
        rows = connection.execute(
            """WITH placed AS (SELECT record_id, customer_id, first FROM nodes JOIN belongs
                USING (number)),
            split AS (SELECT customer_id FROM placed GROUP BY ALL HAVING count(DISTINCT first) > 1),
            joined AS (SELECT first FROM placed GROUP BY ALL
                HAVING count(DISTINCT customer_id) > 1)
            SELECT record_id, customer_id, first FROM placed
            WHERE customer_id IN (SELECT customer_id FROM split)
               OR first IN (SELECT first FROM joined)"""
        ).fetchall()
        because = connection.execute(
            """SELECT a.record_id, b.record_id FROM because w
            JOIN nodes a ON a.number = w.l JOIN nodes b ON b.number = w.r
            WHERE a.customer_id <> b.customer_id"""
        ).fetchall()
    proposal = propose(
        [Placed(UUID(record_id), owner, group) for record_id, owner, group in rows],
        [(UUID(left), UUID(right)) for left, right in because],
    )
    result.joinings, result.splittings = len(proposal.joinings), len(proposal.splittings)
    return proposal
