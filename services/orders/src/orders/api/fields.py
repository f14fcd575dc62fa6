"""The fields that requests of this service are made of: bounded texts, counts, amounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from chassis.iso import instant_in_words
from orders.domain.money import LARGEST_MINOR
from orders.domain.times import EARLIEST_YEAR, LATEST_YEAR

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
_ZONES = frozenset(available_timezones())


def _time_zone(text: str) -> str:
    if text not in _ZONES:
        message = "must be an IANA time zone such as Europe/Paris or Asia/Tokyo"
        raise ValueError(message)
    return text


def _of_kept_years(told: datetime) -> datetime:
    """Refuse the ends of time, which are none in another zone and infinite in the database."""
    if not EARLIEST_YEAR <= told.year <= LATEST_YEAR:
        message = f"must lie in the years from {EARLIEST_YEAR} to {LATEST_YEAR}"
        raise ValueError(message)
    return told


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_PRINTABLE)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_PRINTABLE)]
Reference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=_PRINTABLE),
    Field(description="The source's own reference, unique per source for ever."),
]
Email = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s\x00-\x1f\x7f]+$"
    ),
]
WarrantyMonths = Annotated[int, Field(strict=True, ge=0, le=1_200)]
WarrantyDays = Annotated[int, Field(strict=True, ge=0, le=36_500)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=2_000)]
Minor = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=LARGEST_MINOR,
        description="An amount in minor units of the currency (ISO 4217): JPY 0, EUR 2, KWD 3.",
    ),
]
Flag = Annotated[bool, Field(strict=True)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(instant_in_words),
    AfterValidator(_of_kept_years),
    Field(description="RFC 3339 with its offset, as the source's clock told it."),
]
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2999, 12, 31))]
TimeZone = Annotated[
    str,
    AfterValidator(_time_zone),
    Field(description="The IANA zone in which the local day is counted."),
]


class CustomerClaim(BaseModel):
    """Who the source says the customer is: a source record of the customer service.

    Its other fields are those of `PUT /v1/source-records/{source}/{external_id}`, and are
    checked there.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    source: ShortText
    external_id: ShortText
