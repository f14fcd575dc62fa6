"""Reading what a customer decided: what holds now, and the whole history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from customer.domain.consent_state import ConsentState, present_states
from customer.domain.owners import ToldOf, Whom
from customer.store.consents import consents_of
from customer.store.owners import find_owner

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from customer.domain.consents import Consent
    from customer.store.seeing import Eyes

Place = tuple["datetime", UUID]
"""Where a page of the history ended: decided at, id."""


@dataclass(frozen=True, slots=True)
class CustomerConsents:
    """What holds for a customer, and a page of all that was ever decided, the latest first."""

    customer_id: str
    states: list[ConsentState]
    history: list[Consent]
    next_place: Place | None


async def read_consents(
    database: Database, customer_id: str, eyes: Eyes, *, before: Place | None, limit: int
) -> CustomerConsents:
    """Read by any id that the customer ever had; raises `CustomerUnknown`.

    The history is what the reader may see of it. What holds is told whole: who did not learn of a
    withdrawal elsewhere would write to somebody who forbade it.
    """
    async with snapshot(database) as connection:
        present_id = (await find_owner(connection, Whom(customer_id))).customer_id
        held = (await consents_of(connection, [present_id]))[present_id]
        seen = await eyes.told(connection, "consents", held.consents, _told_of)
    history = sorted(seen, key=_place, reverse=True)
    rest = [consent for consent in history if before is None or _place(consent) < before]
    page = rest[:limit]
    return CustomerConsents(
        customer_id=present_id,
        states=present_states(held.consents, held.merges),
        history=page,
        next_place=_place(page[-1]) if len(rest) > limit else None,
    )


def _told_of(consent: Consent) -> ToldOf:
    return ToldOf(consent.told_customer_id, consent.source_record_id)


def _place(consent: Consent) -> Place:
    return consent.decided_at, consent.id
