"""The facts of booked places: promised for an order, moved to another window, let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import AwareDatetime

from chassis.events import Event
from orders.events.ids import OrderId, SlotHoldId

if TYPE_CHECKING:
    from uuid import UUID

    from orders.domain.slots import Hold

_PLACE = {
    "hold_id": "hold_01jzq3v5c8e7m9r2t4w6y8a0bj",
    "order_id": "ord_01jzq3v5c8e7m9r2t4w6y8a0bd",
    "zone": "paris",
    "starts_at": "2026-03-04T09:00:00Z",
    "ends_at": "2026-03-04T11:00:00Z",
}


class SlotConfirmed(Event):
    """A place in a window is booked for an order; the key of these facts is the hold's id."""

    topic: ClassVar[str] = "slots"
    type: ClassVar[str] = "slot.confirmed.v1"
    example: ClassVar[dict[str, Any]] = _PLACE

    hold_id: SlotHoldId
    order_id: OrderId
    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SlotMoved(Event):
    """A booked place is in another window of its zone now."""

    topic: ClassVar[str] = "slots"
    type: ClassVar[str] = "slot.moved.v1"
    example: ClassVar[dict[str, Any]] = _PLACE | {"moved_from": "2026-03-03T09:00:00Z"}

    hold_id: SlotHoldId
    order_id: OrderId
    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    moved_from: AwareDatetime


class SlotReleased(Event):
    """A booked place was let go."""

    topic: ClassVar[str] = "slots"
    type: ClassVar[str] = "slot.released.v1"
    example: ClassVar[dict[str, Any]] = _PLACE

    hold_id: SlotHoldId
    order_id: OrderId
    zone: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    @classmethod
    def of(cls, hold: Hold, order_id: UUID) -> SlotReleased:
        """Tell that an order's place was let go."""
        return cls(
            hold_id=hold.id,
            order_id=order_id,
            zone=hold.zone,
            starts_at=hold.starts_at,
            ends_at=hold.ends_at,
        )
