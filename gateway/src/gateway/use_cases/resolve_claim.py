"""Having the customer service say who the claim of a good sale is, before it is forwarded."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from http import HTTPStatus

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.api import CHECK_HEADER, MissingScope
from chassis.idempotency import RequestInProgress
from chassis.logs import get_logger
from chassis.principal import Principal, PrincipalSigner
from chassis.problems import TYPE_PREFIX
from gateway.domain.claim import Claim, find_claim, may_hold_claim
from gateway.domain.sales import SALES, Sale
from gateway.domain.scopes import Scope
from gateway.upstream.answer import Answer, AnswerTooLarge
from gateway.upstream.call import Call
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartOutOfReach

_CHECK_LINE = f"{CHECK_HEADER}: 1\r\n".encode("ascii")
_COME_BACK = "Send the request again after a moment to get its answer."
_LARGEST_ANSWER_BYTES = 1 << 20
_NOT_NOW = frozenset((401, 403, 405, 408, 409, 425, 429))
"""Statuses that say nothing about the claim: another moment may bring another answer."""

log = get_logger()


class CustomerOutOfReach(PartOutOfReach):
    """The sale cannot be taken without knowing the customer, who cannot be found out now."""

    slug = "customer-out-of-reach"
    title = "The customer cannot be resolved now"


class SaleNotTaken(Exception):
    """The part did not say that it would take the sale, so its claim was stored nowhere."""

    def __init__(self, answer: Answer) -> None:
        """Keep what the part said instead, for the client."""
        super().__init__(f"the part answered {answer.status} to the check")
        self.answer = answer


class ClaimRefused(Exception):
    """The customer service refuses the claim; the sale was not forwarded, nothing was stored."""

    def __init__(self, status: int, problem: _Problem) -> None:
        """Repeat its problem document, with the fields as they stand in the sale."""
        for error in problem.errors:
            error.field = _in_sale(error.field)
        told = "; ".join(f"{error.field}: {error.problem}" for error in problem.errors[:3])
        problem.status = status
        problem.detail = told or problem.detail
        super().__init__(problem.title)
        self.status = status
        self.document = orjson.dumps(problem.model_dump(exclude_none=True))


class _Resolved(BaseModel):
    """What the sale needs of the customer service's answer."""

    model_config = ConfigDict(extra="ignore")
    customer_id: str
    source_record_id: str


_ERASED = _Resolved(customer_id="", source_record_id="")
"""The claim is that of a customer who was erased: the sale is nobody's."""


class _FieldOfProblem(BaseModel):
    model_config = ConfigDict(extra="allow")
    field: str
    problem: str = ""


class _Problem(BaseModel):
    """A problem document, of which only the fields' names are changed."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int = 0
    detail: str = ""
    errors: list[_FieldOfProblem] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResolver:
    """Resolves claims; `quick_seconds` is all that a sale waits that can do without."""

    pool: Pool
    signer: PrincipalSigner
    quick_seconds: float

    async def resolve(
        self,
        path: str,
        principal: Principal,
        request: Call,
        *,
        part: Pool,
        idempotency_key: bytes | None,
        trace_lines: bytes,
    ) -> bytes:
        """Give the header lines that tell `part` who the claim in a request is; none without one.

        The part is asked first whether it would take the sale: a claim outlives no refused sale.
        None either when the customer service does not answer and the sale can do without: the
        part keeps the claim and has it resolved later (a sale is never refused because identity
        is down). Where the claim is an erased customer's the part is told so, and stores the sale
        without anything personal.

        Raises:
            InvalidClaim, ClaimRefused: the claim must be mended, nothing was stored.
            SaleNotTaken: the part refuses the sale, so its claim is not stored either.
            PartOutOfReach: the part cannot be asked, so the claim is not stored either.
            RequestInProgress: the part cannot do without, and an equal request is being answered.
        MissingScope: the key may not file the sale, so its claim is not stored either.
            CustomerOutOfReach: the part cannot do without.
        """
        sale = SALES.get(path)
        claim = _read_claim(request.body) if sale is not None else None
        if sale is None or claim is None:
            return b""
        if sale.scope not in principal.scopes:
            raise MissingScope(f"It needs the scope {sale.scope}. Ask for a key that has it.")
        await _check(request, part)
        call = Call(
            method=b"PUT",
            target=claim.path.encode("ascii"),
            lines=self._lines(principal, idempotency_key, trace_lines),
            body=orjson.dumps(claim.record),
            is_keyed=idempotency_key is not None,
        )
        resolved = await self._ask(call, sale)
        if resolved is None:
            return b""
        if resolved is _ERASED:
            return b"carnet-customer-erased: 1\r\n"
        return (
            f"carnet-customer-id: {resolved.customer_id}\r\n"
            f"carnet-source-record-id: {resolved.source_record_id}\r\n"
        ).encode("ascii")

    def _lines(
        self, principal: Principal, idempotency_key: bytes | None, trace_lines: bytes
    ) -> bytes:
        """Write the headers of the step: its own principal, and a key derived from the sale's."""
        step = Principal(principal.client_id, frozenset((Scope.CUSTOMERS_WRITE.value,)))
        lines = (
            b"content-type: application/json\r\naccept: application/json\r\n"
            b"carnet-principal: %b\r\n%b" % (self.signer.sign(step).encode("ascii"), trace_lines)
        )
        if idempotency_key is None:
            return lines
        derived = hashlib.sha256(idempotency_key).hexdigest().encode("ascii")
        return b"%bidempotency-key: %b-customer\r\n" % (lines, derived)

    async def _ask(self, call: Call, sale: Sale) -> _Resolved | None:
        try:
            async with asyncio.timeout(None if sale.needs_customer else self.quick_seconds):
                answer = await self.pool.exchange(call)
                said = await answer.read(
                    limit_bytes=_LARGEST_ANSWER_BYTES,
                    idle_seconds=self.pool.limits.answer_seconds,
                )
            status = answer.status
            if status == HTTPStatus.GONE and not sale.needs_customer:
                return _ERASED
            if status < 300:  # noqa: PLR2004 - the successful statuses of HTTP
                return _Resolved.model_validate(orjson.loads(said))
            if 400 <= status < 500 and status not in _NOT_NOW:  # noqa: PLR2004 - its client errors
                raise ClaimRefused(status, _Problem.model_validate(orjson.loads(said)))
            if sale.needs_customer and _is_in_progress(status, said):
                raise RequestInProgress(_COME_BACK, retry_after_seconds=1)
            cause = f"status {status}"
        except (
            PartOutOfReach,
            TimeoutError,
            ConnectionBroke,
            AnswerTooLarge,
            orjson.JSONDecodeError,
            ValidationError,
        ) as error:
            cause = type(error).__name__
        log.warning("claim.unresolved", cause=cause, needs_customer=sale.needs_customer)
        if sale.needs_customer:
            raise CustomerOutOfReach(
                self.pool.part, "does not answer; nothing was stored, send the request again soon."
            )
        return None


async def _check(request: Call, part: Pool) -> None:
    """Ask whether the part would take the request; asking twice is as good as once."""
    answer = await part.exchange(replace(request, lines=request.lines + _CHECK_LINE, is_keyed=True))
    if answer.status != HTTPStatus.NO_CONTENT:
        raise SaleNotTaken(answer)


def _is_in_progress(status: int, said: bytes) -> bool:
    """Whether the same sale, with the same Idempotency-Key, is being answered at this moment."""
    if status != RequestInProgress.status:
        return False
    return _Problem.model_validate(orjson.loads(said)).type == TYPE_PREFIX + RequestInProgress.slug


def _read_claim(body: bytes) -> Claim | None:
    if not may_hold_claim(body):
        return None
    try:
        return find_claim(orjson.loads(body))
    except orjson.JSONDecodeError:
        return None  # the part refuses it, and says where it stops being JSON


def _in_sale(field: str) -> str:
    return "customer" if field in {"", "body"} else f"customer.{field}"
