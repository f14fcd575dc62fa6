"""Erasing a customer: the request is kept first, then everything goes in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.database import lock, unit_of_work
from chassis.global_ids import show_global_id
from chassis.ids import new_uuid
from chassis.logs import get_logger
from chassis.outbox import announce
from customer.domain.erasure import (
    Erasure,
    ErasurePart,
    ErasureReceived,
    ErasureRequest,
    ErasureRules,
    ErasureStatus,
    Kept,
    PartAnswer,
    next_status,
)
from customer.domain.refusals import CustomerUnknown
from customer.events import ERASURE, CustomerErased
from customer.store.erasing import (
    Reach,
    count_reads,
    entomb,
    erase_everything,
    find_reach,
    hold_reach,
)
from customer.store.erasures import (
    add_erasure,
    change_erasure,
    find_erasure,
    find_erasure_of,
    put_answer,
    wait_for_parts,
)
from customer.store.kept_refusals import keep_refusals
from customer.store.races import MAY_BE_LOST_RACES, is_lost_race

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once

_TRIES = 3

log = get_logger()


async def request_erasure(
    database: Database, request: ErasureRequest, *, once: Once[ErasureReceived]
) -> ErasureReceived:
    """Keep the request for the erasure of a customer, named by any id it ever had.

    A customer who was erased, or is about to be, is answered with that same erasure. Raises
    `CustomerUnknown`.
    """
    async with unit_of_work(database) as tx:
        if (earlier := await once.earlier(tx)) is not None:
            return earlier
        received = await _receive(tx, request)
        return await once.keep(tx, received)


async def _receive(tx: Transaction, request: ErasureRequest) -> ErasureReceived:
    reach = await find_reach(tx, request.customer_id)
    customer_id = request.customer_id if reach is None else reach.customer_id
    await lock(tx, f"erasure:{customer_id}")
    if (known_id := await find_erasure_of(tx, customer_id)) is not None:
        known = await find_erasure(tx, known_id)
        assert known is not None  # noqa: S101 - a foreign key leads to it
        return ErasureReceived(known.id, known.request.customer_id, known.request.received_at)
    if reach is None:
        shown = show_global_id(customer_id)
        raise CustomerUnknown(f"{shown} was never given to a customer. Search for the customer.")
    erasure_id = new_uuid()
    await add_erasure(tx, erasure_id, replace(request, customer_id=customer_id))
    return ErasureReceived(erasure_id, customer_id, request.received_at)


async def erase_customer(
    database: Database, erasure_id: UUID, rules: ErasureRules, *, now: datetime
) -> ErasureStatus | None:
    """Carry out an erasure that was requested; gives its status, or None when others are at it.

    First it is marked as begun. Then all that the service holds of the customer goes together
    with the announcement: whoever is cut off in between has erased nothing, and it is begun again.
    """
    async with unit_of_work(database) as tx:
        erasure = await find_erasure(tx, erasure_id, hold=True)
        if erasure is None or erasure.erased_at is not None or erasure.completed_at is not None:
            return None if erasure is None else erasure.status
        status = next_status(erasure.status, ErasureStatus.ERASING)
        await change_erasure(tx, erasure_id, status=status, begun_at=now)
    for _ in range(_TRIES):
        try:
            async with unit_of_work(database) as tx:
                return await _erase(tx, erasure_id, rules, now=now)
        except MAY_BE_LOST_RACES as error:
            if not is_lost_race(error):
                raise
    log.warning("erasure.waiting", erasure_id=ERASURE.show(erasure_id), cause="customers change")
    return None


async def _erase(
    tx: Transaction, erasure_id: UUID, rules: ErasureRules, *, now: datetime
) -> ErasureStatus:
    erasure = await find_erasure(tx, erasure_id, hold=True)
    assert erasure is not None  # noqa: S101 - erasures are never deleted
    if erasure.erased_at is not None or erasure.completed_at is not None:
        return erasure.status
    reach = await hold_reach(tx, erasure.request.customer_id)
    if reach is None:
        return await _was_erased_already(tx, erasure, now=now)
    hashes = [rules.sealer.seal_record(key.source, key.external_id) for _, key in reach.records]
    records, sealer = reach.record_ids, rules.sealer
    refusals = await keep_refusals(tx, reach.customer_id, records, sealer, now=now)
    erased = await erase_everything(tx, reach)
    await entomb(tx, erasure_id, reach.ids, hashes, at=now)
    status = next_status(erasure.status, ErasureStatus.WAITING)
    version = reach.version + 1
    await change_erasure(
        tx,
        erasure_id,
        customer_id=reach.customer_id,
        retired_ids=list(reach.retired_ids),
        source_record_ids=reach.record_ids,
        status=status,
        erased_at=now,
        due_at=now + rules.late_after,
        version=version,
    )
    kept = _kept(reach, hashes, refusals, await count_reads(tx, reach.ids))
    await put_answer(tx, erasure_id, PartAnswer(ErasurePart.CUSTOMER, erased, kept, now))
    await wait_for_parts(tx, erasure_id)
    event = CustomerErased(
        erasure_id=erasure_id,
        customer_id=reach.customer_id,
        retired_ids=list(reach.retired_ids),
        source_record_ids=reach.record_ids,
        erased_at=now,
    )
    await announce(tx, event, key=show_global_id(reach.customer_id), sequence=version, at=now)
    log.info("customer.erased", erasure_id=ERASURE.show(erasure_id), rows=sum(erased.values()))
    return status


async def _was_erased_already(tx: Transaction, erasure: Erasure, *, now: datetime) -> ErasureStatus:
    """End a job whose customer was merged into another and erased with it meanwhile."""
    status = next_status(erasure.status, ErasureStatus.COMPLETE)
    same_as = await find_erasure_of(tx, erasure.request.customer_id)
    values = {"status": status, "completed_at": now, "same_as": same_as}
    await change_erasure(tx, erasure.id, **values)
    return status


def _kept(reach: Reach, hashes: list[bytes], refusals: int, reads: int) -> tuple[Kept, ...]:
    kept = (
        Kept("ids", len(reach.ids), "never-reused"),
        Kept("record-hashes", len(hashes), "not-imported-again"),
        Kept("address-hashes", refusals, "not-written-to-again"),
        Kept("reads", reads, "accountability"),
    )
    return tuple(one for one in kept if one.count)
