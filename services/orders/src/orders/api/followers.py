"""Whoever has a parcel's page open: one query a second for all of them, a stream for each."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import StreamingResponse

from chassis.errors import Unavailable
from chassis.logs import get_logger
from orders.domain.tracking import ParcelNotFound
from orders.use_cases.read_parcels import follow_parcel, states_of_parcels

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import ExitStack

    from starlette.types import Receive, Scope, Send

    from chassis.database import Database
    from orders.domain.live import Live

LOOK_EVERY_SECONDS = 1.0
HEARTBEAT_SECONDS = 8.0
"""Below what the gateway and proxies take for silence."""

LIFE_SECONDS = 240.0
"""Then the browser connects anew, so that nothing stays open for somebody who is long gone."""

MOST = 1_000
MOST_OF_ONE = 50
_RETRY_MILLISECONDS = 3_000

log = get_logger()


class TooManyFollowers(Unavailable):
    slug = "too-many-followers"
    title = "Too many follow parcels already"


class Followed:
    """A parcel that somebody follows; `live` is what it was when somebody last looked."""

    def __init__(self) -> None:
        self.followers = 0
        self.live: Live | None = None
        self._is_gone = False
        self._changed = asyncio.Event()

    def becomes(self, live: Live | None) -> None:
        """Tell the followers of another state, or that the token opens nothing any more."""
        self.live = live
        self._is_gone = live is None
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, state: str) -> Live | None:
        """Give a state that is another one, as soon as there is; None when there is none more."""
        while not self._is_gone and (self.live is None or self.live.state == state):
            await self._changed.wait()
        return self.live


class Followers:
    """Looks for changes of all parcels that are followed, together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followed: dict[str, Followed] = {}
        self._count = 0
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Look no more, and let the streams end."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for followed in self._followed.values():
            followed.becomes(None)

    @contextmanager
    def following(self, token: str) -> Generator[Followed]:
        """Have a parcel looked at while the block runs; raises `TooManyFollowers`.

        Nothing is awaited between looking for a place and taking it, so that those who come
        together never take more places than there are.
        """
        followed = self._followed.get(token) or Followed()
        if self._count >= MOST or followed.followers >= MOST_OF_ONE:
            message = "Read the page itself from time to time, and follow it again later."
            raise TooManyFollowers(message, retry_after_seconds=30)
        self._followed[token] = followed
        followed.followers += 1
        self._count += 1
        try:
            yield followed
        finally:
            self._count -= 1
            followed.followers -= 1
            if not followed.followers:
                self._followed.pop(token, None)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self._tell()
            except Exception:  # a loop's: whoever follows sees the next state when it works again
                log.exception("followers.failed")

    async def _tell(self) -> None:
        looked_at = dict(self._followed)
        if not looked_at:
            return
        states = await states_of_parcels(self._database, list(looked_at))
        for token, followed in looked_at.items():
            known = None if followed.live is None else followed.live.state
            if token in states and states[token] == known:
                continue
            try:
                now = datetime.now(UTC)
                followed.becomes(await follow_parcel(self._database, token, now=now))
            except ParcelNotFound:
                followed.becomes(None)


class LiveResponse(StreamingResponse):
    """A stream of states that gives its place back, also where nobody stayed to read it."""

    media_type = "text/event-stream"

    def __init__(self, pieces: AsyncGenerator[bytes], place: ExitStack) -> None:
        """Send pieces; `place` is closed with the response."""
        super().__init__(pieces, headers={"X-Accel-Buffering": "no"})
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, then let somebody else have the place."""
        with self._place:
            await super().__call__(scope, receive, send)


async def stream(
    followed: Followed, live: Live, *, seen: str | None, show: Callable[[Live], dict[str, Any]]
) -> AsyncGenerator[bytes]:
    """Write each state that differs from the one that was seen, and a comment in silence."""
    clock = asyncio.get_running_loop().time
    until = clock() + LIFE_SECONDS
    yield b"retry: %d\n\n" % _RETRY_MILLISECONDS
    if live.state != seen:
        yield _event(live, show)
    state = live.state
    while clock() < until:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                now = await followed.after(state)
        except TimeoutError:
            yield b": nothing new\n\n"
            continue
        if now is None:
            return
        state = now.state
        yield _event(now, show)


def _event(live: Live, show: Callable[[Live], dict[str, Any]]) -> bytes:
    return b"id: %b\nevent: state\ndata: %b\n\n" % (live.state.encode(), orjson.dumps(show(live)))
