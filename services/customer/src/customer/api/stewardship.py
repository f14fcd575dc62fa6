"""Merging, unmerging and splitting customers by a person's decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from customer.api.actors import ActorDep
from customer.api.readers import ReadingDep, readable
from customer.api.steward_fields import Reason, steward_of
from customer.domain.rulings import Ruling
from customer.events import JudgementId, SourceRecordId
from customer.use_cases.merge_customers import merge_customers
from customer.use_cases.unmerge_customer import split_customer, unmerge_customer

router = APIRouter(prefix="/v1/customers", tags=["stewardship"])

_SCOPE = "customers:steward"
_MOST_RECORDS = 1000

Records = Annotated[tuple[SourceRecordId, ...], Field(max_length=_MOST_RECORDS)]
OnceForRuling = Annotated[Once[Ruling], once_of(Ruling)]


class MergeIn(StrictModel):
    """The other customer, by any id it ever had, and why both are one person."""

    other_customer_id: GlobalId
    reason: Reason


class UnmergeIn(StrictModel):
    """The retired id that was another person's; records that came since stay unless named."""

    retired_id: GlobalId
    reason: Reason
    also_source_record_ids: Records = ()


class SplitIn(StrictModel):
    """Records of another person that were never a customer of their own."""

    source_record_ids: Annotated[Records, Field(min_length=1)]
    reason: Reason


class MergedOut(BaseModel):
    """Both are one: the retired id leads to the survivor for ever."""

    survivor_id: GlobalId
    retired_id: GlobalId
    source_record_ids: list[SourceRecordId]
    judgement_id: JudgementId
    merged_at: AwareDatetime

    @classmethod
    def of(cls, ruling: Ruling) -> MergedOut:
        return cls(
            survivor_id=ruling.customer_id,
            retired_id=ruling.other_id,
            source_record_ids=list(ruling.source_record_ids),
            judgement_id=ruling.judgement_id,
            merged_at=ruling.ruled_at,
        )


class UnmergedOut(BaseModel):
    """Two again: `customer_id` keeps the other records, `restored_id` has those named here.

    `retired_ids` are older ids that lead to the restored one again, without those closed to the
    caller.
    """

    customer_id: GlobalId
    restored_id: GlobalId
    retired_ids: list[GlobalId]
    source_record_ids: list[SourceRecordId]
    judgement_id: JudgementId
    unmerged_at: AwareDatetime

    @classmethod
    def of(cls, ruling: Ruling, open_ids: set[str]) -> UnmergedOut:
        return cls(
            customer_id=ruling.customer_id,
            restored_id=ruling.other_id,
            retired_ids=[one for one in ruling.retired_ids if one in open_ids],
            source_record_ids=list(ruling.source_record_ids),
            judgement_id=ruling.judgement_id,
            unmerged_at=ruling.ruled_at,
        )


@router.post("/{customer_id}/merge", dependencies=[requires(_SCOPE), readable()])
async def merge(
    customer_id: GlobalId,
    body: MergeIn,
    database: DatabaseDep,
    reading: ReadingDep,
    actor: ActorDep,
    now: Now,
    once: OnceForRuling,
) -> MergedOut:
    """Merge two customers, although a machine would not: the older id survives.

    Who may not read both does not merge them.
    """
    await reading.readable(body.other_customer_id)
    ruling = await merge_customers(
        database,
        customer_id,
        body.other_customer_id,
        by=steward_of(actor),
        reason=body.reason,
        now=now,
        once=once,
    )
    return MergedOut.of(ruling)


@router.post("/{customer_id}/unmerge", dependencies=[requires(_SCOPE), readable()])
async def unmerge(
    customer_id: GlobalId,
    body: UnmergeIn,
    database: DatabaseDep,
    reading: ReadingDep,
    actor: ActorDep,
    now: Now,
    once: OnceForRuling,
) -> UnmergedOut:
    """Give a retired id back, with exactly the records it had when it was merged.

    Ids that had been merged into it before lead to it again; records keep what they say now. No
    machine joins the two again.
    """
    ruling = await unmerge_customer(
        database,
        customer_id,
        body.retired_id,
        also=body.also_source_record_ids,
        by=steward_of(actor),
        reason=body.reason,
        now=now,
        once=once,
    )
    return UnmergedOut.of(ruling, await reading.open_customers(ruling.retired_ids))


@router.post("/{customer_id}/split", dependencies=[requires(_SCOPE), readable()])
async def split(
    customer_id: GlobalId,
    body: SplitIn,
    database: DatabaseDep,
    reading: ReadingDep,
    actor: ActorDep,
    now: Now,
    once: OnceForRuling,
) -> UnmergedOut:
    """Give records that were joined to a customer on arrival a new global id of their own.

    No machine joins the two again. Records that were a customer of their own are unmerged instead.
    """
    ruling = await split_customer(
        database,
        customer_id,
        body.source_record_ids,
        by=steward_of(actor),
        reason=body.reason,
        now=now,
        once=once,
    )
    return UnmergedOut.of(ruling, await reading.open_customers(ruling.retired_ids))
