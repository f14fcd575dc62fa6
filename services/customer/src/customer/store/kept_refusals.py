"""What outlives an erasure of what somebody refused: their addresses, on the suppression list.

Whoever withdrew and then was erased must not be written to because an old list came in again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from customer.domain.communication import (
    ADDRESS_OF,
    AddressKind,
    SuppressionReason,
)
from customer.domain.consent_state import ConsentState, present_states
from customer.domain.consents import Decision, is_transactional
from customer.store.consents import consents_of
from customer.store.suppressions import suppress
from customer.store.tables.book import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Transaction
    from customer.domain.official_ids import Sealer


async def keep_refusals(
    tx: Transaction,
    customer_id: str,
    record_ids: Sequence[UUID],
    sealer: Sealer,
    *,
    now: datetime,
) -> int:
    """Put the addresses of a customer about to be erased on the list, for what they refused.

    Gives how many entries that made. The caller holds the customer.
    """
    held = (await consents_of(tx, [customer_id]))[customer_id]
    refused = {
        (kind, state.purpose)
        for state in present_states(held.consents, held.merges)
        if state.decision is not Decision.GRANTED and not is_transactional(state.purpose)
        for kind in _kinds(state)
    }
    if not refused:
        return 0
    query = (
        select(identifiers.c.kind, identifiers.c.value)
        .distinct()
        .where(
            identifiers.c.source_record_id.in_(record_ids),
            identifiers.c.kind.in_([str(kind) for kind in AddressKind]),
        )
    )
    addresses = [(AddressKind(row.kind), row.value) for row in await tx.execute(query)]
    listed = [
        (kind, sealer.seal_address(kind, compared), purpose)
        for kind, compared in addresses
        for refused_kind, purpose in refused
        if kind is refused_kind
    ]
    await suppress(tx, listed, SuppressionReason.ERASED, now=now)
    return len(listed)


def _kinds(state: ConsentState) -> Iterable[AddressKind]:
    """Give the kinds of address that a no is about; one without a channel is about all."""
    if state.channel is None:
        return AddressKind
    return [ADDRESS_OF[state.channel]] if state.channel in ADDRESS_OF else []
