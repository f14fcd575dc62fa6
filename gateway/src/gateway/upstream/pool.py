"""A bounded pool of keep-alive connections to one part of the suite."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.upstream.answer import Answer
from gateway.upstream.call import Call
from gateway.upstream.connection import Connection, ConnectionBroke
from gateway.upstream.refusals import UNKNOWN_EFFECT, PartBroke, PartBusy, PartDown, PartSlow


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How far a pool goes; `idle_seconds` stays below the 75 s after which the parts close."""

    connections: int = 64
    waiting: int = 1024
    queue_seconds: float = 2.0
    connect_seconds: float = 2.0
    answer_seconds: float = 15.0
    idle_seconds: float = 60.0


class Pool:
    """Sends calls to one part, at most one repeat each."""

    def __init__(self, part: str, url: str, limits: PoolLimits) -> None:
        """Take the part's name, as errors give it, and its address, such as `http://orders:8002`."""
        address = urlsplit(url)
        if address.scheme != "http" or address.hostname is None or address.path not in {"", "/"}:
            raise ValueError(f"the address of {part} must look like http://host:port, not {url}")
        self.part = part
        self.limits = limits
        self._host = address.hostname
        self._port = address.port or 80
        self._host_line = b"host: %b\r\n" % address.netloc.encode("ascii")
        self._idle: deque[Connection] = deque()
        self._open: set[Connection] = set()
        self._reserved = 0
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._is_closed = False

    async def exchange(self, call: Call, *, answer_seconds: float | None = None) -> Answer:
        """Send a call and give its answer, whole or with its body to come.

        A call whose connection broke before a byte of the answer is sent once more, on a fresh
        connection, when nothing was written or repeating it is harmless.

        Raises:
            PartDown, PartBusy, PartSlow, PartBroke: see `gateway.upstream.refusals`.
        """
        connection = await self._acquire()
        try:
            return await self._once(connection, call, answer_seconds)
        except ConnectionBroke as broke:
            if broke.was_sent and (broke.had_begun or not call.may_repeat()):
                raise self._broke() from broke
        connection = await self._acquire(fresh=True)
        try:
            return await self._once(connection, call, answer_seconds)
        except ConnectionBroke as broke:
            if call.may_repeat() and not broke.had_begun:
                raise PartDown(self.part, "breaks its connections; try again soon.") from broke
            raise self._broke() from broke

    async def _once(
        self, connection: Connection, call: Call, answer_seconds: float | None
    ) -> Answer:
        ready = connection.send(call.written(self._host_line), has_no_body=call.method == b"HEAD")
        seconds = self.limits.answer_seconds if answer_seconds is None else answer_seconds
        timer = asyncio.get_running_loop().call_later(seconds, self._expire, ready)
        try:
            return await ready
        except ConnectionBroke:
            raise
        except BaseException:
            connection.abandon()
            raise
        finally:
            timer.cancel()

    def _expire(self, ready: asyncio.Future[Answer]) -> None:
        if not ready.done():
            ready.set_exception(
                PartSlow(self.part, f"took the request and has not answered. {UNKNOWN_EFFECT}")
            )

    def _broke(self) -> PartBroke:
        return PartBroke(self.part, f"broke off the connection. {UNKNOWN_EFFECT}")

    async def _acquire(self, *, fresh: bool = False) -> Connection:
        idle = self._idle
        if idle and fresh:
            self._close(idle.popleft())
        elif idle:
            oldest_useful = asyncio.get_running_loop().time() - self.limits.idle_seconds
            while idle:
                connection = idle.pop()
                if connection.idle_since < oldest_useful:
                    self._close(connection)
                elif not connection.is_closing:
                    return connection
        if len(self._open) + self._reserved < self.limits.connections:
            self._reserved += 1
            return await self._connect()
        return await self._wait_for_turn()

    async def _connect(self) -> Connection:
        """Use up one reserved place."""
        loop = asyncio.get_running_loop()
        connection = Connection(self, loop)
        try:
            async with asyncio.timeout(self.limits.connect_seconds):
                await loop.create_connection(lambda: connection, self._host, self._port)
        except BaseException as error:
            connection.close()
            self._give_up_place()
            if isinstance(error, OSError):  # TimeoutError is one too
                raise self._down() from error
            raise
        if connection.is_closing:
            self._give_up_place()
            raise self._down()
        self._reserved -= 1
        self._open.add(connection)
        return connection

    async def _wait_for_turn(self) -> Connection:
        if len(self._waiting) >= self.limits.waiting:
            raise self._busy()
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                connection = await turn
        except BaseException as error:
            self._give_back(turn)
            if isinstance(error, TimeoutError):
                raise self._busy() from error
            raise
        if connection is None:
            return await self._connect()
        if connection.is_closing:
            return await self._acquire()
        return connection

    def _down(self) -> PartDown:
        return PartDown(self.part, "does not take connections; try again shortly.")

    def _busy(self) -> PartBusy:
        return PartBusy(self.part, "has as many requests as it can take; try again shortly.")

    def _give_back(self, turn: asyncio.Future[Connection | None]) -> None:
        """Pass on what a waiter was given but did not live to use."""
        if not turn.done() or turn.cancelled():
            with contextlib.suppress(ValueError):
                self._waiting.remove(turn)
            return
        connection = turn.result()
        if connection is None:
            self._give_up_place()
        elif not connection.is_closing:
            self.release(connection)

    def _give_up_place(self) -> None:
        self._reserved -= 1
        self._offer_place()

    def _offer_place(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                self._reserved += 1
                turn.set_result(None)
                return

    def _close(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def release(self, connection: Connection) -> None:
        """Take back a connection whose exchange is over."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if self._is_closed:
            self._close(connection)
            return
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)

    def discard(self, connection: Connection) -> None:
        """Forget a connection that has ended, and offer its place to who waits longest."""
        if connection in self._open:
            self._open.discard(connection)
            with contextlib.suppress(ValueError):
                self._idle.remove(connection)
            self._offer_place()

    def close(self) -> None:
        """Close what is idle; what is in use closes when its exchange ends."""
        self._is_closed = True
        while self._idle:
            self._close(self._idle.popleft())
