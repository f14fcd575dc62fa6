"""How events are applied: read what they tell, record it in the consumer's transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from chassis.database import Transaction
from chassis.events import Incoming
from segmentation.domain.told import Told, together
from segmentation.use_cases.record_facts import record_facts

Reader: TypeAlias = Callable[[Incoming], Told]


def recording(read: Reader) -> Callable[[Transaction, Incoming], Awaitable[None]]:
    """Make the handler of one type of event."""

    async def record(tx: Transaction, incoming: Incoming) -> None:
        await record_facts(tx, read(incoming), now=datetime.now(UTC))

    return record


def recording_together(
    readers: Mapping[str, Reader],
) -> Callable[[Transaction, Sequence[Incoming]], Awaitable[None]]:
    """Make the handler of whole batches: a few statements, however many events they hold."""

    async def record(tx: Transaction, batch: Sequence[Incoming]) -> None:
        told = together(readers[incoming.type](incoming) for incoming in batch)
        await record_facts(tx, told, now=datetime.now(UTC))

    return record
