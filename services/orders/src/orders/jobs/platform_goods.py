"""Moving the goods of a platform's order: what leaves, what never will, what came back."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.canonical import body_hash
from chassis.idempotency import Once
from orders.domain.amending import NothingWouldRemain
from orders.domain.commercial import Commercial, OrderAlreadyShipped
from orders.domain.order import Order
from orders.domain.platform_orders import CHARGES, FulfilmentWithdrawn, Step
from orders.domain.references import Request
from orders.domain.shipping import ToldParcel, ToldShipment
from orders.domain.taking_back import Return, ReturnedLine
from orders.domain.times import local_moment
from orders.events import RETURN
from orders.store.platform_facts import OnceForEver
from orders.use_cases.amend_order import Wish, amend_order
from orders.use_cases.cancel_order import cancel_order
from orders.use_cases.read_orders import read_order
from orders.use_cases.register_return import register_return
from orders.use_cases.ship_order import ship_order
from orders.use_cases.take_platform_orders import forgo, was_applied

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from orders.domain.platform_orders import PlatformFulfilment, TakenBack
    from orders.store.claims import ClaimCipher

_TOKEN_BYTES = 24
_CALLED_OFF = "refund"


@dataclass(frozen=True, slots=True)
class GoodsMover:
    """Applies to goods what a platform says of them, each thing once for ever."""

    database: Database
    cipher: ClaimCipher
    client_id: str
    now: datetime

    async def ship(self, told: PlatformFulfilment, order: Order) -> None:
        """Hand over what left; raises what forbids it."""
        named = _fulfilment(order, told.reference)
        if order.taken_away or await was_applied(self.database, **named):
            return
        present = await read_order(self.database, order.id)
        contents = _contents(told, present)
        is_one = len(told.parcels) == 1
        parcels = tuple(
            ToldParcel(carrier, number, contents if is_one else None, service=told.service)
            for carrier, number in told.parcels
        )
        await ship_order(
            self.database,
            ToldShipment(order.id, parcels, contents=None if is_one else contents),
            now=self.now,
            new_token=lambda: secrets.token_urlsafe(_TOKEN_BYTES),
            once=OnceForEver(**named),
        )

    async def withdraw(self, reference: str, order: Order) -> None:
        """Never ship what was called off; raises `FulfilmentWithdrawn` where it was shipped."""
        if not await forgo(self.database, order.id, **_fulfilment(order, reference)):
            message = f"Fulfilment {reference}: see where its parcels are, and take them back."
            raise FulfilmentWithdrawn(message)

    async def cancel(self, order_id: UUID, reason: str) -> None:
        """Cancel an order, or the rest of one of which a part has left.

        Raises `OrderAlreadyShipped` where nothing is left to cancel.
        """
        order = await read_order(self.database, order_id)
        named = {"source": order.source, "reference": order.external_ref}
        if await was_applied(self.database, kind=Step.CANCELLATION, **named):
            return
        rest = {
            line.line_no: line.quantities.still_here
            for line in order.lines
            if line.quantities.still_here
        }
        has_left = any(
            line.quantities.handed_over or line.quantities.delivered or line.quantities.returned
            for line in order.lines
        )
        if not has_left:
            await self._cancel_whole(order, reason)
            return
        if not rest:
            raise OrderAlreadyShipped(f"{OrderAlreadyShipped.title}. Register a return instead.")
        once = OnceForEver(kind=Step.CANCELLATION, **named)
        await self._amend(order, reason, rest, once)

    async def call_off(self, goods: TakenBack, order_id: UUID) -> None:
        """Call off what will not leave; an order of which nothing would remain is cancelled."""
        order = await read_order(self.database, order_id)
        if order.commercial is Commercial.CANCELLED:
            return
        named = {"source": order.source, "kind": Step.REFUND, "reference": goods.reference}
        if await was_applied(self.database, **named):
            return
        here = {line.line_no: line.quantities.still_here for line in order.lines}
        lines = _by_line(((sku, count) for sku, count, _ in goods.contents), order, here)
        try:
            await self._amend(order, _CALLED_OFF, lines, OnceForEver(**named))
        except NothingWouldRemain:
            await self._cancel_whole(order, _CALLED_OFF)

    async def _cancel_whole(self, order: Order, reason: str) -> None:
        await cancel_order(
            self.database,
            order.id,
            reason=reason,
            expected_version=None,
            now=self.now,
            once=Once(Order),
        )

    async def _amend(
        self, order: Order, reason: str, lines: dict[int, int], once: OnceForEver
    ) -> None:
        wish = Wish(reason=reason, cancel_lines=lines, add_lines=(), delivery=None, contact=None)
        await amend_order(
            self.database, order.id, wish, expected_version=None, now=self.now, once=once
        )

    async def take_back(self, goods: TakenBack, order: Order) -> None:
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
            received_at=self.now,
            reason=None,
            lines=tuple(
                ReturnedLine(line_no, None, sku, count, refund)
                for line_no, (sku, count, refund) in enumerate(goods.contents, start=1)
            ),
        )
        request = Request(
            client_id=self.client_id,
            received_at=self.now,
            body=body,
            body_hash=body_hash(body=body),
        )
        await register_return(self.database, self.cipher, told, request=request, claim=None)


def _fulfilment(order: Order, reference: str) -> dict[str, str]:
    return {"source": order.source, "kind": Step.FULFILMENT, "reference": reference}


def _contents(told: PlatformFulfilment, order: Order) -> dict[int, int] | None:
    """Find the lines of what left; None where it is all that is left of the order.

    What is no goods leaves with the first that do.
    """
    if not told.contents:
        return None
    here = {line.line_no: line.quantities.still_here for line in order.lines}
    charges = {line.line_no for line in order.lines if line.sku in CHARGES}
    lines = _by_line(told.contents, order, here)
    lines |= {line_no: here[line_no] for line_no in charges if here[line_no]}
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
