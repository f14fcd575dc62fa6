"""Writing what an intake changed: one statement when nobody is merged, four when somebody is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from chassis.database import driver, mark_announced
from customer.domain.judgements import Judge
from customer.domain.linkage.traits import pack
from customer.domain.search_keys import search_keys_of
from customer.store.records_json import flags_json, normalised_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from chassis.outbox import OutboxRow
    from customer.domain.book import KnownCustomer
    from customer.domain.intake import Changes, Entry
    from customer.domain.judgements import Judgement
    from customer.domain.merging import Move

_OUTBOX_COLUMNS = (
    "id, aggregatetype, aggregateid, type, sequence, payload, occurred_at, traceparent"
)
_ANNOUNCE = f"""
INSERT INTO outbox ({_OUTBOX_COLUMNS})
SELECT {_OUTBOX_COLUMNS} FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[], $7::timestamptz[],
    $8::text[]) AS o ({_OUTBOX_COLUMNS})
"""  # noqa: S608 - made of constants

_WRITE = f"""
WITH new_customers AS (
    INSERT INTO customers (id, brand, legal_entity, home_region, version, created_at, updated_at,
                           retired_at)
    SELECT id, brand, legal_entity, home_region, version, created_at, updated_at, retired_at
    FROM jsonb_to_recordset($9) AS c (
        id text, brand text, legal_entity text, home_region text, version bigint,
        created_at timestamptz, updated_at timestamptz, retired_at timestamptz)
    ON CONFLICT (id) DO UPDATE SET
        version = excluded.version, updated_at = excluded.updated_at,
        retired_at = excluded.retired_at
), new_records AS (
    INSERT INTO source_records (
        id, source, external_id, customer_id, channel, store, country, language, brand,
        legal_entity, home_region, raw, normalised, flags, matched_on, content_hash, version,
        observed_at, created_at, updated_at)
    SELECT id, source, external_id, customer_id, channel, store, country, language, brand,
        legal_entity, home_region, raw, normalised, flags, matched_on,
        decode(content_hash, 'hex'), version, observed_at, created_at, updated_at
    FROM jsonb_to_recordset($10) AS r (
        id uuid, source text, external_id text, customer_id text, channel text, store text,
        country text, language text, brand text, legal_entity text, home_region text, raw jsonb,
        normalised jsonb, flags jsonb, matched_on text[], content_hash text, version bigint,
        observed_at timestamptz, created_at timestamptz, updated_at timestamptz)
    ON CONFLICT (id) DO UPDATE SET
        customer_id = excluded.customer_id, channel = excluded.channel, store = excluded.store,
        country = excluded.country, language = excluded.language, brand = excluded.brand,
        legal_entity = excluded.legal_entity, home_region = excluded.home_region,
        raw = excluded.raw, normalised = excluded.normalised, flags = excluded.flags,
        matched_on = excluded.matched_on, content_hash = excluded.content_hash,
        version = excluded.version, observed_at = excluded.observed_at,
        updated_at = excluded.updated_at
), told_identifiers AS (
    SELECT * FROM unnest($11::text[], $12::text[], $13::uuid[])
        AS i (kind, value, source_record_id)
), old_identifiers AS (
    DELETE FROM identifiers WHERE source_record_id = ANY($16::uuid[])
    AND (kind, value, source_record_id) NOT IN (SELECT * FROM told_identifiers)
), new_identifiers AS (
    INSERT INTO identifiers SELECT * FROM told_identifiers ON CONFLICT DO NOTHING
), told_traits AS (
    SELECT * FROM jsonb_to_recordset($18)
        AS t (source_record_id uuid, traits text, keys bigint[])
), told_blocks AS (
    SELECT unnest(keys) AS key, source_record_id FROM told_traits
), old_blocks AS (
    DELETE FROM blocking_keys b USING (
        SELECT unnest(keys) AS key, source_record_id FROM record_traits
        WHERE source_record_id = ANY($16::uuid[])
        EXCEPT SELECT * FROM told_blocks
    ) AS o WHERE b.key = o.key AND b.source_record_id = o.source_record_id
), new_blocks AS (
    INSERT INTO blocking_keys SELECT * FROM told_blocks ON CONFLICT DO NOTHING
), new_traits AS (
    INSERT INTO record_traits (source_record_id, traits, keys) SELECT * FROM told_traits
    ON CONFLICT (source_record_id) DO UPDATE SET traits = excluded.traits, keys = excluded.keys
), told_keys AS (
    SELECT * FROM unnest($14::text[], $15::text[], $19::uuid[])
        AS k (kind, key, source_record_id)
), old_keys AS (
    DELETE FROM search_keys WHERE source_record_id = ANY($16::uuid[])
    AND (kind, key, source_record_id) NOT IN (SELECT * FROM told_keys)
), new_keys AS (
    INSERT INTO search_keys SELECT * FROM told_keys ON CONFLICT DO NOTHING
), new_judgements AS (
    INSERT INTO judgements (id, left_id, right_id, verdict, judge, rule, evidence, judged_at)
    SELECT id, left_id, right_id, verdict, judge, rule, evidence, judged_at
    FROM jsonb_to_recordset($17) AS j (
        id uuid, left_id uuid, right_id uuid, verdict text, judge text, rule text, evidence jsonb,
        judged_at timestamptz)
    ON CONFLICT DO NOTHING
)
{_ANNOUNCE}
"""  # noqa: S608 - made of constants

_MOVE_RECORDS = """
WITH moving AS (
    SELECT r.id, r.customer_id AS retired_id, m.survivor_id
    FROM unnest($1::text[], $2::text[]) AS m (retired_id, survivor_id)
    JOIN source_records r ON r.customer_id = m.retired_id
)
UPDATE source_records r SET customer_id = moving.survivor_id
FROM moving WHERE r.id = moving.id
RETURNING r.id, moving.retired_id
"""

_RETIRE = f"""
WITH retiring AS (
    SELECT * FROM unnest($9::text[], $10::text[]) AS m (retired_id, survivor_id)
), led_on AS (
    UPDATE customer_aliases a SET survivor_id = m.survivor_id
    FROM retiring m WHERE a.survivor_id = m.retired_id
), led AS (
    INSERT INTO customer_aliases (retired_id, survivor_id, retired_at)
    SELECT retired_id, survivor_id, $12 FROM retiring
), remembered AS (
    INSERT INTO merges (retired_id, survivor_id, merged_at, source_record_ids, cause_id)
    SELECT retired_id, survivor_id, $12, source_record_ids, cause_id
    FROM jsonb_to_recordset($11) AS m (
        retired_id text, survivor_id text, source_record_ids uuid[], cause_id uuid)
)
{_ANNOUNCE}
"""  # noqa: S608 - made of constants


async def write_changes(
    tx: Transaction, changes: Changes, rows: Sequence[OutboxRow], *, now: datetime
) -> None:
    """Write customers, records and what hangs on them, and the facts about them."""
    connection = await driver(tx)
    retired = {merge.retired_id for merge in changes.merges}
    entries = changes.entries.values()
    used = [(use.identifier, e.record.id) for e in entries for use in e.reading.usable]
    keys = [
        (*key, entry.record.id)
        for entry in entries
        for key in search_keys_of(entry.reading.normalised, entry.claim.key)
    ]
    await connection.execute(
        _WRITE,
        *_columns(rows),
        _json([_customer_row(one, retired, now) for one in changes.customers.values()]),
        _json([_record_row(entry, now) for entry in entries]),
        [str(identifier.kind) for identifier, _ in used],
        [identifier.value for identifier, _ in used],
        [record_id for _, record_id in used],
        [str(kind) for kind, _, _ in keys],
        [key for _, key, _ in keys],
        [entry.record.id for entry in entries if entry.record.version > 1],
        _json([_judgement_row(*judged, now) for judged in changes.judgements]),
        _json([_traits_row(entry) for entry in entries]),
        [record_id for _, _, record_id in keys],
    )
    mark_announced(tx)


async def move_records(tx: Transaction, leads_to: Mapping[str, str]) -> dict[str, list[UUID]]:
    """Give the records of retired customers to their survivors; gives which came from whom."""
    connection = await driver(tx)
    moved: dict[str, list[UUID]] = {}
    for row in await connection.fetch(_MOVE_RECORDS, list(leads_to), list(leads_to.values())):
        moved.setdefault(row["retired_id"], []).append(row["id"])
    return moved


async def write_merges(
    tx: Transaction,
    moves: Sequence[Move],
    leads_to: Mapping[str, str],
    rows: Sequence[OutboxRow],
    *,
    now: datetime,
) -> None:
    """Have each retired id lead to its survivor, remember the merges, and tell the facts."""
    connection = await driver(tx)
    remembered = [
        {
            "retired_id": move.merge.retired_id,
            "survivor_id": move.merge.survivor_id,
            "source_record_ids": move.record_ids,
            "cause_id": move.merge.cause_id,
        }
        for move in moves
    ]
    await connection.execute(
        _RETIRE, *_columns(rows), list(leads_to), list(leads_to.values()), _json(remembered), now
    )


def _columns(rows: Sequence[OutboxRow]) -> list[list[Any]]:
    return [[row[column] for row in rows] for column in range(8)]


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()  # asyncpg has a UUID class of its own


def _customer_row(customer: KnownCustomer, retired: set[str], now: datetime) -> dict[str, Any]:
    return {
        "id": customer.id,
        "brand": customer.brand,
        "legal_entity": customer.legal_entity,
        "home_region": customer.home_region,
        "version": customer.version,
        "created_at": customer.created_at,
        "updated_at": now,
        "retired_at": now if customer.id in retired else None,
    }


def _record_row(entry: Entry, now: datetime) -> dict[str, Any]:
    claim, record = entry.claim, entry.record
    return {
        "id": record.id,
        "source": claim.key.source,
        "external_id": claim.key.external_id,
        "customer_id": record.customer_id,
        "channel": claim.channel,
        "store": claim.store,
        "country": claim.country,
        "language": claim.language,
        "brand": claim.brand,
        "legal_entity": claim.legal_entity,
        "home_region": claim.home_region,
        "raw": orjson.Fragment(claim.body),
        "normalised": normalised_json(entry.reading.normalised),
        "flags": flags_json(record.flags),
        "matched_on": record.matched_on,
        "content_hash": record.content_hash.hex(),
        "version": record.version,
        "observed_at": entry.reading.observed_at,
        "created_at": record.created_at,
        "updated_at": now,
    }


def _traits_row(entry: Entry) -> dict[str, Any]:
    return {
        "source_record_id": entry.record.id,
        "traits": pack(entry.portrait.traits),
        "keys": entry.portrait.keys,
    }


def _judgement_row(judgement_id: UUID, judgement: Judgement, now: datetime) -> dict[str, Any]:
    return {
        "id": judgement_id,
        "left_id": judgement.left_id,
        "right_id": judgement.right_id,
        "verdict": judgement.verdict,
        "judge": judgement.judge,
        "rule": judgement.rule,
        "evidence": _evidence(judgement),
        "judged_at": now,
    }


def _evidence(judgement: Judgement) -> dict[str, Any]:
    if judgement.judge is Judge.MODEL:
        parts = [[part.field, part.level, part.bits] for part in judgement.parts]
        return {"weight": judgement.weight, "parts": parts}
    return {"shared": judgement.shared, "contradictions": judgement.contradictions}
