"""Consents as they are kept: everything that the present records and ids of customers decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, text, tuple_

from customer.domain.consent_state import StandingMerge
from customer.domain.consents import (
    Basis,
    Consent,
    ConsentChannel,
    Decision,
    Proof,
    ProofHow,
    ToldConsent,
)
from customer.store.tables.consents import consent_texts, consents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_OF_CUSTOMERS = """
SELECT f.customer_id, c.*
FROM (
    SELECT id AS customer_id, id FROM unnest(CAST(:ids AS text[])) AS asked (id)
    UNION ALL
    SELECT survivor_id, retired_id FROM customer_aliases
    WHERE survivor_id = ANY(CAST(:ids AS text[]))
) AS f
JOIN consents c ON c.told_customer_id = f.id
UNION ALL
SELECT r.customer_id, c.*
FROM source_records r JOIN consents c ON c.source_record_id = r.id
WHERE r.customer_id = ANY(CAST(:ids AS text[]))
"""

# The last merge of an alias is the one that stands; it names the records that came along.
_STANDING_MERGES = """
SELECT DISTINCT ON (a.retired_id)
    a.survivor_id AS customer_id, a.retired_id, coalesce(m.survivor_id, a.survivor_id) AS into_id,
    coalesce(m.merged_at, a.retired_at) AS merged_at,
    coalesce(m.source_record_ids, '{}') AS source_record_ids
FROM customer_aliases a LEFT JOIN merges m ON m.retired_id = a.retired_id
WHERE a.survivor_id = ANY(CAST(:ids AS text[]))
ORDER BY a.retired_id, m.merged_at DESC
"""


@dataclass(slots=True)
class HeldConsents:
    """All that was decided for one customer, and the merges that made it one.

    `origins` says whose each record was before the first of them.
    """

    consents: list[Consent] = field(default_factory=list[Consent])
    merges: list[StandingMerge] = field(default_factory=list[StandingMerge])
    origins: dict[UUID, str] = field(default_factory=dict[UUID, str])

    def copy(self) -> HeldConsents:
        """Give another of the same content."""
        return HeldConsents(list(self.consents), self.merges, self.origins)


async def consents_of(
    connection: AsyncConnection, customer_ids: Sequence[str]
) -> dict[str, HeldConsents]:
    """Give what was decided for each customer, by its present id."""
    held = {customer_id: HeldConsents() for customer_id in customer_ids}
    merges = await connection.execute(text(_STANDING_MERGES), {"ids": list(held)})
    for row in sorted(merges, key=lambda row: row.merged_at, reverse=True):
        one = held[row.customer_id]
        one.merges.append(StandingMerge(row.retired_id, row.into_id, row.merged_at))
        one.origins |= dict.fromkeys(row.source_record_ids, row.retired_id)
    rows = await connection.execute(text(_OF_CUSTOMERS), {"ids": list(held)})
    for row in rows.mappings():
        customer_id: str = row["customer_id"]
        one = held[customer_id]
        by_record = one.origins.get(row["source_record_id"])
        one.consents.append(_consent(row, row["told_customer_id"] or by_record or customer_id))
    return held


async def write_consents(tx: Transaction, written: Sequence[Consent]) -> None:
    """Add consents to the history."""
    if written:
        await tx.execute(insert(consents), [_row(consent) for consent in written])


async def known_texts(tx: Transaction, told: Iterable[ToldConsent]) -> list[tuple[str, str, str]]:
    """Give (purpose, version, language) of the texts that consents name, held as they are."""
    named = {(one.purpose, one.text_version) for one in told if one.text_version is not None}
    if not named:
        return []
    columns = consent_texts.c
    query = (
        select(columns.purpose, columns.version, columns.language)
        .where(tuple_(columns.purpose, columns.version).in_(sorted(named)))
        .order_by(columns.purpose, columns.version, columns.language)
        .with_for_update(read=True)
    )
    return [(row.purpose, row.version, row.language) for row in await tx.execute(query)]


def _consent(row: RowMapping, origin_id: str) -> Consent:
    how, channel = row["proof_how"], row["channel"]
    return Consent(
        id=row["id"],
        told=ToldConsent(
            purpose=row["purpose"],
            decision=Decision(row["decision"]),
            basis=Basis(row["basis"]),
            source=row["source"],
            brand=row["brand"],
            legal_entity=row["legal_entity"],
            home_region=row["home_region"],
            channel=None if channel is None else ConsentChannel(channel),
            text_version=row["text_version"],
            text_language=row["text_language"],
            proof=None if how is None else Proof(ProofHow(how), row["proof_reference"]),
            decided_at=row["decided_at"],
            valid_until=row["valid_until"],
        ),
        source_record_id=row["source_record_id"],
        told_customer_id=row["told_customer_id"],
        origin_id=origin_id,
        decided_at=row["decided_at"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        recorded_for=row["recorded_for"],
    )


def _row(consent: Consent) -> dict[str, Any]:
    told = consent.told
    return {
        "id": consent.id,
        "source_record_id": consent.source_record_id,
        "told_customer_id": consent.told_customer_id,
        "purpose": told.purpose,
        "channel": told.channel,
        "decision": told.decision,
        "basis": told.basis,
        "text_version": told.text_version,
        "text_language": told.text_language,
        "source": told.source,
        "brand": told.brand,
        "legal_entity": told.legal_entity,
        "home_region": told.home_region,
        "proof_how": None if told.proof is None else told.proof.how,
        "proof_reference": None if told.proof is None else told.proof.reference,
        "decided_at": consent.decided_at,
        "valid_until": told.valid_until,
        "recorded_at": consent.recorded_at,
        "recorded_by": consent.recorded_by,
        "recorded_for": consent.recorded_for,
    }
