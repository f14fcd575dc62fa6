"""Handing a piece on: from its present owner to another, or out of the house's sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.errors import Conflict, FieldProblem, Invalid
from orders.domain.serial_numbers import OwnerState

if TYPE_CHECKING:
    from orders.domain.serial_numbers import Owner, Sale, SerialNumber

_CLOCK_TOLERANCE = timedelta(minutes=1)


class NotTheOwner(Conflict):
    slug = "not-the-owner"
    title = "The piece is not that customer's"


class OwnerPending(Conflict):
    slug = "owner-pending"
    title = "It is not known yet whose the piece is"


class PieceNotOwned(Conflict):
    slug = "piece-not-owned"
    title = "The piece is nobody's"


class SerialNumberDoubtful(Conflict):
    slug = "serial-number-doubtful"
    title = "More than one sale of the serial number stands"


class TransferToNobodyElse(Invalid):
    slug = "transfer-to-nobody-else"
    title = "The piece would stay with whom it is"


class TransferAtAnotherTime(Invalid):
    slug = "transfer-at-another-time"
    title = "The piece cannot have changed hands then"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTransfer:
    """A transfer as told; `giver` is None for who is not known, `receiver` for out of sight."""

    id: UUID
    client_id: str
    key: str
    request_hash: bytes
    serial_number: str
    order_id: UUID | None
    giver: str | None
    receiver: str | None
    at: datetime
    received_at: datetime


def sale_meant(found: SerialNumber, order_id: UUID | None) -> Sale:
    """Give the sale whose piece is handed on; raises `PieceNotOwned`, `SerialNumberDoubtful`."""
    standing = [sale for sale in found.sales if sale.is_owned and order_id in {None, sale.order.id}]
    if not standing:
        raise PieceNotOwned("It came back to the house or was never sent. Sell it anew instead.")
    if len(standing) > 1:
        mend = "Register the return of the earlier one, or send the order_id of the one meant."
        raise SerialNumberDoubtful(mend)
    return standing[0]


def check_transfer(
    told: NewTransfer, owner: Owner, *, giver: str | None, receiver: str | None
) -> None:
    """Refuse what cannot be; `giver` and `receiver` are the present ids of the told ones.

    Raises `OwnerPending`, `NotTheOwner`, `TransferToNobodyElse` and `TransferAtAnotherTime`.
    """
    if owner.state is OwnerState.PENDING:
        raise OwnerPending("Send it again once its order is linked.")
    if giver != owner.customer_id:
        mend = "Read GET /v1/serial-numbers/{serial_number} for whose it is by what is known."
        raise NotTheOwner(mend)
    if receiver == owner.customer_id:
        mend = "Send whom it went to; it is with this one already."
        problem = FieldProblem("to_customer_id", "is who has it", mend)
        raise TransferToNobodyElse(mend, fields=[problem])
    if told.at < owner.since or told.at > told.received_at + _CLOCK_TOLERANCE:
        problem = f"is not between {owner.since.isoformat()} and now"
        mend = "Send when it changed hands, after its present owner had it."
        told_at = [FieldProblem("transferred_at", problem, mend)]
        raise TransferAtAnotherTime(f"transferred_at {problem}. {mend}", fields=told_at)
