"""Putting people together from weighed pairs: component by component, in several processes."""

from __future__ import annotations

import csv
from array import array
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from customer.domain.crowding import CROWDED, CROWDED_BITS
from customer.domain.guard import Person
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.judgements import Judge
from customer.domain.likely import Likely
from customer.domain.linkage.model import LinkageModel, Thresholds
from customer.domain.linkage.traits import unpack
from customer.domain.neighbourhood import Recogniser
from customer.domain.partition import partition
from customer.domain.resemblance import LIKENESS
from customer.domain.said import Said
from customer.jobs.linking.laid_out import LaidOutBase
from customer.jobs.linking.shares import share_out
from customer.store.records_json import read_names, read_official_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from customer.domain.linkage.traits import Traits

_ROWS_AT_ONCE = 10_000
_NODES = """
SELECT c.component, n.number, n.node_id, n.traits, n.names, n.birth_date, n.official_ids,
       n.own_id
FROM components c JOIN nodes n USING (number)
WHERE c.component % $1 = $2 ORDER BY c.component, n.number
"""
_EDGES = """
SELECT c.component, e.l, e.r, e.weight, e.kind, e.value
FROM (SELECT l, r, weight, NULL AS kind, NULL AS value FROM weighed WHERE weight >= $3
      UNION ALL SELECT l, r, NULL, kind, value FROM held
      UNION ALL SELECT l, r, NULL, NULL, NULL FROM words) AS e
JOIN components c ON c.number = e.l
WHERE c.component % $1 = $2 ORDER BY c.component, e.l, e.r, e.kind, e.value
"""

_BECAUSE = """
CREATE TABLE because AS SELECT * FROM read_csv(
    $1, auto_detect = false, delim = ',', quote = '"', escape = '"', header = false,
    columns = {'l': 'INTEGER', 'r': 'INTEGER', 'judge': 'VARCHAR', 'rule': 'VARCHAR',
               'matched_on': 'VARCHAR', 'evidence': 'VARCHAR'})
"""


@dataclass(frozen=True, slots=True)
class _Decided:
    """Groups of record numbers, and why: both numbers, judge, rule, matched on, evidence."""

    groups: list[list[int]]
    because: list[tuple[int, int, str, str, str, str]]


def find_components(base: LaidOutBase, said: Said, *, link: float) -> int:
    """Number the records that evidence or people connect; gives how many components have several.

    The table `words` then has the pairs of which people said that they are one.
    """
    with base.open() as connection:
        connection.execute(
            """CREATE TABLE words AS
            SELECT least(a.number, b.number) AS l, greatest(a.number, b.number) AS r
            FROM (SELECT unnest($1) AS one, unnest($2) AS other) AS s
            JOIN nodes a ON a.node_id = s.one JOIN nodes b ON b.node_id = s.other""",
            [[left.hex for left, _ in said.same], [right.hex for _, right in said.same]],
        )
        [(count,)] = connection.execute("SELECT count(*) FROM nodes").fetchall()
        leads_to = array("i", range(int(count)))
        rows = connection.execute(
            """SELECT l, r FROM weighed WHERE weight >= $1
            UNION SELECT l, r FROM held UNION SELECT l, r FROM words""",
            [link],
        )
        while chunk := rows.fetchmany(_ROWS_AT_ONCE):
            for left, right in chunk:
                _union(leads_to, left, right)
        file = base.folder / "components.csv"
        with file.open("w") as out:
            for number in range(len(leads_to)):
                root = _root(leads_to, number)
                out.write(f"{number},{root}\n")
        connection.execute(
            """CREATE TABLE components AS
            SELECT number, component FROM (
                SELECT *, count(*) OVER (PARTITION BY component) AS size FROM read_csv(
                    $1, auto_detect = false, delim = ',', header = false,
                    columns = {'number': 'INTEGER', 'component': 'INTEGER'}))
            WHERE size > 1""",
            [str(file)],
        )
        [(components,)] = connection.execute(
            "SELECT count(DISTINCT component) FROM components"
        ).fetchall()
    return int(components)


def put_together(base: LaidOutBase, recogniser: Recogniser, said: Said, *, processes: int) -> None:
    """Decide each component; `belongs` then has each record's number and its group's first."""
    told = (base.folder, recogniser.model.to_json(), recogniser.thresholds, said)
    files = share_out(_put_share_together, told, processes=processes)
    with base.open() as connection:
        connection.execute(_BECAUSE, [[str(because) for _, because in files]])
        connection.execute(
            """CREATE TABLE belongs AS
            WITH joined AS (SELECT * FROM read_csv(
                $1, auto_detect = false, delim = ',', header = false,
                columns = {'number': 'INTEGER', 'first': 'INTEGER'}))
            SELECT n.number, coalesce(j.first, n.number) AS first
            FROM nodes n LEFT JOIN joined j USING (number)""",
            [[str(belongs) for belongs, _ in files]],
        )


def _put_share_together(
    told: tuple[Path, dict[str, Any], Thresholds, Said], share: int, shares: int
) -> tuple[Path, Path]:
    folder, parameters, thresholds, said = told
    recogniser = Recogniser(LinkageModel.from_json(parameters), thresholds)
    belongs, because = folder / f"belongs-{share}.csv", folder / f"because-{share}.csv"
    base = LaidOutBase(folder)
    with (
        base.open(read_only=True, threads=1) as nodes,
        belongs.open("w") as groups_out,
        because.open("w", newline="") as reasons_out,
    ):
        reasons = csv.writer(reasons_out)
        edges = nodes.cursor()
        nodes.execute(_NODES, [shares, share])
        edges.execute(_EDGES, [shares, share, thresholds.link])
        together = zip(_by_component(nodes), _by_component(edges), strict=True)
        for (component, people), (same_component, pairs) in together:
            if component != same_component:
                message = f"component {component} has no pairs"
                raise AssertionError(message)
            decided = _decide(people, pairs, recogniser, said)
            for group in decided.groups:
                groups_out.writelines(f"{number},{group[0]}\n" for number in group)
            reasons.writerows(decided.because)
    return belongs, because


def _by_component(rows: DuckDBPyConnection) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    for component, found in groupby(_rows(rows), key=itemgetter(0)):
        yield component, list(found)


def _rows(rows: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while chunk := rows.fetchmany(_ROWS_AT_ONCE):
        yield from chunk


def _decide(
    nodes: Sequence[tuple[Any, ...]],
    edges: Iterable[tuple[Any, ...]],
    recogniser: Recogniser,
    said: Said,
) -> _Decided:
    numbers = {UUID(node_id): number for _, number, node_id, *_ in nodes}
    ids = {number: node_id for node_id, number in numbers.items()}
    people = [_person(*node[2:]) for node in nodes]
    weights: dict[tuple[UUID, UUID], float] = {}
    shared: dict[tuple[UUID, UUID], set[IdentifierKind]] = {}
    holders: dict[Identifier, set[UUID]] = {}
    for _, left, right, weight, kind, value in edges:
        pair = (ids[left], ids[right])
        if weight is not None:
            weights[pair] = weight
        elif kind is not None:
            shared.setdefault(pair, set()).add(IdentifierKind(kind))
            holders.setdefault(Identifier(IdentifierKind(kind), value), set()).update(pair)
    likely = [
        Likely(*pair, frozenset(shared.get(pair, ())), weights.get(pair, 0.0))
        for pair in weights.keys() | shared.keys()
    ]
    result = partition(people, likely, holders, recogniser, said)
    return _Decided(
        groups=[sorted(numbers[node_id] for node_id in group) for group in result.groups],
        because=[
            (
                numbers[pair.left_id],
                numbers[pair.right_id],
                *_reason(pair, result.compared, recogniser),
            )
            for pair in result.because
        ],
    )


def _reason(
    pair: Likely, compared: Mapping[UUID, Traits], recogniser: Recogniser
) -> tuple[str, str, str, str]:
    """Give judge, rule, what was matched on, and the evidence, as a judgement keeps them."""
    if pair.shared:
        kinds = sorted(pair.shared, key=lambda kind: kind.rank)
        evidence = {"shared": kinds, "contradictions": []}
        return Judge.RULE, f"shared-{kinds[0]}", ",".join(kinds), _json(evidence)
    model = recogniser.model
    parts = model.explain(compared[pair.left_id], compared[pair.right_id])
    if pair.weight - sum(part.bits for part in parts) > CROWDED_BITS / 2:
        parts = (*parts, CROWDED)
    told = [[part.field, part.level, part.bits] for part in parts]
    evidence = {"weight": sum(part.bits for part in parts), "parts": told}
    return Judge.MODEL, model.version, LIKENESS, _json(evidence)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _person(
    node_id: str,
    traits: str,
    names: str | None,
    birth_date: str | None,
    official: str | None,
    own_id: str,
) -> Person:
    return Person(
        record_id=UUID(node_id),
        names=read_names(orjson.loads(names) if names else None),
        birth_date=date.fromisoformat(birth_date) if birth_date else None,
        traits=unpack(traits),
        official_ids=read_official_ids(orjson.loads(official) if official else None),
        tells_own_id=own_id == "1",
    )


def _union(leads_to: array[int], left: int, right: int) -> None:
    mine, theirs = _root(leads_to, left), _root(leads_to, right)
    if mine != theirs:
        leads_to[max(mine, theirs)] = min(mine, theirs)


def _root(leads_to: array[int], number: int) -> int:
    while leads_to[number] != number:
        leads_to[number] = leads_to[leads_to[number]]
        number = leads_to[number]
    return number
