"""Applying what a platform tells of an order that is placed: each step by the usual use case."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.canonical import body_hash
from chassis.errors import Refusal
from chassis.idempotency import Once
from orders.domain.commercial import Commercial
from orders.domain.order import Order
from orders.domain.platform_orders import ContentsUnknown, Problem, Step, payments_due
from orders.domain.purchases import PURCHASES
from orders.domain.references import Request
from orders.domain.taking_back import Return, ReturnedLine
from orders.domain.times import local_moment
from orders.events import RETURN
from orders.store.platform_facts import OnceForEver
from orders.use_cases.amend_order import Wish, amend_order
from orders.use_cases.cancel_order import cancel_order
from orders.use_cases.pay_order import pay_order, read_payments
from orders.use_cases.read_orders import read_order
from orders.use_cases.register_return import register_return
from orders.use_cases.ship_order import ToldParcel, ship_order
from orders.use_cases.take_platform_orders import was_applied

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from chassis.purview import Purview
    from orders.domain.platform_orders import PlatformFulfilment, PlatformOrder, TakenBack
    from orders.store.claims import ClaimCipher

_TOKEN_BYTES = 24
_CALLED_OFF = "refund"


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
        self, told: PlatformOrder, order_id: UUID, *, teller: Teller, now: datetime
    ) -> list[Problem]:
        """Apply what is not applied yet, step by step: each is whole or is not there."""
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
        await attempt(Step.PAYMENT, self._pay(told, order_id, now))
        for fulfilment in told.fulfilments:
            await attempt(Step.FULFILMENT, self._ship(fulfilment, order, now))
        if told.cancel_reason is not None and order.commercial is not Commercial.CANCELLED:
            await attempt(Step.CANCELLATION, self._cancel(order, told.cancel_reason, now))
        for goods in told.taken_back:
            if not goods.is_called_off:
                await attempt(Step.REFUND, self._take_back(goods, order, teller, now))
            elif told.cancel_reason is None:
                await attempt(Step.REFUND, self._call_off(goods, order, now))
        return problems

    async def _pay(self, told: PlatformOrder, order_id: UUID, now: datetime) -> None:
        if told.money is None:
            return
        known = await read_payments(self.database, order_id)
        due = payments_due(told.money, known.paid, known.payments)
        for payment in due:
            await pay_order(self.database, order_id, payment, now=now)

    async def _ship(self, told: PlatformFulfilment, order: Order, now: datetime) -> None:
        named: dict[str, str] = {
            "source": order.source,
            "kind": Step.FULFILMENT,
            "reference": told.reference,
        }
        if order.taken_away or await was_applied(self.database, **named):
            return
        present = await read_order(self.database, order.id)
        contents = _contents(told, present)
        first, *others = told.parcels
        if contents is not None and others:
            message = f"{len(told.parcels)} parcels hold a part of the order. Ship it by hand."
            raise ContentsUnknown(message)
        parcels = [
            ToldParcel(carrier, number, None if others else contents, service=told.service)
            for carrier, number in (first, *others)
        ]
        await ship_order(
            self.database,
            order.id,
            parcels,
            now=now,
            new_token=lambda: secrets.token_urlsafe(_TOKEN_BYTES),
            once=OnceForEver(**named),
        )

    async def _cancel(self, order: Order, reason: str, now: datetime) -> None:
        await cancel_order(
            self.database,
            order.id,
            reason=reason,
            expected_version=None,
            now=now,
            once=Once(Order),
        )

    async def _call_off(self, goods: TakenBack, order: Order, now: datetime) -> None:
        here = {line.line_no: line.quantities.still_here for line in order.lines}
        lines = _by_line(((sku, count) for sku, count, _ in goods.contents), order, here)
        wish = Wish(
            reason=_CALLED_OFF, cancel_lines=lines, add_lines=(), delivery=None, contact=None
        )
        await amend_order(
            self.database,
            order.id,
            wish,
            expected_version=None,
            now=now,
            once=OnceForEver(source=order.source, kind=Step.REFUND, reference=goods.reference),
        )

    async def _take_back(
        self, goods: TakenBack, order: Order, teller: Teller, now: datetime
    ) -> None:
        """Register the return; its reference is the refund's, so that it is registered once."""
        reference = f"{order.external_ref}-refund-{goods.reference}"
        contents = [list(one) for one in goods.contents]
        body = json.dumps({"external_ref": reference, "contents": contents}).encode()
        returned = local_moment(goods.at, None, field="returned_at")
        told = Return(
            id=RETURN.new(),
            source=order.source,
            external_ref=reference,
            order_id=order.id,
            customer_id=None,
            told_customer_id=None,
            source_record_id=None,
            channel=order.channel,
            store=order.store,
            country=order.country,
            brand=order.brand,
            legal_entity=order.legal_entity,
            home_region=order.home_region,
            currency=order.currency,
            refund_minor=sum(refund for _, _, refund in goods.contents),
            returned_at=returned.at,
            time_zone=returned.zone,
            returned_on=returned.on,
            received_at=now,
            reason=None,
            lines=tuple(
                ReturnedLine(line_no, None, sku, count, refund)
                for line_no, (sku, count, refund) in enumerate(goods.contents, start=1)
            ),
        )
        request = Request(
            client_id=teller.client_id, received_at=now, body=body, body_hash=body_hash(body=body)
        )
        await register_return(self.database, self.cipher, told, request=request, claim=None)


def problem_of(external_ref: str | None, step: Step, refusal: Refusal) -> Problem:
    """Say what could not be done and why, as the refusal says it."""
    return Problem(external_ref=external_ref, step=step, problem=refusal.slug, detail=str(refusal))


def _contents(told: PlatformFulfilment, order: Order) -> dict[int, int] | None:
    """Find the lines of what left; None where it is all that is left of the order."""
    if not told.contents:
        return None
    here = {line.line_no: line.quantities.still_here for line in order.lines}
    lines = _by_line(told.contents, order, here)
    return None if lines == {line: count for line, count in here.items() if count} else lines


def _by_line(
    contents: Iterable[tuple[str, int]], order: Order, here: dict[int, int]
) -> dict[int, int]:
    """Share quantities of skus among the order's lines, as many as each has, the rest to the last.

    What no line has is refused by whoever takes it from the lines.
    """
    taken: Counter[int] = Counter()
    for sku, quantity in contents:
        left = quantity
        lines = [line.line_no for line in order.lines if line.sku == sku]
        for line_no in lines:
            count = min(left, here[line_no] - taken[line_no])
            taken[line_no] += count
            left -= count
        if left:
            taken[lines[-1] if lines else 0] += left
    return {line_no: count for line_no, count in taken.items() if count}
