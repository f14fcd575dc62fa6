"""The topic `customers`: orders and returns follow merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from chassis.logs import get_logger
from orders.use_cases.follow_merge import follow_customer_merge

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming

TOPIC = "customers"

log = get_logger()


class CustomerMerged(BaseModel):
    """What this service reads of a merge."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    survivor_id: GlobalId
    retired_id: GlobalId
    merged_at: AwareDatetime


async def on_customer_merged(tx: Transaction, incoming: Incoming) -> None:
    """Give the retired customer's orders and returns to the survivor."""
    merge = CustomerMerged.model_validate_json(incoming.data)
    moved = await follow_customer_merge(
        tx,
        retired_id=merge.retired_id,
        survivor_id=merge.survivor_id,
        merged_at=merge.merged_at,
    )
    log.info(
        "merge.followed", retired_id=merge.retired_id, survivor_id=merge.survivor_id, moved=moved
    )


HANDLERS: dict[str, Handler] = {"customer.merged.v1": on_customer_merged}
