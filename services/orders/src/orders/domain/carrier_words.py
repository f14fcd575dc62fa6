"""What carriers and platforms say of parcels, read into our own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid
from orders.domain.tracking import Tracking

if TYPE_CHECKING:
    from orders.domain.incidents import IncidentReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierEvent:
    """An event in our words; `status` is `unknown` where the code is in no table.

    `occurred_told` is ISO 8601 as it was told: with its offset, or as local time without one.
    """

    carrier: str
    tracking_number: str
    status: Tracking
    reason: IncidentReason | None
    code: str | None
    occurred_told: str
    location: str | None
    description: str | None

    @property
    def is_unmapped(self) -> bool:
        """Whether nobody knows what the code means: it is counted and listed, never guessed."""
        return self.status is Tracking.UNKNOWN


class PayloadUnreadable(Invalid):
    """The payload is not what its source sends: the message says where."""

    slug = "payload-unreadable"
    title = "The payload cannot be read"


def unreadable(where: str, problem: str) -> PayloadUnreadable:
    """Say where a payload is not as its source sends it."""
    mend = "Send the source's answer as it came, unchanged and whole."
    return PayloadUnreadable(
        f"{where} {problem}. {mend}", fields=[FieldProblem(where, problem, mend)]
    )
