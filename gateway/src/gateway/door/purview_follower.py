"""Following whom the reading policy lets read what, so that every request carries it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import Database, snapshot, unit_of_work
from chassis.logs import get_logger
from chassis.principal import Principal, PrincipalSigner
from chassis.purview import Purview, RegionsDocument
from gateway.domain.scopes import Scope
from gateway.store.purviews import purviews_by_client, replace_purviews
from gateway.upstream.answer import AnswerTooLarge
from gateway.upstream.call import Call
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartOutOfReach

_LOOK_EVERY_SECONDS = 1.0
_ANSWER_SECONDS = 5.0
_LARGEST_ANSWER_BYTES = 16 << 20
_OK = 200
_GATEWAY = Principal("gateway", frozenset({Scope.CUSTOMERS_PRIVACY.value}))
_FAILURES = (
    SQLAlchemyError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    PartOutOfReach,
    ConnectionBroke,
    AnswerTooLarge,
    TimeoutError,
    ValidationError,
)

log = get_logger()


class _Purviews(BaseModel):
    """What the customer service answers."""

    model_config = ConfigDict(extra="ignore")
    clients: dict[str, dict[str, RegionsDocument]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurviewFollower:
    """Keeps what the customer service tells, so that it counts while that part is down."""

    pool: Pool
    signer: PrincipalSigner
    database: Database

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            try:
                await self.look()
            except _FAILURES as error:
                log.warning("purviews.not_told", cause=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Ask once, and keep what changed."""
        token = self.signer.sign(_GATEWAY).encode("ascii")
        lines = b"accept: application/json\r\ncarnet-principal: %b\r\n" % token
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await self.pool.exchange(Call(b"GET", b"/v1/purviews", lines))
            said = await answer.read(
                limit_bytes=_LARGEST_ANSWER_BYTES, idle_seconds=_ANSWER_SECONDS
            )
        if answer.status != _OK:
            log.warning("purviews.not_told", status=answer.status)
            return
        clients = _Purviews.model_validate_json(said).clients
        told = {client: Purview.of_document(document) for client, document in clients.items()}
        async with snapshot(self.database) as connection:
            known = await purviews_by_client(connection)
        if told != known:
            async with unit_of_work(self.database) as tx:
                await replace_purviews(tx, told)
