"""How a customer came to be: records that came, judgements, merges, and what people ruled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from customer.domain.claims import RecordKey
from customer.domain.judgements import Judge, Verdict
from customer.domain.rulings import Ruling

Place = tuple[datetime, int, str]
"""Where a moment stands in the order of time: when, its kind's rank, its id."""


@dataclass(frozen=True, slots=True)
class RecordCame:
    """A source told of the customer for the first time."""

    place: Place
    record_id: UUID
    key: RecordKey
    channel: str
    matched_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule or a model concluded something of two records; evidence names kinds only.

    `called` are the sources' names of those records that are the customer's own, where shown.
    """

    place: Place
    judgement_id: UUID
    record_ids: tuple[UUID, UUID]
    called: tuple[str | None, str | None]
    verdict: Verdict
    judge: Judge
    rule: str
    weight: float | None
    shared: tuple[str, ...]
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A customer was retired into another; `ruling` tells of the person who did it, if one did."""

    place: Place
    retired_id: str
    survivor_id: str
    record_ids: tuple[UUID, ...]
    was_undone: bool
    ruling: Ruling | None


@dataclass(frozen=True, slots=True)
class Ruled:
    """A person took customers apart, or keeps them apart."""

    place: Place
    ruling: Ruling
    was_lifted: bool


Moment: TypeAlias = RecordCame | Judged | Merged | Ruled
