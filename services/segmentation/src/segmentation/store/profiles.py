"""Profiles with their spendings: locked while they are measured, written when they changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from chassis.database import driver
from chassis.ids import new_uuid
from segmentation.domain.indicators import Indicators, Spending
from segmentation.domain.profiles import Assessment, Profile
from segmentation.domain.scoring import Scores
from segmentation.store.arrays import write

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    import asyncpg
    from asyncpg import Record

    from chassis.database import Transaction

_LOCK = "SELECT * FROM profiles WHERE customer_id = ANY($1) ORDER BY customer_id FOR UPDATE"
_CREATE = """
INSERT INTO profiles (profile_id, customer_id, updated_at, made_by)
SELECT profile_id, customer_id, $3, $4
FROM unnest($1::uuid[], $2::text[]) AS told (profile_id, customer_id)
ORDER BY customer_id
ON CONFLICT (customer_id) DO NOTHING
"""
_FORGET_EMPTY = """
DELETE FROM profiles AS profile
WHERE made_by = $1 AND frequency = 0 AND open_complaints = 0 AND segment IS NULL
    AND NOT EXISTS (SELECT FROM spendings WHERE spendings.profile_id = profile.profile_id)
    AND NOT EXISTS (SELECT FROM memberships WHERE memberships.profile_id = profile.profile_id)
"""
_FIND = "SELECT * FROM profiles WHERE customer_id = $1"
_AGED = """
SELECT profile.customer_id
FROM unnest($1::smallint[], $2::date[]) AS bound (score, oldest_on)
    JOIN profiles AS profile
        ON profile.recency_score = bound.score AND profile.last_purchase_on < bound.oldest_on
LIMIT $3
"""
_PAGE = """
SELECT * FROM profiles WHERE customer_id > $1 AND frequency > 0 ORDER BY customer_id LIMIT $2
"""
_WRITTEN = """
SELECT membership.profile_id, membership.segment
FROM memberships AS membership JOIN segments AS segment ON segment.slug = membership.segment
WHERE membership.profile_id = ANY($1) AND membership.left_at IS NULL AND segment.rule IS NOT NULL
"""
_SPENDINGS = "SELECT * FROM spendings WHERE profile_id = ANY($1) ORDER BY profile_id, currency"
_SAVE = """
UPDATE profiles AS profile SET
    (first_purchase_on, last_purchase_on, frequency, open_complaints, recency_score,
        frequency_score, monetary_score, segment, version, updated_at)
    = (told.first_on, told.last_on, told.frequency, told.open_complaints, told.recency_score,
        told.frequency_score, told.monetary_score, told.segment, told.version, $11)
FROM unnest($1::uuid[], $2::date[], $3::date[], $4::integer[], $5::integer[], $6::smallint[],
        $7::smallint[], $8::smallint[], $9::text[], $10::bigint[])
    AS told (profile_id, first_on, last_on, frequency, open_complaints, recency_score,
        frequency_score, monetary_score, segment, version)
WHERE profile.profile_id = told.profile_id
"""
_SPEND = """
INSERT INTO spendings (profile_id, currency, ordered_minor, cancelled_minor, returned_minor)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
ON CONFLICT (profile_id, currency) DO UPDATE SET
    (ordered_minor, cancelled_minor, returned_minor)
    = (excluded.ordered_minor, excluded.cancelled_minor, excluded.returned_minor)
"""
_SPEND_NO_MORE = """
DELETE FROM spendings USING unnest($1::uuid[], $2::text[]) AS gone (profile_id, currency)
WHERE spendings.profile_id = gone.profile_id AND spendings.currency = gone.currency
"""


async def lock(
    tx: Transaction, customer_ids: Collection[str], *, now: datetime, made_by: str | None = None
) -> list[Profile]:
    """Give the profiles of these customers, made where there was none, and lock them.

    `made_by` is the retired id by whose merge a customer has facts for the first time.
    """
    connection = await driver(tx)
    asked = list(customer_ids)
    rows = await connection.fetch(_LOCK, asked)
    if len(rows) < len(asked):
        missing = sorted(set(asked).difference(row["customer_id"] for row in rows))
        await connection.execute(_CREATE, [new_uuid() for _ in missing], missing, now, made_by)
        rows = await connection.fetch(_LOCK, asked)
    return await _read(connection, rows)


async def forget_empty(tx: Transaction, *, made_by: str) -> None:
    """Delete profiles that a merge made, when it is undone and they have nothing without it."""
    connection = await driver(tx)
    await connection.execute(_FORGET_EMPTY, made_by)


async def find(tx: Transaction, customer_id: str) -> Profile | None:
    """Give the customer's profile, without locking it."""
    connection = await driver(tx)
    found = await _read(connection, await connection.fetch(_FIND, customer_id))
    return found[0] if found else None


async def aged(tx: Transaction, oldest_on: Mapping[int, date], *, limit: int) -> list[str]:
    """Name customers whose last purchase is older than their recency score allows."""
    connection = await driver(tx)
    scores, days = list(oldest_on), list(oldest_on.values())
    return [row["customer_id"] for row in await connection.fetch(_AGED, scores, days, limit)]


async def page(tx: Transaction, *, after: str, limit: int) -> list[Profile]:
    """Give the next buyers by customer id, without locking them."""
    connection = await driver(tx)
    return await _read(connection, await connection.fetch(_PAGE, after, limit))


async def save(tx: Transaction, changed: Sequence[Assessment], *, now: datetime) -> None:
    """Write profiles and spendings as they are after they were measured."""
    connection = await driver(tx)
    await write(connection, _SAVE, [_row(each.after) for each in changed], now)
    spent = [(each.after.profile_id, s) for each in changed for s in _new_spendings(each)]
    await write(connection, _SPEND, [_spending_row(*pair) for pair in spent])
    gone = [(each.after.profile_id, currency) for each in changed for currency in _gone(each)]
    await write(connection, _SPEND_NO_MORE, gone)


def _new_spendings(assessment: Assessment) -> set[Spending]:
    before, after = assessment.before.indicators, assessment.after.indicators
    return set(after.spendings) - set(before.spendings)


def _gone(assessment: Assessment) -> set[str]:
    before, after = assessment.before.indicators, assessment.after.indicators
    return {s.currency for s in before.spendings} - {s.currency for s in after.spendings}


def _spending_row(profile_id: UUID, spending: Spending) -> tuple[UUID, str, int, int, int]:
    return (
        profile_id,
        spending.currency,
        spending.ordered_minor,
        spending.cancelled_minor,
        spending.returned_minor,
    )


def _row(profile: Profile) -> tuple[object, ...]:
    known, scores = profile.indicators, profile.scores
    return (
        profile.profile_id,
        known.first_purchase_on,
        known.last_purchase_on,
        known.frequency,
        known.open_complaints,
        scores and scores.recency,
        scores and scores.frequency,
        scores and scores.monetary,
        profile.segment,
        profile.version,
    )


async def _read(connection: asyncpg.Connection[Record], rows: Iterable[Record]) -> list[Profile]:
    profiles = list(rows)
    profile_ids = [row["profile_id"] for row in profiles]
    written: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in await connection.fetch(_WRITTEN, profile_ids):
        written[row["profile_id"]].add(row["segment"])
    spendings: defaultdict[UUID, list[Spending]] = defaultdict(list)
    for row in await connection.fetch(_SPENDINGS, profile_ids):
        spendings[row["profile_id"]].append(
            Spending(
                currency=row["currency"],
                ordered_minor=row["ordered_minor"],
                cancelled_minor=row["cancelled_minor"],
                returned_minor=row["returned_minor"],
            )
        )
    return [
        _profile(row, spendings[row["profile_id"]], frozenset(written[row["profile_id"]]))
        for row in profiles
    ]


def _profile(row: Record, spendings: Sequence[Spending], written: frozenset[str]) -> Profile:
    return Profile(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        version=row["version"],
        indicators=Indicators(
            first_purchase_on=row["first_purchase_on"],
            last_purchase_on=row["last_purchase_on"],
            frequency=row["frequency"],
            spendings=tuple(spendings),
            open_complaints=row["open_complaints"],
        ),
        scores=Scores(row["recency_score"], row["frequency_score"], row["monetary_score"])
        if row["recency_score"] is not None
        else None,
        segment=row["segment"],
        written=written,
    )
