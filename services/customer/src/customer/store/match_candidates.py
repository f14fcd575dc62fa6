"""Match candidates as judgements, merges and unmerges make them: opened, followed, settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from chassis.ids import new_uuid
from customer.domain.following import Standing, follow
from customer.store.kept_apart import GROUPS_BETWEEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction

_RECORDS_COUNTED = 1000
_STAKE = f"""
    SELECT count(*) AS records, array_agg(DISTINCT s.brand) AS brands,
           array_agg(DISTINCT s.country) AS countries
    FROM (SELECT brand, country FROM source_records
          WHERE customer_id IN ({{left}}, {{right}}) LIMIT {_RECORDS_COUNTED}) AS s
"""  # noqa: S608 - made of constants
_UNION = "(SELECT array_agg(DISTINCT e ORDER BY e) FROM unnest({0} || excluded.{1}) AS e)"

_OPEN = f"""
WITH told AS (
    SELECT j.id AS judgement_id, j.judge, j.judged_at, n.candidate_id,
           CAST(j.evidence ->> 'weight' AS double precision) AS weight,
           least(l.customer_id, r.customer_id) AS left_id,
           greatest(l.customer_id, r.customer_id) AS right_id
    FROM unnest(CAST(:judgement_ids AS uuid[]), CAST(:new_ids AS uuid[]))
        AS n (judgement_id, candidate_id)
    JOIN judgements j ON j.id = n.judgement_id
    JOIN source_records l ON l.id = j.left_id
    JOIN source_records r ON r.id = j.right_id
    WHERE j.verdict = 'unsure' AND (l.customer_id <> r.customer_id OR :within_one)
), pairs AS (
    SELECT left_id, right_id, (array_agg(candidate_id ORDER BY candidate_id))[1] AS id,
           max(weight) AS weight, array_agg(DISTINCT judge) AS judges, max(judged_at) AS at
    FROM told GROUP BY left_id, right_id
), opened AS (
    INSERT INTO match_candidates AS c (
        id, left_customer_id, right_customer_id, status, value, weight, judges, brands, countries,
        version, opened_at, updated_at)
    SELECT p.id, p.left_id, p.right_id, 'open',
           s.records + greatest(floor(coalesce(p.weight, 0)), 0), p.weight, p.judges, s.brands,
           s.countries, 1, p.at, p.at
    FROM pairs p
    CROSS JOIN LATERAL ({_STAKE.format(left="p.left_id", right="p.right_id")}) AS s
    WHERE NOT EXISTS ({GROUPS_BETWEEN.format(left="p.left_id", right="p.right_id")})
      AND NOT EXISTS (
        SELECT FROM rulings u WHERE u.act = 'keep-together' AND u.lifted_at IS NULL
          AND u.customer_id = p.left_id AND u.other_id = p.right_id)
       OR EXISTS (
        SELECT FROM match_candidates o
        WHERE o.left_customer_id = p.left_id AND o.right_customer_id = p.right_id
          AND o.status IN ('open', 'skipped'))
    ON CONFLICT (left_customer_id, right_customer_id) WHERE status IN ('open', 'skipped')
    DO UPDATE SET
        status = 'open', version = c.version + 1, updated_at = excluded.updated_at,
        value = greatest(c.value, excluded.value), weight = greatest(c.weight, excluded.weight),
        judges = {_UNION.format("c.judges", "judges")}, brands = excluded.brands,
        countries = excluded.countries, decided_by_client = NULL, decided_by_person = NULL,
        decided_at = NULL, reason = NULL
    RETURNING id, left_customer_id, right_customer_id, version, updated_at
), joined AS (
    INSERT INTO match_candidate_judgements (candidate_id, judgement_id)
    SELECT o.id, t.judgement_id
    FROM told t JOIN opened o
        ON o.left_customer_id = t.left_id AND o.right_customer_id = t.right_id
    ON CONFLICT DO NOTHING
)
INSERT INTO match_candidate_steps (candidate_id, version, step, at)
SELECT id, version, CASE WHEN version = 1 THEN 'opened' ELSE 'told-more' END, updated_at
FROM opened
"""  # noqa: S608 - made of constants

_TOUCHED = """
SELECT id, left_customer_id, right_customer_id, opened_at FROM match_candidates
WHERE status IN ('open', 'skipped')
  AND (left_customer_id = ANY(CAST(:ids AS text[]))
       OR right_customer_id = ANY(CAST(:ids AS text[])))
ORDER BY id FOR UPDATE
"""

_APART = f"""
SELECT p.left_id, p.right_id
FROM unnest(CAST(:lefts AS text[]), CAST(:rights AS text[])) AS p (left_id, right_id)
WHERE EXISTS ({GROUPS_BETWEEN.format(left="p.left_id", right="p.right_id")})
"""  # noqa: S608 - made of constants

_SETTLE = """
WITH settled AS (
    UPDATE match_candidates SET status = 'settled', version = version + 1, updated_at = :now,
        claimed_by_client = NULL, claimed_by_person = NULL, claimed_until = NULL
    WHERE id = ANY(CAST(:ids AS uuid[]))
    RETURNING id, version
)
INSERT INTO match_candidate_steps (candidate_id, version, step, at)
SELECT id, version, 'settled', :now FROM settled
"""

_HAND_OVER = """
INSERT INTO match_candidate_judgements (candidate_id, judgement_id)
SELECT h.to_id, cj.judgement_id
FROM unnest(CAST(:from_ids AS uuid[]), CAST(:to_ids AS uuid[])) AS h (from_id, to_id)
JOIN match_candidate_judgements cj ON cj.candidate_id = h.from_id
ON CONFLICT DO NOTHING
"""

_FOLLOW = f"""
WITH followed AS (
    UPDATE match_candidates c SET
        left_customer_id = f.left_id, right_customer_id = f.right_id, version = c.version + 1,
        updated_at = :now, brands = s.brands, countries = s.countries,
        value = s.records + greatest(floor(coalesce(e.weight, 0)), 0), weight = e.weight,
        judges = coalesce(e.judges, c.judges)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:lefts AS text[]), CAST(:rights AS text[]))
        AS f (id, left_id, right_id)
    CROSS JOIN LATERAL ({_STAKE.format(left="f.left_id", right="f.right_id")}) AS s
    CROSS JOIN LATERAL (
        SELECT max(CAST(j.evidence ->> 'weight' AS double precision)) AS weight,
               array_agg(DISTINCT j.judge) AS judges
        FROM match_candidate_judgements cj JOIN judgements j ON j.id = cj.judgement_id
        WHERE cj.candidate_id = f.id) AS e
    WHERE c.id = f.id
    RETURNING c.id, c.version
)
INSERT INTO match_candidate_steps (candidate_id, version, step, at)
SELECT id, version, 'followed', :now FROM followed
"""  # noqa: S608 - made of constants

_STRAY = """
DELETE FROM match_candidate_judgements cj
USING match_candidates c, judgements j, source_records l, source_records r
WHERE c.id = cj.candidate_id AND c.status IN ('open', 'skipped')
  AND (c.left_customer_id = :customer_id OR c.right_customer_id = :customer_id)
  AND j.id = cj.judgement_id AND l.id = j.left_id AND r.id = j.right_id
  AND (least(l.customer_id, r.customer_id), greatest(l.customer_id, r.customer_id))
      <> (c.left_customer_id, c.right_customer_id)
RETURNING cj.judgement_id
"""

_WITHOUT_JUDGEMENTS = """
SELECT c.id FROM match_candidates c
WHERE c.status IN ('open', 'skipped')
  AND (c.left_customer_id = ANY(CAST(:ids AS text[]))
       OR c.right_customer_id = ANY(CAST(:ids AS text[])))
  AND NOT EXISTS (SELECT FROM match_candidate_judgements cj WHERE cj.candidate_id = c.id)
"""


async def open_candidates(
    tx: Transaction, judgement_ids: Sequence[UUID], *, within_one: bool = False
) -> None:
    """Open a match candidate for each pair of customers that judgements leave unsure.

    A judgement of a pair that has a live candidate joins it, and opens it again if it was skipped.
    Whom a person keeps apart, or together, is not asked about again. Other verdicts are passed
    over, and doubt about two records that other evidence has made one customer's; a relink asks
    `within_one`: that is a candidate of that customer alone.
    """
    if not judgement_ids:
        return
    values = {
        "judgement_ids": list(judgement_ids),
        "new_ids": [new_uuid() for _ in judgement_ids],
        "within_one": within_one,
    }
    await tx.execute(text(_OPEN), values)


async def settle_candidates(tx: Transaction, leads_to: Mapping[str, str], *, now: datetime) -> None:
    """Re-point live candidates of retired customers, once their records have moved.

    What became one customer, or is kept apart as it is now, settles itself; of two candidates that
    come to be of the same pair the older remains, with the judgements of both.
    """
    touched = [
        Standing(row.id, row.left_customer_id, row.right_customer_id, row.opened_at)
        for row in await tx.execute(text(_TOUCHED), {"ids": [*leads_to, *leads_to.values()]})
    ]
    if not touched:
        return
    following = follow(touched, leads_to, apart=await _apart(tx, touched, leads_to))
    await _settle(tx, [one.id for one in following.settled], now=now)
    handed = {"from_ids": list(following.handed), "to_ids": list(following.handed.values())}
    await tx.execute(text(_HAND_OVER), handed)
    ends = {
        "ids": [one.id for one in following.kept],
        "lefts": [one.left_id for one in following.kept],
        "rights": [one.right_id for one in following.kept],
    }
    await tx.execute(text(_FOLLOW), {**ends, "now": now})


async def follow_records(tx: Transaction, customer_id: str, *, now: datetime) -> None:
    """Open candidates anew for judgements whose records left a customer; settle what is left."""
    strayed = await tx.execute(text(_STRAY), {"customer_id": customer_id})
    judgement_ids = list(strayed.scalars())
    if judgement_ids:
        await settle_without_judgements(tx, [customer_id], now=now)
        await open_candidates(tx, judgement_ids)


async def settle_without_judgements(
    tx: Transaction, customer_ids: Sequence[str], *, now: datetime
) -> None:
    """Settle live candidates of which no judgement is left, as after an erasure."""
    rows = await tx.execute(text(_WITHOUT_JUDGEMENTS), {"ids": list(customer_ids)})
    await _settle(tx, list(rows.scalars()), now=now)


async def _apart(
    tx: Transaction, touched: Sequence[Standing], leads_to: Mapping[str, str]
) -> set[tuple[str, str]]:
    pairs = {one.pair_after(leads_to) for one in touched}
    ends = {"lefts": [left for left, _ in pairs], "rights": [right for _, right in pairs]}
    rows = await tx.execute(text(_APART), ends)
    return {(row.left_id, row.right_id) for row in rows}


async def _settle(tx: Transaction, candidate_ids: Sequence[UUID], *, now: datetime) -> None:
    if candidate_ids:
        await tx.execute(text(_SETTLE), {"ids": list(candidate_ids), "now": now})
