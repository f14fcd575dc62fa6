"""Kept promises: which part of the booked windows was kept, and which were not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, Now, requires
from chassis.paging import Cursor, Limit, Page
from orders.api.cursors import read_place, show_place
from orders.api.fields import Day, ShortText
from orders.api.purviews import HomeRegions
from orders.domain.promises import Period, Verdict
from orders.events import OrderId, SlotHoldId
from orders.use_cases.read_promises import list_broken_promises, read_kept_shares

if TYPE_CHECKING:
    from orders.domain.promises import KeptShare

router = APIRouter(
    prefix="/v1/delivery-promises", tags=["delivery slots"], dependencies=[requires("orders:read")]
)

_FOUR_WEEKS = timedelta(days=27)


def _period(
    now: Now,
    first: Annotated[Day | None, Query(alias="from", description="A local day.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="The last local day.")] = None,
    zone: Annotated[ShortText | None, Query(description="Without it, all zones.")] = None,
) -> Period:
    until: date = last or now.date()
    return Period(first=first or until - _FOUR_WEEKS, last=until, zone=zone)


PeriodDep = Annotated[Period, Depends(_period)]


class KeptShareOut(BaseModel):
    """The promises of a zone and week; what is open, or arrived untold, is in no share.

    `kept_share` is of those that can be judged; the true share lies from `kept_share_low` to
    `kept_share_high` in 95 of 100 cases (Wilson).
    """

    zone: str
    week_from: Annotated[date, Field(description="Its Monday.")]
    kept: int
    early: int
    late: int
    missed: int
    open: int
    untold: int
    kept_share: float | None
    kept_share_low: float | None
    kept_share_high: float | None

    @classmethod
    def of(cls, share: KeptShare) -> Self:
        low, high = share.interval or (None, None)
        return cls(
            zone=share.zone,
            week_from=share.week_from,
            kept_share=share.share,
            kept_share_low=low,
            kept_share_high=high,
            **{verdict.value: share.counts.get(verdict, 0) for verdict in Verdict},
        )


class BrokenPromiseOut(BaseModel):
    """A promise that was not kept, and by how many minutes; what is missed counts on."""

    model_config = ConfigDict(from_attributes=True)

    hold_id: SlotHoldId
    order_id: OrderId
    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    verdict: Verdict
    minutes: int
    arrived_at: AwareDatetime | None


@router.get("")
async def get_promises(
    period: PeriodDep, database: DatabaseDep, regions: HomeRegions, now: Now
) -> Page[KeptShareOut]:
    """Give which part of the promised windows was kept, by zone and week, all on one page."""
    found = await read_kept_shares(database, period, regions=regions, now=now)
    return Page(items=[KeptShareOut.of(share) for share in found])


@router.get("/broken")
async def get_broken_promises(
    period: PeriodDep,
    database: DatabaseDep,
    regions: HomeRegions,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BrokenPromiseOut]:
    """List the promises that were not kept, the latest window first."""
    found, more = await list_broken_promises(
        database, period, regions=regions, now=now, after=read_place(cursor), limit=limit
    )
    return Page(
        items=[BrokenPromiseOut.model_validate(promise) for promise in found],
        next_cursor=show_place(found[-1].starts_at, found[-1].hold_id) if more else None,
    )
