"""Claims: what a source says of one person, as it came and in the form that is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chassis.errors import FieldProblem
from customer.domain.identifiers import Identifier
from customer.domain.names import Names


@dataclass(frozen=True, slots=True)
class RecordKey:
    """How a source names its own record of a person; the same for ever."""

    source: str
    external_id: str

    @property
    def name(self) -> str:
        """Name the record for locks."""
        return f"record:{self.source}:{self.external_id}"


class Gender(StrEnum):
    """What the house writes on its own; what a source wrote stays in the claim."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, its lines in the order in which they stand on the envelope."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything one source says of one person, told at once; `body` is its JSON as it came.

    `traceparent` is the trace of the request that brought it.
    """

    key: RecordKey
    body: bytes
    received_at: datetime
    channel: str
    country: str
    brand: str
    legal_entity: str
    home_region: str
    store: str | None = None
    language: str | None = None
    names: Names = field(default_factory=Names)
    birth_date: date | None = None
    gender: str | None = None
    birth_place: str | None = None
    occupation: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    observed_at: datetime | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Usable:
    """An identifier that may find a person, and the claim's field that told it."""

    identifier: Identifier
    field: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A claim in the form that is shown and compared, without what could not be read."""

    names: Names = field(default_factory=Names)
    birth_date: date | None = None
    gender: Gender | None = None
    birth_place: str | None = None
    occupation: str | None = None
    country: str | None = None
    language: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a claim gave: its normal form, what may find the person, what was wrong."""

    normalised: Normalised
    usable: tuple[Usable, ...]
    observed_at: datetime
    flags: tuple[FieldProblem, ...] = ()
