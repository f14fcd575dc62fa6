"""The ledger of erasures: reading it out, and repeating it after a restore from before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from chassis.errors import Unavailable
from chassis.global_ids import show_global_id
from chassis.logs import get_logger
from chassis.outbox import announce
from customer.domain.communication import SuppressionReason
from customer.domain.erasure_ledger import LedgerEntry, Repeated
from customer.events import ERASURE, CustomerErased, CustomerUnmerged
from customer.store.erasing import entomb, erase_everything, hold_named, let_others_go
from customer.store.erasure_ledger import Place, count_up, enter, ledger_page
from customer.store.races import MAY_BE_LOST_RACES, is_lost_race
from customer.store.suppressions import suppress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction
    from customer.domain.erasure import Erasure

_TRIES = 3

log = get_logger()


class ErasureBusy(Unavailable):
    """Others change the same customers at this moment."""

    slug = "erasure-busy"
    title = "The customer is being changed by others"


async def read_ledger(database: Database, *, after: Place | None, limit: int) -> list[LedgerEntry]:
    """Read a page of the ledger, the erasures received first."""
    async with snapshot(database) as connection:
        return await ledger_page(connection, after=after, limit=limit)


async def repeat_erasures(database: Database, entries: Sequence[LedgerEntry]) -> list[Repeated]:
    """Erase again what a restore brought back, each entry in a transaction of its own.

    Safe to repeat. Every entry is announced once more, so that parts which were restored erase
    again too. Raises `ErasureBusy`; what came before it is done.
    """
    return [await _repeat(database, entry) for entry in entries]


async def _repeat(database: Database, entry: LedgerEntry) -> Repeated:
    for _ in range(_TRIES):
        try:
            async with unit_of_work(database) as tx:
                return await _erase_again(tx, entry)
        except MAY_BE_LOST_RACES as error:
            if not is_lost_race(error):
                raise
    message = "Run it again after a moment: it goes on where it stopped."
    raise ErasureBusy(message, retry_after_seconds=1)


async def _erase_again(tx: Transaction, entry: LedgerEntry) -> Repeated:
    erasure = entry.erasure
    assert erasure.erased_at is not None  # noqa: S101 - the ledger holds what was carried out
    customer_id = erasure.request.customer_id
    was_known = await enter(tx, entry)
    await _let_others_go(tx, erasure)
    reach = await hold_named(tx, customer_id, erasure.retired_ids, erasure.source_record_ids)
    erased = await erase_everything(tx, reach)
    if not was_known:
        await _remember(tx, entry, at=erasure.erased_at)
    event = CustomerErased(
        erasure_id=erasure.id,
        customer_id=customer_id,
        retired_ids=list(erasure.retired_ids),
        source_record_ids=list(erasure.source_record_ids),
        erased_at=erasure.erased_at,
    )
    sequence = await count_up(tx, erasure.id, erasure.version)
    key = show_global_id(customer_id)
    await announce(tx, event, key=key, sequence=sequence, at=erasure.erased_at)
    rows = sum(erased.values())
    log.info("erasure.repeated", erasure_id=ERASURE.show(erasure.id), rows=rows)
    return Repeated(entry, rows, was_known)


async def _remember(tx: Transaction, entry: LedgerEntry, *, at: datetime) -> None:
    """Write tombstones and refusals anew; where they stood all the time, some are lifted since."""
    erasure = entry.erasure
    ids = [erasure.request.customer_id, *erasure.retired_ids]
    await entomb(tx, erasure.id, ids, entry.key_hashes, at=at)
    listed = [(one.kind, one.address_hash, one.purpose) for one in entry.refusals]
    await suppress(tx, listed, SuppressionReason.ERASED, now=at)


async def _let_others_go(tx: Transaction, erasure: Erasure) -> None:
    assert erasure.erased_at is not None  # noqa: S101 - the ledger holds what was carried out
    ids = [erasure.request.customer_id, *erasure.retired_ids]
    for one in await let_others_go(tx, ids, erasure.source_record_ids):
        event = CustomerUnmerged(
            customer_id=one.customer_id,
            restored_id=one.restored_id,
            retired_ids=[],
            source_record_ids=list(one.record_ids),
            unmerged_at=erasure.erased_at,
        )
        key = show_global_id(one.restored_id)
        await announce(tx, event, key=key, sequence=one.version, at=erasure.erased_at)
