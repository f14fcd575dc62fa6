"""What complaints follows of the customers topic: merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from chassis.logs import get_logger
from complaints.use_cases.follow_merge import follow_merge

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming

log = get_logger()


class CustomerMerged(BaseModel):
    """One customer was retired; the survivor stands for both."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    survivor_id: GlobalId
    retired_id: GlobalId
    merged_at: AwareDatetime


async def on_customer_merged(tx: Transaction, incoming: Incoming) -> None:
    """Re-point the retired customer's complaints."""
    merge = CustomerMerged.model_validate_json(incoming.data)
    repointed = await follow_merge(
        tx,
        retired_id=merge.retired_id,
        survivor_id=merge.survivor_id,
        merged_at=merge.merged_at,
    )
    log.info(
        "merge.followed",
        retired_id=merge.retired_id,
        survivor_id=merge.survivor_id,
        complaints=repointed,
    )


HANDLERS: dict[str, Handler] = {"customer.merged.v1": on_customer_merged}
