"""Applying what a platform tells of an order that is placed: each step by the usual use case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Refusal
from chassis.idempotency import Once
from orders.domain.commercial import Commercial, OrderChangedMeanwhile
from orders.domain.order import Order
from orders.domain.platform_edits import added_by
from orders.domain.platform_orders import Problem, Step, payments_due
from orders.domain.purchases import PURCHASES
from orders.jobs.platform_goods import GoodsMover
from orders.use_cases.amend_order import Wish, amend_order
from orders.use_cases.pay_order import pay_order, read_payments
from orders.use_cases.read_orders import read_order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Purview
    from orders.domain.placing import NewOrder
    from orders.domain.platform_orders import PlatformOrder
    from orders.store.claims import ClaimCipher

_EDITED = "edited"
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells it, and how far that client sees."""

    client_id: str
    purview: Purview


@dataclass(frozen=True, slots=True)
class StepTaker:
    """Applies what became of an order; what cannot be applied is given back as problems."""

    database: Database
    cipher: ClaimCipher

    async def apply(
        self,
        told: PlatformOrder,
        order_id: UUID,
        *,
        new: NewOrder | None,
        teller: Teller,
        now: datetime,
    ) -> list[Problem]:
        """Apply what is not applied yet, step by step: each is whole or is not there.

        `new` is the order as it would be placed now, where its lines tell what an edit added.
        """
        problems: list[Problem] = []

        async def attempt(step: Step, doing: Awaitable[object]) -> None:
            try:
                await doing
            except Refusal as refusal:
                problems.append(problem_of(told.external_ref, step, refusal))

        try:
            order = await read_order(self.database, order_id)
            teller.purview.refuse_closed(PURCHASES, order.home_region)
        except Refusal as refusal:
            return [problem_of(told.external_ref, Step.READING, refusal)]
        if new is not None and told.lines_only_grow:
            await attempt(Step.EDIT, self._edit(new, order, now))
            order = await read_order(self.database, order_id)
        await attempt(Step.PAYMENT, self._pay(told, order_id, now))
        goods = GoodsMover(self.database, self.cipher, teller.client_id, now)
        for step, doing in _moves(told, goods, order):
            await attempt(step, doing)
        return problems

    async def _pay(self, told: PlatformOrder, order_id: UUID, now: datetime) -> None:
        if told.money is None:
            return
        known = await read_payments(self.database, order_id)
        due = payments_due(told.money, known.paid, known.payments)
        for payment in due:
            await pay_order(self.database, order_id, payment, now=now)

    async def _edit(self, new: NewOrder, order: Order, now: datetime) -> None:
        """Add what an edit added; an order that somebody changes meanwhile is looked at again."""
        changed: OrderChangedMeanwhile | None = None
        for _ in range(_TRIES):
            added = added_by(new, order)
            if not added:
                return
            wish = Wish(
                reason=_EDITED,
                cancel_lines={},
                add_lines=added,
                delivery=None,
                contact=None,
                is_told=True,
            )
            try:
                await amend_order(
                    self.database,
                    order.id,
                    wish,
                    expected_version=order.version,
                    now=now,
                    once=Once(Order),
                )
            except OrderChangedMeanwhile as error:
                changed = error
                order = await read_order(self.database, order.id)
            else:
                return
        if changed is not None:
            raise changed


def _moves(
    told: PlatformOrder, goods: GoodsMover, order: Order
) -> Iterator[tuple[Step, Awaitable[None]]]:
    """Give what is to be done with the goods, one thing after the other."""
    for fulfilment in told.fulfilments:
        yield Step.FULFILMENT, goods.ship(fulfilment, order)
    for reference in told.withdrawn:
        yield Step.FULFILMENT, goods.withdraw(reference, order)
    if told.cancel_reason is not None and order.commercial is not Commercial.CANCELLED:
        yield Step.CANCELLATION, goods.cancel(order.id, told.cancel_reason)
    for one in told.taken_back:
        if not one.is_called_off:
            yield Step.REFUND, goods.take_back(one, order)
        elif told.cancel_reason is None:
            yield Step.REFUND, goods.call_off(one, order.id)


def problem_of(external_ref: str | None, step: Step, refusal: Refusal) -> Problem:
    """Say what could not be done and why, as the refusal says it."""
    return Problem(external_ref=external_ref, step=step, problem=refusal.slug, detail=str(refusal))
