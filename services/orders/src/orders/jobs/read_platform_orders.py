"""Reading what shop platforms delivered: orders are placed, and what became of them applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from chassis.canonical import body_hash
from chassis.database import is_transient
from chassis.errors import Invalid, Refusal
from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.adapters.platforms.sources import read_orders
from orders.domain.carrier_answers import KEPT
from orders.domain.platform_orders import (
    Delivery,
    OrderNotTold,
    PlatformOrder,
    ReadingFailed,
    Step,
    UnreadOrder,
    payments_due,
)
from orders.domain.references import Request
from orders.domain.settling import Paid, check_first_payments
from orders.jobs.platform_steps import StepTaker, Teller, problem_of
from orders.use_cases.place_orders import place_orders
from orders.use_cases.take_platform_orders import (
    find_orders,
    forget_payloads,
    lease_waiting,
    note_read,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from chassis.database import Database
    from orders.domain.placing import NewOrder
    from orders.domain.platform_orders import Problem
    from orders.store.claims import ClaimCipher
    from orders.store.platform_deliveries import WaitingDelivery

    OrderOf: TypeAlias = Callable[[bytes, Request], NewOrder]

_EVERY_SECONDS = 0.5
_EMPTY_EVERY = timedelta(hours=1)

log = get_logger()


@dataclass(slots=True)
class _Reading:
    """An order of a delivery, and how far it came; `is_whole` once nothing is left to apply."""

    told: PlatformOrder
    new: NewOrder | None = None
    order_id: UUID | None = None
    is_placed: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PlatformReader:
    """Reads deliveries by the very road that orders of every other source take.

    `order_of` makes an order of a body, as the API does of what it is sent.
    """

    database: Database
    cipher: ClaimCipher
    order_of: OrderOf

    async def read_waiting(self) -> int:
        """Read the deliveries that came first; gives how many."""
        waiting = await lease_waiting(self.database)
        for delivery in waiting:
            await note_read(self.database, await self._read_surely(delivery))
        return len(waiting)

    async def _read_surely(self, waiting: WaitingDelivery) -> Delivery:
        """Read a delivery; on which reading fails as nobody foresaw, it keeps none waiting."""
        try:
            return await self._read(waiting)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("platform_delivery.failed", delivery_id=str(waiting.id))
            return _outcome(waiting, {}, [problem_of(None, Step.READING, ReadingFailed())])

    async def _read(self, waiting: WaitingDelivery) -> Delivery:
        problems: list[Problem] = []
        readings = self._readings(waiting, problems)
        await self._place(readings, problems)
        await self._find(readings, waiting.shop.source, problems)
        teller = Teller(client_id=waiting.client_id, purview=waiting.purview)
        steps = StepTaker(self.database, self.cipher)
        for reading in readings:
            if reading.order_id is not None and not reading.is_whole:
                problems += await steps.apply(
                    reading.told,
                    reading.order_id,
                    new=reading.new,
                    teller=teller,
                    now=waiting.received_at,
                )
        found = {one.order_id: one.is_placed for one in readings if one.order_id is not None}
        return _outcome(waiting, found, problems)

    def _readings(self, waiting: WaitingDelivery, problems: list[Problem]) -> list[_Reading]:
        try:
            told = read_orders(waiting.platform, waiting.payload, waiting.shop)
        except Invalid as unreadable:
            problems.append(problem_of(None, Step.READING, unreadable))
            return []
        readings: list[_Reading] = []
        for one in told:
            if isinstance(one, UnreadOrder):
                problems.append(problem_of(one.external_ref, Step.READING, one.refusal))
                continue
            readings.append(_Reading(one))
            if one.body is None:
                continue
            try:
                readings[-1].new = self._new(one, one.body, waiting)
            except Refusal as refusal:
                problems.append(problem_of(one.external_ref, Step.PLACING, refusal))
        return readings

    def _new(self, told: PlatformOrder, body: dict[str, Any], waiting: WaitingDelivery) -> NewOrder:
        """Make the order, which is known again by what was agreed."""
        sale = orjson.dumps({name: body[name] for name in body if name != "customer"})
        request = Request(
            client_id=waiting.client_id,
            received_at=waiting.received_at,
            body=sale,
            body_hash=body_hash(body=orjson.dumps(told.agreed())),
        )
        new = self.order_of(orjson.dumps(body), request)
        try:
            due = payments_due(told.money, Paid(total_minor=new.total_minor)) if told.money else ()
            return replace(new, payments=check_first_payments(new.total_minor, due))
        except Refusal:
            return new  # the sale is kept; its payments are refused, and listed, a step later

    async def _place(self, readings: Sequence[_Reading], problems: list[Problem]) -> None:
        """Place all orders in one transaction; those that are known get their first answer."""
        fresh = [(one, one.new) for one in readings if one.new is not None]
        if not fresh:
            return
        outcomes = await place_orders(self.database, self.cipher, [new for _, new in fresh])
        for (reading, new), outcome in zip(fresh, outcomes, strict=True):
            if isinstance(outcome, Refusal):
                problems.append(problem_of(reading.told.external_ref, Step.PLACING, outcome))
                continue
            reading.order_id = outcome.order_id
            reading.is_placed = not outcome.is_replayed
            has_paid = (
                reading.told.money is None
                or bool(new.payments)
                or not payments_due(reading.told.money, Paid(total_minor=new.total_minor))
            )
            reading.is_whole = reading.is_placed and has_paid and not reading.told.tells_more

    async def _find(
        self, readings: Sequence[_Reading], source: str, problems: list[Problem]
    ) -> None:
        """Find the orders of what was not placed now, because more may have become of them."""
        sought = [one for one in readings if one.order_id is None]
        if not sought:
            return
        known = await find_orders(self.database, source, [one.told.external_ref for one in sought])
        for reading in sought:
            reading.order_id = known.get(reading.told.external_ref)
            if reading.order_id is None and reading.told.body is None and reading.told.tells_more:
                refusal = OrderNotTold("Read it again when the order was told.")
                problems.append(problem_of(reading.told.external_ref, Step.READING, refusal))


def _outcome(
    waiting: WaitingDelivery, found: Mapping[UUID, bool], problems: Sequence[Problem]
) -> Delivery:
    return Delivery(
        id=waiting.id,
        platform=waiting.platform,
        source=waiting.shop.source,
        home_region=waiting.shop.home_region,
        received_at=waiting.received_at,
        read_at=datetime.now(UTC),
        placed=sum(found.values()),
        known=len(found) - sum(found.values()),
        order_ids=tuple(found),
        problems=tuple(problems),
    )


async def keep_reading_deliveries(reader: PlatformReader, stop: asyncio.Event) -> None:
    """Read deliveries until `stop` is set."""
    emptied_at = datetime.min.replace(tzinfo=UTC)

    async def step() -> bool:
        nonlocal emptied_at
        count = await reader.read_waiting()
        now = datetime.now(UTC)
        if now - emptied_at > _EMPTY_EVERY:
            emptied_at = now
            await forget_payloads(reader.database, read_before=now - KEPT)
        return bool(count)

    await repeat("platform-deliveries", step, every_seconds=_EVERY_SECONDS, stop=stop)
