"""Changing an order before it is picked: lines called off or added, delivery, contact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.database import snapshot, unit_of_work
from chassis.ids import new_uuid
from chassis.outbox import announce
from orders.domain.amending import (
    Amendment,
    NothingToAmend,
    add_lines,
    call_off,
    check_not_picked,
    check_open,
    check_something_remains,
)
from orders.domain.commercial import check_version, reason_code
from orders.domain.made_to_measure import Specification
from orders.domain.messages import MessageKind, Note
from orders.domain.money import order_total
from orders.domain.order import Order
from orders.events import ORDER, CalledOffLine, OrderAmended, PlacedLine
from orders.store.amending import (
    amendments_of,
    insert_amendment,
    insert_lines,
    replace_contact,
    replace_delivery,
)
from orders.store.details import append_specification
from orders.store.messages import note_messages
from orders.store.order_lines import call_off_lines, save_allocations
from orders.store.orders import load_order, lock_order, set_changed, set_commercial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction
    from chassis.idempotency import Once
    from orders.domain.delivery import Delivery
    from orders.domain.placing import NewLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to change: quantities to call off by line_no, lines to add, delivery, contact.

    What `is_told` was agreed elsewhere, and stands whatever of the order is picked or has left.
    """

    reason: str
    cancel_lines: Mapping[int, int]
    add_lines: Sequence[NewLine]
    delivery: Delivery | None
    contact: dict[str, Any] | None
    is_told: bool = False

    def __post_init__(self) -> None:
        """Raise `NothingToAmend` for an empty one."""
        if not (self.cancel_lines or self.add_lines or self.delivery or self.contact):
            raise NothingToAmend("Send cancel_lines, add_lines, delivery or contact.")


async def read_amendments(database: Database, order_id: UUID) -> list[Amendment]:
    """Give an order's amendments, the first one first; raises `OrderNotFound`."""
    async with snapshot(database) as connection:
        await load_order(connection, order_id)
        return await amendments_of(connection, order_id)


async def amend_order(
    database: Database,
    order_id: UUID,
    wish: Wish,
    *,
    expected_version: int | None,
    now: datetime,
    once: Once[Order],
) -> Order:
    """Change an order; raises the fact that forbids it, or `OrderChangedMeanwhile`.

    What is neither picked nor made may be called off at any time, which closes an order of which
    all else has arrived; all else changes only while nothing of the order is picked.
    """
    async with unit_of_work(database) as tx:
        earlier = await once.earlier(tx)
        if earlier is not None:
            return earlier
        await lock_order(tx, order_id)
        order = await load_order(tx, order_id)
        check_version(order.version, expected=expected_version)
        check_open(order)
        if not wish.is_told and (wish.add_lines or wish.delivery or wish.contact):
            check_not_picked(order.lines)
        cancelled, kept = call_off(order.lines, wish.cancel_lines)
        added = add_lines(order, wish.add_lines)
        check_something_remains(order, cancelled, added)
        change_minor = sum(line.added_minor for line in added) - sum(
            line.removed_minor for line in cancelled
        )
        total_minor = order_total([order.present_total_minor, change_minor], shipping_minor=0)
        await call_off_lines(tx, order.id, cancelled)
        await save_allocations(tx, order, kept)
        await _keep_what_was_told(tx, order, wish, now=now)
        version = await set_changed(tx, order, amended_minor=change_minor)
        amendment = Amendment(
            id=new_uuid(),
            order_version=version,
            amended_at=now,
            reason=None if order.erased_at is not None else wish.reason,
            cancelled=tuple(cancelled),
            added=tuple(added),
            changed_delivery=wish.delivery is not None,
            changed_contact=wish.contact is not None,
            total_minor=total_minor,
        )
        await insert_amendment(tx, order, amendment)
        if amendment.cancelled:
            await note_messages(tx, [_note(order, amendment)])
        event = _event(order, amendment, wish)
        await announce(tx, event, key=ORDER.show(order.id), sequence=version, at=now)
        if cancelled:
            after = await load_order(tx, order_id)
            await set_commercial(tx, after, after.settled)
        return await once.keep(tx, await load_order(tx, order_id))


async def _keep_what_was_told(tx: Transaction, order: Order, wish: Wish, *, now: datetime) -> None:
    """Store lines, delivery and contact; nothing personal of an erased customer's order."""
    first_line_no = len(order.lines) + 1
    is_erased = order.erased_at is not None
    lines = [replace(line, description=None) if is_erased else line for line in wish.add_lines]
    await insert_lines(tx, order, lines, first_line_no=first_line_no)
    for line_no, line in enumerate(lines, start=first_line_no):
        if line.measurements is not None and not is_erased:
            first = Specification(version=1, measurements=line.measurements, recorded_at=now)
            await append_specification(
                tx, first, order_id=order.id, line_no=line_no, placed_at=order.placed_at
            )
    if wish.delivery is not None:
        delivery = replace(wish.delivery, terms=None) if is_erased else wish.delivery
        await replace_delivery(tx, order, delivery)
    if wish.contact is not None and not is_erased:
        await replace_contact(tx, order, wish.contact)


def _note(order: Order, amendment: Amendment) -> Note:
    called_off = [
        {"line_no": line.line_no, "quantity": line.quantity} for line in amendment.cancelled
    ]
    return Note(
        kind=MessageKind.CANCELLED,
        about_id=amendment.id,
        order_id=order.id,
        happened_at=amendment.amended_at,
        facts={"called_off": called_off},
    )


def _event(order: Order, amendment: Amendment, wish: Wish) -> OrderAmended:
    return OrderAmended(
        order_id=order.id,
        amended_at=amendment.amended_at,
        reason=reason_code(wish.reason),
        currency=order.currency,
        total_minor=amendment.total_minor,
        added=tuple(
            PlacedLine(
                sku=line.sku,
                category=line.category,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                total_minor=line.total_minor,
            )
            for line in wish.add_lines
        ),
        called_off=tuple(
            CalledOffLine(sku=line.sku, quantity=line.quantity, removed_minor=line.removed_minor)
            for line in amendment.cancelled
        ),
    )
