"""The fields of what is told about customers: of whom, by which system, when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self
from unicodedata import category
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    model_validator,
)

from chassis.api import StrictModel
from chassis.global_ids import GlobalId
from chassis.iso import instant_in_words
from customer.api.fields import ExternalId, Source
from customer.domain.claims import RecordKey
from customer.domain.owners import Whom
from customer.events import SourceRecordId

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_ZONES = frozenset(available_timezones())


def _time_zone(text: str) -> str:
    if text not in _ZONES:
        message = "must be an IANA time zone such as Europe/Paris or Asia/Tokyo"
        raise ValueError(message)
    return text


def printable(text: str) -> str:
    """Refuse control characters other than line breaks and tabs."""
    if any(category(one) == "Cc" and one not in "\n\t" for one in text):
        message = "must be text without control characters"
        raise ValueError(message)
    return text


Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    Field(description="Small letters, digits and hyphens."),
]
OpaqueId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:@-]+$"),
    Field(description="The house's own id of a person who works for it; never a name."),
]
Instant = Annotated[
    Annotated[AwareDatetime, Field(ge=_EARLIEST, le=_LATEST)], BeforeValidator(instant_in_words)
]
TimeZone = Annotated[
    str,
    AfterValidator(_time_zone),
    Field(description="The IANA zone in which the time was told."),
]


class RecordIn(StrictModel):
    """A source record by its source's own id."""

    source: Source
    external_id: ExternalId

    def key(self) -> RecordKey:
        """Give the record's key."""
        return RecordKey(self.source, self.external_id)


class WhomIn(StrictModel):
    """Of whom it is told: a customer by any id it ever had, or a source record of one."""

    customer_id: GlobalId | None = None
    source_record: RecordIn | None = None
    source_record_id: SourceRecordId | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        named = (self.customer_id, self.source_record, self.source_record_id)
        if sum(one is not None for one in named) != 1:
            message = "must give exactly one of customer_id, source_record and source_record_id"
            raise ValueError(message)
        return self

    def whom(self) -> Whom:
        """Give of whom it is told."""
        return Whom(self.customer_id, record_named(self.source_record, self.source_record_id))


def record_named(record: RecordIn | None, record_id: UUID | None) -> RecordKey | UUID | None:
    """Give how a source record is named, if it is."""
    return record_id if record is None else record.key()


def zone_of(at: datetime, named: str | None) -> str:
    """Give the zone in which a time was told: as named, else the offset it came with."""
    return named or at.isoformat(timespec="seconds")[19:25]
