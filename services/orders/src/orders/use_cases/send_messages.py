"""Sending what customers are to hear: lease, write down, send, note what became of it.

What was written is committed before it is sent, and that it was sent after the server took it: who
is killed in between sends the same words again, under the same Message-ID.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chassis.database import unit_of_work
from orders.domain.messages import MessageState, TemplateInvalid, languages_for, next_try_after
from orders.domain.overtaking import is_overtaken
from orders.store.message_templates import edited_template
from orders.store.messages import (
    contact_for_sending,
    end_message,
    lease_message,
    renew_lease,
    try_later,
    write_down,
)
from orders.store.orders import load_order

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from orders.adapters.messages.composing import Composer
    from orders.domain.messages import Message, Written

SENDING_SECONDS = 690
"""Longer than a server may take to take a message."""

_LEASE_SECONDS = 180
_RENEW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a mail server said: None took it; else a problem, for good or for now.

    `is_away` says that the next message would fare no better.
    """

    problem: str | None = None
    is_final: bool = False
    is_away: bool = False


class Post(Protocol):
    """Whoever brings messages to a mail server, within `SENDING_SECONDS`."""

    async def send(self, message_id: UUID, recipient: str, written: Written) -> Delivered:
        """Bring one; raises nothing that a server or a network can cause."""
        ...


async def next_message(database: Database) -> Message | None:
    """Lease the message that has been due longest; None when there is none."""
    async with unit_of_work(database) as tx:
        return await lease_message(tx, lease_seconds=_LEASE_SECONDS)


async def send_message(
    database: Database,
    composer: Composer,
    post: Post,
    message: Message,
    *,
    default_language: str,
    clock: Callable[[], datetime],
) -> bool:
    """Send a leased message; gives False where the mail server is out of reach."""
    async with unit_of_work(database) as tx:
        ready = await _write(tx, message, composer, default_language, now=clock())
    if ready is None:
        return True
    recipient, written = ready
    sending = asyncio.ensure_future(post.send(message.id, recipient, written))
    outcome = await _while_leased(database, message, sending)
    now = clock()
    async with unit_of_work(database) as tx:
        if outcome.problem is None:
            await end_message(tx, message, MessageState.SENT, sent_at=now)
        elif outcome.is_final:
            await end_message(tx, message, MessageState.REFUSED, problem=outcome.problem)
        else:
            await _put_off(tx, message, problem=outcome.problem, now=now)
    return not outcome.is_away


async def _while_leased(
    database: Database, message: Message, sending: Future[Delivered]
) -> Delivered:
    """Keep a message for oneself as long as its server takes, so that nobody sends it too."""
    try:
        while not (await asyncio.wait([sending], timeout=_RENEW_SECONDS))[0]:
            async with unit_of_work(database) as tx:
                await renew_lease(tx, message, lease_seconds=_LEASE_SECONDS)
    finally:
        sending.cancel()
        await asyncio.wait([sending])
    return sending.result()


async def put_off(database: Database, message: Message, *, problem: str, now: datetime) -> None:
    """Try a leased message again later."""
    async with unit_of_work(database) as tx:
        await _put_off(tx, message, problem=problem, now=now)


async def _put_off(tx: Transaction, message: Message, *, problem: str, now: datetime) -> None:
    await try_later(tx, message, at=now + next_try_after(message.tries), problem=problem)


async def _write(
    tx: Transaction, message: Message, composer: Composer, default_language: str, *, now: datetime
) -> tuple[str, Written] | None:
    """Write a leased message down; None where it has ended, or has to wait for a template."""
    if message.is_old_news(now):
        await end_message(tx, message, MessageState.EXPIRED, problem=message.problem)
        return None
    contact = await contact_for_sending(tx, message.order_id)
    order = await load_order(tx, message.order_id)
    if contact is None or not contact.get("email"):
        is_erased = order.erased_at is not None
        state = MessageState.ERASED if is_erased else MessageState.NO_ADDRESS
        await end_message(tx, message, state)
        return None
    if is_overtaken(message, order):
        await end_message(tx, message, MessageState.OVERTAKEN)
        return None
    recipient: str = contact["email"]
    if message.written is not None and message.recipient == recipient:
        return recipient, message.written
    languages = languages_for(contact.get("language"), default=default_language)
    edited = await edited_template(tx, message.kind, languages, brand=order.brand)
    template = composer.template_for(message.kind, languages, edited=edited)
    try:
        written = composer.write(template, order, contact, message.facts)
    except TemplateInvalid as refusal:
        await _put_off(tx, message, problem=str(refusal)[:200], now=now)
        return None
    is_ours = await write_down(tx, message, written, recipient)
    return (recipient, written) if is_ours else None
