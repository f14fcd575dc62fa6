"""The keys that open the door, held in memory and kept in step with the database."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Mapping

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import Database, snapshot
from chassis.logs import get_logger
from chassis.principal import Principal
from chassis.purview import WHOLE_HOUSE, Purview
from gateway.domain.api_keys import ApiKey, hash_secret, split_key
from gateway.domain.token_bucket import Quota, TokenBucket
from gateway.door.refusals import KeysOutOfReach, key_not_known
from gateway.store import api_keys
from gateway.store.purviews import changes, purviews_by_client

_LOOK_EVERY_SECONDS = 1.0
_LOOK_AT_MOST_EVERY = 0.05  # seconds
_LOOK_TIMEOUT_SECONDS = 1.0
_FAILURES = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

log = get_logger()


class Caller:
    """A client at the door: who it is, and what it has left of its quota."""

    __slots__ = ("bucket", "principal", "secret_hash")

    def __init__(self, principal: Principal, secret_hash: bytes, bucket: TokenBucket) -> None:
        """Join what the database knows with what this process counts."""
        self.principal = principal
        self.secret_hash = secret_hash
        self.bucket = bucket


class KeyRing:
    """Finds callers by their key. A revoked key stops opening within about a second."""

    def __init__(self, database: Database, quota: Quota) -> None:
        """Begin empty; `run` keeps it filled."""
        self._database = database
        self._quota = quota
        self._callers: dict[str, Caller] = {}
        self._version: tuple[int, ...] | None = None
        self._looking = asyncio.Lock()
        self._looked_at = 0.0
        self._failure: Exception | None = None

    @property
    def problem(self) -> str | None:
        """What keeps the ring from being used, if anything: it was never filled."""
        return "keys: not read yet" if self._version is None else None

    def find(self, text: bytes) -> Caller | None:
        """Find the caller by a key's text, among the keys in memory."""
        pieces = split_key(text)
        if pieces is None:
            return None
        caller = self._callers.get(pieces[0])
        if caller is None or not hmac.compare_digest(caller.secret_hash, hash_secret(pieces[1])):
            return None
        return caller

    async def find_new(self, text: bytes) -> Caller:
        """Look once into the database for a key made a moment ago.

        Raises:
            KeyNotKnown: there is no such key.
            KeysOutOfReach: the database does not answer.
        """
        if split_key(text) is None:
            raise key_not_known()
        await self._look(newer_than=time.monotonic())
        caller = self.find(text)
        if caller is None:
            raise key_not_known()
        return caller

    async def run(self) -> None:
        """Look for changes for ever."""
        while True:
            try:
                await self._look(newer_than=time.monotonic())
            except KeysOutOfReach as refusal:
                log.warning("keys.unreachable", cause=type(refusal.__cause__).__name__)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _look(self, *, newer_than: float) -> None:
        """Read the keys if they changed; those who ask at the same time share one look."""
        async with self._looking:
            if self._looked_at < newer_than:
                await asyncio.sleep(self._looked_at + _LOOK_AT_MOST_EVERY - time.monotonic())
                self._looked_at = time.monotonic()
                self._failure = None
                try:
                    await self._read()
                except _FAILURES as error:
                    self._failure = error
            if self._failure is not None:
                raise KeysOutOfReach("Send the request again soon.") from self._failure

    async def _read(self) -> None:
        async with asyncio.timeout(_LOOK_TIMEOUT_SECONDS), snapshot(self._database) as connection:
            version = (*await api_keys.version(connection), await changes(connection))
            if version != self._version:
                keys = await api_keys.active_keys(connection)
                self._fill(keys, await purviews_by_client(connection))
                self._version = version

    def _fill(self, keys: list[ApiKey], purviews: Mapping[str, Purview]) -> None:
        now = time.monotonic()
        callers: dict[str, Caller] = {}
        for key in keys:
            known = self._callers.get(key.prefix)
            bucket = TokenBucket(self._quota, now) if known is None else known.bucket
            principal = Principal(key.client, key.scopes, purviews.get(key.client, WHOLE_HOUSE))
            callers[key.prefix] = Caller(principal, key.secret_hash, bucket)
        self._callers = callers
