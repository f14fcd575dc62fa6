"""Referrals: who brought a customer to the house, and whom the customer brought."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from chassis.paging import Cursor, Limit
from customer.api.places import read_last, write_last
from customer.api.readers import ReadingDep, sees
from customer.api.relationship_bodies import RelationshipId
from customer.events import SourceRecordId
from customer.store.referrals import Referral
from customer.store.relationships import RELATIONSHIP
from customer.use_cases.read_referrals import read_referrals

router = APIRouter(prefix="/v1", tags=["relationships"])

_PART = "relationships"


class ReferralOut(BaseModel):
    """The other side, null when unknown here or closed to the caller, and what tells of it."""

    customer_id: GlobalId | None
    relationship_id: RelationshipId | None
    source_record_id: SourceRecordId | None

    @classmethod
    def of(cls, referral: Referral, open_customers: set[str]) -> ReferralOut:
        return cls(
            customer_id=referral.customer_id if referral.customer_id in open_customers else None,
            relationship_id=None if referral.by_record else referral.told_by,
            source_record_id=referral.told_by if referral.by_record else None,
        )


class ReferralsOut(BaseModel):
    """Who referred the customer, and a page of whom the customer referred."""

    referred_by: list[ReferralOut]
    referred: list[ReferralOut]
    next_cursor: str | None


@router.get(
    "/customers/{customer_id}/referrals",
    dependencies=[requires("customers:read"), sees(_PART)],
)
async def get_referrals(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReferralsOut:
    """List who referred a customer and whom the customer referred, those told last first.

    Both as relationships tell, and as source records say in `referred_by`.
    """
    found = await read_referrals(
        database, customer_id, before=read_last(cursor, RELATIONSHIP), limit=limit + 1
    )
    last = found.referred[limit - 1] if len(found.referred) > limit else None
    by = await reading.told(_PART, found.referred_by)
    referred = await reading.told(_PART, found.referred[:limit])
    named = {one.customer_id for one in (*by, *referred) if one.customer_id is not None}
    open_ = await reading.open_customers(named)
    return ReferralsOut(
        referred_by=[ReferralOut.of(one, open_) for one in by],
        referred=[ReferralOut.of(one, open_) for one in referred],
        next_cursor=None if last is None else write_last(last.told_by, RELATIONSHIP),
    )
