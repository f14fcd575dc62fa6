"""The commercial axis of an order: what was agreed, apart from where the goods are."""

from __future__ import annotations

import re
from enum import StrEnum

from chassis.errors import Conflict, NotFound, PreconditionFailed


class Commercial(StrEnum):
    """Placed, confirmed by the house or by the first hand-over, closed when all is delivered.

    Or cancelled, before anything has left.
    """

    PLACED = "placed"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TRANSITIONS: dict[Commercial, frozenset[Commercial]] = {
    Commercial.PLACED: frozenset({Commercial.CONFIRMED, Commercial.CANCELLED}),
    Commercial.CONFIRMED: frozenset({Commercial.CLOSED, Commercial.CANCELLED}),
    Commercial.CLOSED: frozenset(),
    Commercial.CANCELLED: frozenset(),
}


_CODE = re.compile(r"[a-z0-9]+([ -][a-z0-9]+){0,3}")
_OTHER = "other"


def reason_code(reason: str) -> str:
    """Give a reason as events carry it: a short code as it is, and no free text, whoever wrote it.

    Events outlive an erasure, and what somebody typed may name somebody.
    """
    return reason if _CODE.fullmatch(reason) else _OTHER


class OrderNotFound(NotFound):
    slug = "order-not-found"
    title = "There is no such order"


class OrderAlreadyCancelled(Conflict):
    slug = "order-already-cancelled"
    title = "The order is cancelled"


class OrderAlreadyShipped(Conflict):
    slug = "order-already-shipped"
    title = "The order has already been shipped"


class OrderAlreadyClosed(Conflict):
    slug = "order-already-closed"
    title = "The order is closed: everything has been handed over"


class OrderNotShippedYet(Conflict):
    slug = "order-not-shipped-yet"
    title = "Nothing of the order has been shipped yet"


class OrderChangedMeanwhile(PreconditionFailed):
    slug = "order-changed-meanwhile"
    title = "The order changed since it was read"


_REFUSALS: dict[Commercial, tuple[type[Conflict], str]] = {
    Commercial.PLACED: (OrderNotShippedYet, "Register its shipment first."),
    Commercial.CANCELLED: (OrderAlreadyCancelled, "Nothing can be done with it any more."),
    Commercial.CONFIRMED: (OrderAlreadyShipped, "Register a return instead."),
    Commercial.CLOSED: (OrderAlreadyClosed, "Register a return instead."),
}


def initial(*, taken_away: bool, confirmed: bool) -> Commercial:
    """Give the first state: what the customer took away at once is settled."""
    if taken_away:
        return Commercial.CLOSED
    return Commercial.CONFIRMED if confirmed else Commercial.PLACED


def move(present: Commercial, to: Commercial) -> Commercial:
    """Give the new state, or raise the fact that forbids the move."""
    if to in TRANSITIONS[present]:
        return to
    refusal, mend = _REFUSALS[present]
    raise refusal(f"{refusal.title}. {mend}")


def begin_shipping(present: Commercial) -> Commercial:
    """Give the state after a shipment: the first one confirms the order."""
    return present if present is Commercial.CONFIRMED else move(present, Commercial.CONFIRMED)


def check_version(present: int, *, expected: int | None) -> None:
    """Refuse a change made from an older view of the order; raises `OrderChangedMeanwhile`."""
    if expected is not None and expected != present:
        message = f"The order is at version {present}. Read it again, then send its new ETag."
        raise OrderChangedMeanwhile(message)
