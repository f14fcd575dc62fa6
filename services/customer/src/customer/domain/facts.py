"""What an intake made true, before it is told to the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from customer.domain.book import KnownCustomer
from customer.domain.resolution import Conclusion


@dataclass(frozen=True, slots=True)
class RecordCreatedCustomer:
    """A record came that belongs to nobody known."""

    customer: KnownCustomer
    record_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class RecordToldMore:
    """A record joined a customer, or says something new of it."""

    customer_id: str
    record_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class TwoProvedOne:
    """A customer was retired because of a record; `version` is its last."""

    record_id: UUID
    retired_id: str
    survivor_id: str
    version: int


@dataclass(frozen=True, slots=True)
class ReviewNeeded:
    """A shared identifier and a contradiction: a person must judge the pair."""

    judgement_id: UUID
    record_id: UUID
    customer_id: str
    conclusion: Conclusion


Fact: TypeAlias = RecordCreatedCustomer | RecordToldMore | TwoProvedOne | ReviewNeeded
