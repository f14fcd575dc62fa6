"""Sending messages as they come, several at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from chassis.database import is_transient
from chassis.logs import get_logger
from chassis.repeating import repeat
from chassis.waiting import Backoff
from orders.mail.smtp import Smtp
from orders.use_cases.send_messages import next_message, put_off, send_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from chassis.database import Database
    from orders.adapters.messages.composing import Composer
    from orders.mail.smtp import MailServer

_AT_ONCE = 4
_EVERY_SECONDS = 1.0

log = get_logger()


class Turn(Enum):
    """What came of looking for a message: none was due, one was dealt with, no server answers."""

    IDLE = auto()
    DONE = auto()
    AWAY = auto()


async def send_next(
    database: Database,
    composer: Composer,
    post: Smtp,
    *,
    default_language: str,
    clock: Callable[[], datetime],
) -> Turn:
    """Deal with one message that is due; what nobody foresaw parks it and keeps nobody waiting."""
    message = await next_message(database)
    if message is None:
        return Turn.IDLE
    try:
        is_there = await send_message(
            database, composer, post, message, default_language=default_language, clock=clock
        )
    except Exception as error:
        if is_transient(error):
            raise
        cause = type(error).__name__
        log.exception("message.parked", kind=message.kind, message_id=str(message.id))
        await put_off(database, message, problem=cause, now=clock())
        return Turn.DONE
    return Turn.DONE if is_there else Turn.AWAY


async def keep_sending(
    database: Database,
    composer: Composer,
    server: MailServer,
    default_language: str,
    stop: asyncio.Event,
) -> None:
    """Send over a few connections until `stop` is set."""
    async with asyncio.TaskGroup() as sending:
        for _ in range(_AT_ONCE):
            sending.create_task(_keep_sending(database, composer, server, default_language, stop))


async def _keep_sending(
    database: Database,
    composer: Composer,
    server: MailServer,
    default_language: str,
    stop: asyncio.Event,
) -> None:
    post = Smtp(server, clock=_now)
    patience = Backoff()

    async def step() -> bool:
        turn = await send_next(
            database, composer, post, default_language=default_language, clock=_now
        )
        if turn is Turn.AWAY:
            await patience.wait(stop)
            return True
        patience.reset()
        if turn is Turn.IDLE:
            await post.close()
        return turn is Turn.DONE

    await repeat("messages", step, every_seconds=_EVERY_SECONDS, stop=stop)
    await post.close()


def _now() -> datetime:
    return datetime.now(UTC)
