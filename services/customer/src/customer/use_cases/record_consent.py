"""Recording a decision of a customer, with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.consents import (
    Consent,
    Recorder,
    ToldConsent,
    refuse_unknown_text,
    refuse_unlikely,
)
from customer.store.consent_changes import Telling, record_consents
from customer.store.consents import known_texts
from customer.store.holding import decide_once
from customer.store.owners import hold_owner

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once
    from customer.domain.owners import Whom


async def record_consent(
    database: Database,
    whom: Whom,
    told: ToldConsent,
    *,
    by: Recorder,
    now: datetime,
    once: Once[Consent],
) -> Consent:
    """Add a decision to the customer's history; `told` carries the instant of the decision.

    The very same decision again adds nothing. Raises `CustomerUnknown`, `SourceRecordUnknown`,
    `RecordOfAnotherCustomer`, `ConsentUnproved`, `ConsentFromTheFuture`, `ConsentNeverValid`,
    `ConsentTextUnknown`.
    """
    refuse_unlikely(told, now)

    async def record(tx: Transaction) -> Consent:
        refuse_unknown_text(told, await known_texts(tx, [told]))
        owner = await hold_owner(tx, whom)
        telling = Telling(owner, [told], by, told.decided_at or now)
        [consent] = await record_consents(tx, [telling], now=now)
        return consent

    return await decide_once(database, once, record)
