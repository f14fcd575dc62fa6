"""What segmentation publishes: news of customers' profiles, keyed by the profile's own id."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from chassis.events import Event
from chassis.global_ids import GlobalId
from chassis.ids import IdType
from chassis.iso import Currency
from segmentation.domain.erasure import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from segmentation.domain.profiles import Assessment

PROFILE = IdType("prf")
ERASURE = IdType("ers")
ProfileId = Annotated[UUID, PROFILE.schema]
ErasureId = Annotated[UUID, ERASURE.schema]


class Money(BaseModel):
    """What a customer spent in one currency: ordered less cancelled less returned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Currency
    minor: int


class ProfileEvent(Event):
    """News of one profile; `customer_id` is whose it is at the time."""

    topic: ClassVar[str] = "segments"

    profile_id: ProfileId
    customer_id: GlobalId


class IndicatorsUpdated(ProfileEvent):
    """What is known of a customer adds up to something else."""

    type: ClassVar[str] = "indicators.updated.v1"
    example: ClassVar[dict[str, Any]] = {
        "profile_id": "prf_01jzq4m0v7f3d9x2k6s8w1y5bt",
        "customer_id": "7K3M-92QX-F4TF",
        "recency_on": "2026-03-14",
        "frequency": 4,
        "monetary": [{"currency": "EUR", "minor": 128050}, {"currency": "JPY", "minor": 86000}],
        "open_complaints": 1,
        "updated_at": "2026-03-14T10:02:11Z",
    }

    recency_on: date | None
    frequency: int
    monetary: list[Money]
    open_complaints: int
    updated_at: AwareDatetime


class SegmentEntered(ProfileEvent):
    """A customer is in a segment from now on."""

    type: ClassVar[str] = "segment.entered.v1"
    example: ClassVar[dict[str, Any]] = {
        "profile_id": "prf_01jzq4m0v7f3d9x2k6s8w1y5bt",
        "customer_id": "7K3M-92QX-F4TF",
        "segment": "loyal",
        "entered_at": "2026-03-14T10:02:11Z",
    }

    segment: str
    entered_at: AwareDatetime


class SegmentLeft(ProfileEvent):
    """A customer is no longer in a segment."""

    type: ClassVar[str] = "segment.left.v1"
    example: ClassVar[dict[str, Any]] = {
        "profile_id": "prf_01jzq4m0v7f3d9x2k6s8w1y5bt",
        "customer_id": "7K3M-92QX-F4TF",
        "segment": "promising",
        "left_at": "2026-03-14T10:02:11Z",
    }

    segment: str
    left_at: AwareDatetime


class SegmentsErased(Event):
    """A customer's profile is gone and its facts are nobody's; the key is the erasure's id."""

    topic: ClassVar[str] = "segments"
    type: ClassVar[str] = "segments.erased.v1"
    example: ClassVar[dict[str, Any]] = {
        "erasure_id": "ers_01jzq3v5c8e7m9r2t4w6y8a0bh",
        "customer_id": "7K3M-92QX-F4TF",
        "erased": {"memberships": 2, "order_facts": 3, "profiles": 1, "spendings": 1},
        "kept": [],
        "erased_at": "2026-03-01T10:15:00Z",
    }

    erasure_id: ErasureId
    customer_id: GlobalId
    erased: dict[str, int]
    kept: tuple[Kept, ...]
    erased_at: AwareDatetime


PUBLISHED: tuple[type[Event], ...] = (
    IndicatorsUpdated,
    SegmentEntered,
    SegmentLeft,
    SegmentsErased,
)


def news_of(assessment: Assessment, *, now: datetime) -> Iterator[tuple[ProfileEvent, int]]:
    """Give what is to be announced, each with the version of the profile that it makes."""
    return zip(_news_of(assessment, now), count(assessment.before.version + 1), strict=False)


def _news_of(assessment: Assessment, now: datetime) -> Iterator[ProfileEvent]:
    profile = assessment.after
    if assessment.has_new_indicators:
        yield IndicatorsUpdated(
            profile_id=profile.profile_id,
            customer_id=profile.customer_id,
            recency_on=profile.indicators.last_purchase_on,
            frequency=profile.indicators.frequency,
            monetary=[
                Money(currency=spending.currency, minor=spending.net_minor)
                for spending in profile.indicators.spendings
            ],
            open_complaints=profile.indicators.open_complaints,
            updated_at=now,
        )
    for segment in assessment.left:
        yield SegmentLeft(
            profile_id=profile.profile_id,
            customer_id=profile.customer_id,
            segment=segment,
            left_at=now,
        )
    for segment in assessment.entered:
        yield SegmentEntered(
            profile_id=profile.profile_id,
            customer_id=profile.customer_id,
            segment=segment,
            entered_at=now,
        )
