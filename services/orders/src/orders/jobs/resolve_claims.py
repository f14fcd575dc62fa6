"""Asking identity, through the gateway like any other client, about claims it could not answer."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.database import unit_of_work
from chassis.global_ids import GlobalId
from chassis.logs import get_logger
from chassis.repeating import repeat
from orders.events import SourceRecordId
from orders.store.claims import ClaimCipher, ClaimUnreadable, SealedClaim, lease_due_claims, put_off
from orders.use_cases.link_claim import erase_claimed, give_up_claim, link_claim

if TYPE_CHECKING:
    from chassis.database import Database

_EVERY_SECONDS = 2.0
_AT_ONCE = 16
_TIMEOUT_SECONDS = 10.0
_LONGEST_WAIT = timedelta(hours=1)
_MOST_ATTEMPTS = 1000
"""With waits of up to an hour, six weeks of trying."""

_NOT_NOW = frozenset({401, 403, 404, 405, 408, 409, 425, 429})
"""Statuses that say nothing about the claim: another moment may bring another answer."""

_NAME = re.compile(r"[a-z_]{1,40}(\.[0-9]{1,3})?(\.[a-z_]{1,40})?")
_MOST_FIELDS = 10

log = get_logger()


class Resolved(BaseModel):
    """What this service reads of identity's answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    customer_id: GlobalId
    source_record_id: SourceRecordId


class NotNow(Exception):
    """Identity did not answer; `args` says how, without personal data."""


class Erased(Exception):
    """Identity knows whose the claim is: somebody who was erased."""


class Refused(Exception):
    """Identity refuses the claim for good; `args` gives its problem's name."""

    def __init__(self, problem: str, fields: tuple[str, ...]) -> None:
        """Take the names of what is wrong, and never what was told."""
        super().__init__(problem)
        self.fields = fields


@dataclass(frozen=True, slots=True)
class ClaimResolver:
    """Resolves due claims: leases some, asks outside any transaction, links or puts off."""

    database: Database
    cipher: ClaimCipher
    client: httpx.AsyncClient

    async def resolve_due(self, now: datetime) -> int:
        """Try the claims that are due; gives their number."""
        async with unit_of_work(self.database) as tx:
            due = await lease_due_claims(tx, now=now, limit=_AT_ONCE)
        await asyncio.gather(*(self._resolve(claim, now) for claim in due))
        return len(due)

    async def _resolve(self, claim: SealedClaim, now: datetime) -> None:
        try:
            found = await self._ask(self.cipher.open(claim))
        except (NotNow, ClaimUnreadable) as error:
            await self._try_later(claim, error, now)
        except Refused as error:
            await self._give_up(claim, str(error), now, fields=error.fields)
        except Erased:
            await erase_claimed(self.database, claim, now=now)
            log.info("claim.erased", kind=claim.kind, fact_id=str(claim.fact_id))
        else:
            await link_claim(
                self.database,
                claim,
                customer_id=found.customer_id,
                source_record_id=found.source_record_id,
                now=now,
            )
            log.info("claim.linked", kind=claim.kind, fact_id=str(claim.fact_id))

    async def _ask(self, claim: bytes) -> Resolved:
        record = json.loads(claim)
        source, external_id = record.pop("source"), record.pop("external_id")
        path = f"/v1/source-records/{quote(source, safe='')}/{quote(external_id, safe='')}"
        try:
            answer = await self.client.put(path, json=record)
            if answer.is_success:
                return Resolved.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise NotNow(type(error).__name__) from error
        if answer.status_code == HTTPStatus.GONE:
            raise Erased
        if answer.is_client_error and answer.status_code not in _NOT_NOW:
            raise Refused(_slug(answer), _fields(answer))
        message = f"status {answer.status_code}"
        raise NotNow(message)

    async def _try_later(self, claim: SealedClaim, error: Exception, now: datetime) -> None:
        problem = str(error) or type(error).__name__
        if claim.attempts >= _MOST_ATTEMPTS:
            await self._give_up(claim, problem, now)
            return
        wait = min(timedelta(seconds=2 ** min(claim.attempts, 12)), _LONGEST_WAIT)
        async with unit_of_work(self.database) as tx:
            await put_off(tx, claim, until=now + wait, problem=problem)
        log.warning(
            "claim.waiting",
            kind=claim.kind,
            fact_id=str(claim.fact_id),
            attempts=claim.attempts,
            cause=problem,
        )

    async def _give_up(
        self, claim: SealedClaim, problem: str, now: datetime, *, fields: tuple[str, ...] = ()
    ) -> None:
        await give_up_claim(self.database, claim, problem=problem, fields=fields, now=now)
        log.error("claim.given-up", kind=claim.kind, fact_id=str(claim.fact_id), cause=problem)


async def resolve_claims(
    database: Database, cipher: ClaimCipher, gateway_url: str, api_key: str, stop: asyncio.Event
) -> None:
    """Resolve claims as they become due until `stop` is set; waits out a lost database."""
    headers = {"X-API-Key": api_key}
    async with httpx.AsyncClient(
        base_url=gateway_url, headers=headers, timeout=_TIMEOUT_SECONDS
    ) as client:
        resolver = ClaimResolver(database, cipher, client)

        async def step() -> bool:
            return await resolver.resolve_due(datetime.now(UTC)) >= _AT_ONCE

        await repeat("claims", step, every_seconds=_EVERY_SECONDS, stop=stop)


def _slug(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["type"])[:200]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _fields(answer: httpx.Response) -> tuple[str, ...]:
    """Give the names of the fields that are wrong; what reads like a value is left out."""
    try:
        named = [str(error["field"]) for error in answer.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(name for name in named if _NAME.fullmatch(name))[:_MOST_FIELDS]
