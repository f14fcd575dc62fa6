"""The id map: which customer each source's own ids are, and where retired ids lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer.domain.claims import RecordKey


@dataclass(frozen=True, slots=True)
class Mapping:
    """A source's own id and the customer it stands for now."""

    key: RecordKey
    customer_id: str
    source_record_id: UUID
    home_region: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A retired id, the customer to whom it leads now, and where the id was at home."""

    retired_id: str
    customer_id: str
    retired_at: datetime
    home_region: str
