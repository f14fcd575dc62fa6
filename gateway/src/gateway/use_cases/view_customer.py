"""The 360 view: one customer, asked of all parts at once, answered in time with what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson

from chassis.api import MissingScope
from chassis.global_ids import show_global_id
from chassis.principal import Principal, PrincipalSigner
from gateway.domain.gone import CustomerErased, CustomerUnknown
from gateway.domain.parts import Part
from gateway.domain.scopes import Scope
from gateway.domain.withheld import CustomerWithheld
from gateway.upstream.answer import AnswerTooLarge
from gateway.upstream.call import Call
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.opener import CustomerClosed, CustomerOpener
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartOutOfReach, PartSlow

_LARGEST_ANSWER_BYTES = 4 << 20
_OK = 200
_FORBIDDEN = 403
_NOT_FOUND = 404
_GONE = 410


class Reason(StrEnum):
    """Why a part is missing from the view."""

    SCOPE = "scope-missing"
    DOWN = "down"
    SLOW = "slow"
    UNKNOWN = "unknown-there"
    WITHHELD = "withheld"
    FAILED = "failed"


_REASONS = {_FORBIDDEN: Reason.WITHHELD, _NOT_FOUND: Reason.UNKNOWN}
"""A part refuses who has the scope only where the policy of reading keeps it from them."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One side of the customer: the answer's field, who gives it, and under which scope."""

    field: str
    part: Part
    scope: Scope
    path: str
    kind: str | None = None
    """What the reading policy calls it, where another part than customer holds it."""


FACETS = (
    Facet("customer", Part.CUSTOMER, Scope.CUSTOMERS_READ, "/v1/customers/{id}"),
    Facet(
        "attributes",
        Part.CUSTOMER,
        Scope.CUSTOMERS_READ,
        "/v1/customers/{id}/attributes?history=false",
    ),
    Facet(
        "interactions",
        Part.CUSTOMER,
        Scope.CUSTOMERS_READ,
        "/v1/customers/{id}/interactions?limit=10",
    ),
    Facet("purchases", Part.ORDERS, Scope.ORDERS_READ, "/v1/customers/{id}/purchases", "purchases"),
    Facet(
        "complaints",
        Part.COMPLAINTS,
        Scope.COMPLAINTS_READ,
        "/v1/complaints?customer_id={id}",
        "complaints",
    ),
    Facet(
        "indicators",
        Part.SEGMENTATION,
        Scope.SEGMENTS_READ,
        "/v1/customers/{id}/indicators",
        "indicators",
    ),
)


@dataclass(frozen=True, slots=True)
class View:
    """What the parts said, as the JSON they sent, and why the others said nothing."""

    found: dict[str, bytes]
    missing: dict[str, Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerViewer:
    """Asks the parts in parallel; none is waited for longer than `deadline_seconds`."""

    pools: Mapping[Part, Pool]
    signer: PrincipalSigner
    opener: CustomerOpener
    deadline_seconds: float

    async def view(self, customer_id: str, principal: Principal, *, trace_lines: bytes) -> View:
        """View a customer by the stored form of an id, retired ones too.

        Raises:
            CustomerUnknown: the customer service answers, and knows no such id.
            CustomerErased: a part answers that the customer was erased.
            CustomerWithheld: the client may read nothing of the customer.
            MissingScope: the key may read none of it.
        """
        allowed = [facet for facet in FACETS if facet.scope in principal.scopes]
        if not allowed:
            scopes = ", ".join(dict.fromkeys(facet.scope for facet in FACETS))
            raise MissingScope(f"The view needs one of {scopes}. Ask for a key that has it.")
        shown = show_global_id(customer_id)
        tasks = [
            asyncio.create_task(self._ask(facet, shown, principal, trace_lines))
            for facet in allowed
        ]
        try:
            await asyncio.wait(tasks, timeout=self.deadline_seconds)
        finally:
            for task in tasks:
                task.cancel()
        missing = {facet.field: Reason.SCOPE for facet in FACETS if facet not in allowed}
        found: dict[str, bytes] = {}
        for facet, answer in zip(
            allowed, await asyncio.gather(*tasks, return_exceptions=True), strict=True
        ):
            if isinstance(answer, bytes):
                found[facet.field] = answer
            elif isinstance(answer, Reason):
                missing[facet.field] = answer
            elif isinstance(answer, asyncio.CancelledError):
                missing[facet.field] = Reason.SLOW
            else:
                raise answer
        if missing.get("customer") is Reason.UNKNOWN:
            raise CustomerUnknown(f"No customer has the id {shown}. Search for the person instead.")
        for field in _withheld(found.get("customer")) & found.keys():
            del found[field]
            missing[field] = Reason.WITHHELD
        return View(found, missing)

    async def _ask(
        self, facet: Facet, shown_id: str, principal: Principal, trace_lines: bytes
    ) -> bytes | Reason:
        target = facet.path.format(id=shown_id).encode("ascii")
        pool = self.pools[facet.part]
        try:
            if facet.kind is not None:
                principal = await self.opener.open(
                    principal, shown_id, facet.kind, trace_lines=trace_lines
                )
            token = self.signer.sign(principal).encode("ascii")
            lines = b"accept: application/json\r\ncarnet-principal: %b\r\n%b" % (
                token,
                trace_lines,
            )
            answer = await pool.exchange(Call(b"GET", target, lines))
            said = await answer.read(
                limit_bytes=_LARGEST_ANSWER_BYTES, idle_seconds=self.deadline_seconds
            )
        except CustomerClosed as closed:
            return Reason.UNKNOWN if closed.status == _NOT_FOUND else Reason.WITHHELD
        except (PartSlow, TimeoutError):
            return Reason.SLOW
        except PartOutOfReach:
            return Reason.DOWN
        except (ConnectionBroke, AnswerTooLarge):
            return Reason.FAILED
        if answer.status == _OK:
            return said
        if answer.status == _GONE:
            raise CustomerErased(f"{shown_id} was erased. Forget the id: it never comes back.")
        if answer.status == _FORBIDDEN and facet.field == "customer":
            message = f"No part of {shown_id} may be read. Ask the privacy officer for a basis."
            raise CustomerWithheld(message)
        return _REASONS.get(answer.status, Reason.FAILED)


def _withheld(record: bytes | None) -> set[str]:
    """Read which sides of the customer its reading policy keeps from the client."""
    return set() if record is None else set(orjson.loads(record).get("withheld", ()))
