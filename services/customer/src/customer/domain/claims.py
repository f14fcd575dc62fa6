"""Claims: what a source says of one person, as it came and in the form that is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chassis.errors import FieldProblem
from customer.domain.consents import ToldConsent
from customer.domain.identifiers import Identifier
from customer.domain.names import Names
from customer.domain.official_ids import OfficialId, WithheldId


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


UNKNOWN_COUNTRY = "ZZ"
"""Stands where what was told is no country: ISO 3166-1 leaves this code to its users."""

UNKNOWN_LANGUAGE = "und"
"""Stands where what was told is no language tag: undetermined, in BCP 47."""


@dataclass(frozen=True, slots=True)
class BirthParts:
    """What is known of a birth date that is not known whole."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything one source says of one person, told at once; `body` is its JSON as it came.

    Of official ids neither the claim nor its body has the value; `struck` says where national
    numbers stood elsewhere, which neither has. `birth_date` and the parts are
    as told. `traceparent` is the trace of the request that brought it. By `key_hash` a
    record is known that was erased, and `after_erasure` says that its person came back since.
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
    birth_date: date | str | None = None
    birth_year: int | str | None = None
    birth_month: int | str | None = None
    birth_day: int | str | None = None
    gender: str | None = None
    birth_place: str | None = None
    occupation: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    accounts: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    company_name: str | None = None
    vat_number: str | None = None
    company_registration_id: str | None = None
    official_ids: tuple[OfficialId | WithheldId, ...] = ()
    withheld_extra: tuple[str, ...] = ()
    struck: tuple[FieldProblem, ...] = ()
    referred_by: str | None = None
    consents: tuple[ToldConsent, ...] = ()
    observed_at: datetime | None = None
    traceparent: str | None = None
    key_hash: bytes | None = None
    after_erasure: bool = False


@dataclass(frozen=True, slots=True)
class Usable:
    """An identifier that may find a person, and the claim's field that told it."""

    identifier: Identifier
    field: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A claim in the form that is shown and compared, without what could not be read.

    `birth_parts` are told only where `birth_date` is not. `vat_number` and
    `company_registration_id` belong to a company and find no person. `referred_by` names another
    source record or customer: a global id, a source record's id, or `source/external_id`.
    """

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
    official_ids: tuple[OfficialId, ...] = ()
    birth_parts: BirthParts | None = None
    accounts: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    company_name: str | None = None
    vat_number: str | None = None
    company_registration_id: str | None = None
    referred_by: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a claim gave: its normal form, what may find the person, what was wrong."""

    normalised: Normalised
    usable: tuple[Usable, ...]
    observed_at: datetime
    flags: tuple[FieldProblem, ...] = ()
    consents: tuple[ToldConsent, ...] = ()
