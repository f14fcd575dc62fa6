"""The export of a customer: everything that every part holds, or nothing (GDPR art. 15 and 20)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chassis.api import MissingScope
from chassis.errors import Unavailable
from chassis.global_ids import show_global_id
from chassis.principal import Principal, PrincipalSigner
from gateway.domain.gone import CustomerErased, CustomerUnknown
from gateway.domain.parts import SERVICES, Part
from gateway.domain.scopes import Scope
from gateway.store.archives import Archive
from gateway.upstream.answer import Answer
from gateway.upstream.call import Call
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartOutOfReach
from gateway.upstream.rows import NotTables, RowReader

_AT_ONCE = 2
"""An export is long and rare; sales go on beside it."""

_OK, _NOT_FOUND, _GONE = 200, 404, 410


class ExportIncomplete(PartOutOfReach):
    """A part did not give all it holds, so there is no archive (503)."""

    slug = "export-incomplete"
    title = "A part of the suite did not give its part of the export"


class TooManyExports(Unavailable):
    """As many exports are under way as may be."""

    slug = "too-many-exports"
    title = "As many exports are under way as may be"


@dataclass(frozen=True, slots=True)
class Export:
    """A whole archive; `archive` is to be closed once its pieces were read."""

    archive: Archive
    size: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerExporter:
    """Asks one part after the other; none may fall silent for longer than `idle_seconds`."""

    pools: Mapping[Part, Pool]
    signer: PrincipalSigner
    idle_seconds: float
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def export(
        self, customer_id: str, principal: Principal, *, trace_lines: bytes, now: datetime
    ) -> Export:
        """Export a customer by the stored form of any id.

        Raises:
            MissingScope: the key may not export.
            CustomerUnknown, CustomerErased: there is nothing to export.
            ExportIncomplete: a part is missing, and an archive without it would tell half.
            TooManyExports: come back soon.
        """
        if Scope.CUSTOMERS_PRIVACY not in principal.scopes:
            raise MissingScope(f"The export needs the scope {Scope.CUSTOMERS_PRIVACY}.")
        if self.turns.locked():
            raise TooManyExports("Send the request again soon.", retry_after_seconds=5)
        shown = show_global_id(customer_id)
        archive = Archive(shown, now)
        try:
            async with self.turns:
                for part in SERVICES:
                    token = self.signer.sign(principal).encode("ascii")
                    lines = b"accept: application/json\r\ncarnet-principal: %b\r\n" % token
                    await self._take(part, shown, lines + trace_lines, archive)
                size, pieces = await asyncio.to_thread(archive.finish)
        except BaseException:
            archive.close()
            raise
        return Export(archive, size, pieces)

    async def _take(self, part: Part, shown_id: str, lines: bytes, archive: Archive) -> None:
        target = f"/v1/exports/{shown_id}".encode("ascii")
        try:
            answer = await self.pools[part].exchange(Call(b"GET", target, lines))
        except PartOutOfReach as error:
            raise ExportIncomplete(part, _why(type(error).__name__)) from error
        _check(part, answer, shown_id)
        archive.begin_part(part)
        reader = RowReader()
        try:
            async for piece in answer.pieces(idle_seconds=self.idle_seconds):
                await asyncio.to_thread(archive.add, reader.feed(piece))
            reader.finish()
        except (ConnectionBroke, TimeoutError, NotTables) as error:
            answer.abandon()
            raise ExportIncomplete(part, _why(type(error).__name__)) from error


def _check(part: Part, answer: Answer, shown_id: str) -> None:
    if answer.status == _OK:
        return
    answer.abandon()
    if answer.status == _GONE:
        raise CustomerErased(f"{shown_id} was erased. Forget the id: it never comes back.")
    if answer.status == _NOT_FOUND and part is Part.CUSTOMER:
        raise CustomerUnknown(f"No customer has the id {shown_id}.")
    raise ExportIncomplete(part, _why(f"status {answer.status}"))


def _why(cause: str) -> str:
    return f"did not give what it holds ({cause}). Nothing was exported: send the request again."
