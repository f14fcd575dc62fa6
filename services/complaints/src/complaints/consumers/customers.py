"""The topic `customers`: complaints follow merges, unmerges and erasures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from chassis.identity.erasure import Erasure
from chassis.identity.moves import turn_of_merge, turn_of_unmerge
from chassis.logs import get_logger
from complaints.events import ErasureId, SourceRecordId
from complaints.use_cases.erase_customer import erase_customer
from complaints.use_cases.follow_turn import follow_turn

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming

log = get_logger()


class View(BaseModel):
    """The fields of an event that this service reads; it ignores the others."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CustomerMerged(View):
    """One customer was retired; the survivor stands for both."""

    survivor_id: GlobalId
    retired_id: GlobalId
    merged_at: AwareDatetime


class CustomerUnmerged(View):
    """Source records were taken out of a customer and are the restored one's."""

    restored_id: GlobalId
    retired_ids: tuple[GlobalId, ...] = ()
    source_record_ids: tuple[SourceRecordId, ...] = ()
    unmerged_at: AwareDatetime


class CustomerErased(View):
    """A customer is to be forgotten, with all its ids and source records."""

    erasure_id: ErasureId
    customer_id: GlobalId
    retired_ids: tuple[GlobalId, ...] = ()
    source_record_ids: tuple[SourceRecordId, ...] = ()
    erased_at: AwareDatetime


async def on_customer_merged(tx: Transaction, incoming: Incoming) -> None:
    """Re-point the retired customer's complaints."""
    merge = CustomerMerged.model_validate_json(incoming.data)
    turn = turn_of_merge(
        merge.retired_id, merge.survivor_id, merged_at=merge.merged_at, sequence=incoming.sequence
    )
    moved = await follow_turn(tx, turn)
    log.info(
        "merge.followed", retired_id=merge.retired_id, survivor_id=merge.survivor_id, moved=moved
    )


async def on_customer_unmerged(tx: Transaction, incoming: Incoming) -> None:
    """Give the restored customer its complaints."""
    unmerge = CustomerUnmerged.model_validate_json(incoming.data)
    turn = turn_of_unmerge(
        unmerge.restored_id,
        unmerge.retired_ids,
        unmerge.source_record_ids,
        unmerged_at=unmerge.unmerged_at,
        sequence=incoming.sequence,
    )
    moved = await follow_turn(tx, turn)
    log.info("unmerge.followed", restored_id=unmerge.restored_id, moved=moved)


async def on_customer_erased(tx: Transaction, incoming: Incoming) -> None:
    """Erase what is personal of the customer's complaints, and answer."""
    told = CustomerErased.model_validate_json(incoming.data)
    erasure = Erasure(
        told.erasure_id,
        (told.customer_id, *told.retired_ids),
        told.source_record_ids,
        told.erased_at,
    )
    await erase_customer(tx, erasure)
    log.info("erasure.followed", erasure_id=str(told.erasure_id))


HANDLERS: dict[str, Handler] = {
    "customer.merged.v1": on_customer_merged,
    "customer.unmerged.v1": on_customer_unmerged,
    "customer.erased.v1": on_customer_erased,
}
