"""Telling the world of interactions: ids, channel and times, and never a word of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from chassis.database import mark_announced
from chassis.ids import new_uuid
from chassis.tables import outbox
from chassis.tracing import current_traceparent
from customer.events import INTERACTION, InteractionRecorded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Transaction
    from customer.domain.interactions import Interaction


async def announce_interactions(
    tx: Transaction, told: Sequence[Interaction], *, at: datetime
) -> None:
    """Announce interactions that were just recorded, or just answered, in one statement."""
    if not told:
        return
    await tx.execute(insert(outbox), [_row(interaction, at) for interaction in told])
    mark_announced(tx)


def _row(interaction: Interaction, at: datetime) -> dict[str, Any]:
    event = InteractionRecorded(
        interaction_id=interaction.id,
        customer_id=interaction.customer_id,
        source_record_id=interaction.told.source_record_id,
        told_customer_id=interaction.told.customer_id,
        channel=interaction.touch.channel,
        begun_by=interaction.touch.begun_by,
        at=interaction.touch.at,
        answered_at=interaction.touch.answered_at,
        received_at=interaction.received_at,
    )
    return {
        "id": new_uuid(),
        "aggregatetype": event.topic,
        "aggregateid": INTERACTION.show(interaction.id),
        "type": event.type,
        "sequence": interaction.version,
        "payload": event.model_dump(mode="json"),
        "occurred_at": at,
        "traceparent": current_traceparent(),
    }
