"""Finding what claims may concern, in one statement: their records, identifiers and likenesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer.domain.book import Holder, KnownRecord, share_too_much
from customer.domain.claims import RecordKey
from customer.domain.identifiers import LIMITS, Identifier
from customer.domain.linkage.blocking import BLOCK_CAP
from customer.domain.neighbourhood import nearest_packed
from customer.store.records_json import read_flags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from customer.domain.neighbourhood import Near, Portrait, Recogniser

CANDIDATES = 30
"""How many stored records are weighed against a claim: those that share its rarest keys."""

# An outer join, for the locks are taken whether or not there is any record.
_KNOWN = """
SELECT r.id, r.source, r.external_id, r.customer_id, r.content_hash, r.version, r.created_at,
       r.matched_on, r.flags
FROM (SELECT count(pg_advisory_xact_lock(name)) FROM unnest($1::bigint[]) AS name) AS locked
LEFT JOIN (
    unnest($2::text[], $3::text[]) AS k (source, external_id)
    JOIN source_records r USING (source, external_id)
) ON true
"""

# A block, and an identifier, is read one further than its limit, which tells that it is crowded.
# One birth date in a block of three says more than three keys of a hundred; millionths of whole
# numbers are summed, for fractions would come out otherwise in another order.
_FIND = """
WITH keyed AS MATERIALIZED (
    SELECT claim, key FROM unnest($1::int[], $2::bigint[]) AS k (claim, key)
), blocks AS MATERIALIZED (
    SELECT key, ARRAY(
        SELECT b.source_record_id FROM blocking_keys b WHERE b.key = k.key LIMIT $3 + 1) AS members
    FROM (SELECT DISTINCT key FROM keyed) AS k
), ranked AS (
    SELECT claim, member, row_number() OVER (
        PARTITION BY claim ORDER BY sum(1000000 / cardinality(members)) DESC, member) AS place
    FROM keyed JOIN blocks USING (key), unnest(members) AS member
    WHERE cardinality(members) <= $3
    GROUP BY claim, member
)
SELECT 'likeness' AS found_by, claim, array_agg(member) AS ids, array_agg(traits) AS traits,
       NULL AS id, NULL AS customer_id, NULL AS source, NULL AS external_id, NULL AS content_hash,
       NULL AS version, NULL AS created_at, NULL AS matched_on, NULL AS flags
FROM ranked JOIN record_traits ON source_record_id = member
WHERE place <= $4 GROUP BY claim
UNION ALL
SELECT 'key', NULL, NULL, NULL, r.id, r.customer_id,
       r.source, r.external_id, r.content_hash, r.version, r.created_at, r.matched_on, r.flags
FROM unnest($5::text[], $6::text[]) AS k (source, external_id)
JOIN source_records r USING (source, external_id)
UNION ALL
SELECT 'identifier', w.place, NULL, NULL, r.id, r.customer_id,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM unnest($7::text[], $8::text[], $9::int[]) WITH ORDINALITY AS w (kind, value, bound, place)
CROSS JOIN LATERAL (
    SELECT i.source_record_id FROM identifiers i
    WHERE i.kind = w.kind AND i.value = w.value
    ORDER BY i.source_record_id LIMIT w.bound
) AS h
JOIN source_records r ON r.id = h.source_record_id
UNION ALL
SELECT 'blocked', w.place, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM unnest($7::text[], $8::text[]) WITH ORDINALITY AS w (kind, value, place)
JOIN blocked_identifiers USING (kind, value)
UNION ALL
SELECT 'erased', NULL, NULL, NULL, NULL, NULL, NULL, NULL, key_hash, NULL, erased_at, NULL, NULL
FROM erased_records WHERE key_hash = ANY($10::bytea[])
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What is there: whose it is may change until the customers are held.

    `holders` leaves out the values of `crowded`, which too many share to identify anybody, or which
    somebody `blocked`. `near` has for each portrait the records that resemble it, the most alike
    first. `erased` says when the records of key hashes were erased.
    """

    records: list[KnownRecord]
    holders: dict[Identifier, list[Holder]]
    crowded: set[Identifier]
    blocked: set[Identifier]
    near: dict[Portrait, list[Near]]
    erased: dict[bytes, datetime]


async def lock_and_look(
    connection: asyncpg.Connection[asyncpg.Record],
    names: Collection[int],
    keys: Collection[RecordKey],
) -> list[KnownRecord]:
    """Lock names, sorted numbers, until the transaction ends, and read the records of keys.

    They are read as they were before the locks were had: others may have written them since.
    """
    told = [key.source for key in keys], [key.external_id for key in keys]
    rows = await connection.fetch(_KNOWN, names, *told)
    return [_known_record(row) for row in rows if row["id"] is not None]


async def find(
    connection: asyncpg.Connection[asyncpg.Record],
    keys: Collection[RecordKey],
    identifiers: Sequence[Identifier],
    portraits: Sequence[Portrait],
    recogniser: Recogniser,
    key_hashes: Sequence[bytes] = (),
) -> Found:
    """Find the records of keys, who else carries the identifiers, and who is like the portraits."""
    keyed = [(place, key) for place, portrait in enumerate(portraits) for key in portrait.keys]
    rows = await connection.fetch(
        _FIND,
        [place for place, _ in keyed],
        [key for _, key in keyed],
        BLOCK_CAP,
        CANDIDATES,
        [key.source for key in keys],
        [key.external_id for key in keys],
        [str(identifier.kind) for identifier in identifiers],
        [identifier.value for identifier in identifiers],
        [LIMITS[identifier.kind].records + 2 for identifier in identifiers],
        key_hashes,
    )
    records: list[KnownRecord] = []
    holders: dict[Identifier, list[Holder]] = {}
    blocked: set[Identifier] = set()
    erased: dict[bytes, datetime] = {}
    met: dict[int, Iterable[tuple[UUID, str]]] = {}
    for row in rows:
        place: int = row["claim"]
        match row["found_by"]:
            case "likeness":
                met[place] = zip(row["ids"], row["traits"], strict=True)
            case "key":
                records.append(_known_record(row))
            case "identifier":
                holder = Holder(row["id"], row["customer_id"])
                holders.setdefault(identifiers[place - 1], []).append(holder)
            case "blocked":
                blocked.add(identifiers[place - 1])
            case _:
                erased[row["content_hash"]] = row["created_at"]
    crowded = blocked | {
        value for value, who in holders.items() if share_too_much(value, who, besides=1)
    }
    return Found(
        records=records,
        holders={value: who for value, who in holders.items() if value not in crowded},
        crowded=crowded,
        blocked=blocked,
        near={
            portrait: nearest_packed(recogniser, portrait.traits, met.get(place, ()))
            for place, portrait in enumerate(portraits)
        },
        erased=erased,
    )


def _known_record(row: asyncpg.Record) -> KnownRecord:
    return KnownRecord(
        id=row["id"],
        key=RecordKey(row["source"], row["external_id"]),
        customer_id=row["customer_id"],
        content_hash=row["content_hash"],
        version=row["version"],
        created_at=row["created_at"],
        matched_on=tuple(row["matched_on"]),
        flags=read_flags(row["flags"]),
    )
