"""Asking whether a client of a region may read what other parts hold of a customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

import orjson

from chassis.principal import Principal, PrincipalSigner
from gateway.upstream.call import Call
from gateway.upstream.connection import ConnectionBroke
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartBroke

_LARGEST_ANSWER_BYTES = 1 << 20
_OK = 200


class CustomerClosed(Exception):
    """The customer service refuses; its problem document is the answer."""

    def __init__(self, status: int, document: bytes) -> None:
        """Keep the answer as it came."""
        super().__init__(status)
        self.status = status
        self.document = document


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerOpener:
    """Asks the customer service, which alone knows where a customer is at home."""

    pool: Pool
    signer: PrincipalSigner
    answer_seconds: float

    async def open(
        self, principal: Principal, customer_id: str, kind: str, *, trace_lines: bytes
    ) -> Principal:
        """Give the client as it may read facts of a kind of this one customer.

        A consent of the customer's to be read elsewhere opens her home regions. A client that
        sees the whole house is not asked about.

        Raises:
            CustomerClosed: it may not; or nobody has the id, or no longer.
            PartOutOfReach: the customer service is silent, so that nothing is told.
        """
        if principal.purview.is_whole:
            return principal
        target = f"/v1/purviews/{quote(customer_id, safe='')}/{kind}".encode("ascii")
        token = self.signer.sign(principal).encode("ascii")
        lines = b"accept: application/json\r\ncarnet-principal: %b\r\n%b" % (token, trace_lines)
        answer = await self.pool.exchange(Call(b"GET", target, lines))
        try:
            said = await answer.read(
                limit_bytes=_LARGEST_ANSWER_BYTES, idle_seconds=self.answer_seconds
            )
        except ConnectionBroke as error:
            raise PartBroke("customer", "broke off its answer. Send the request again.") from error
        if answer.status != _OK:
            raise CustomerClosed(answer.status, said)
        regions = orjson.loads(said)["home_regions"]
        return replace(principal, purview=principal.purview.with_regions(kind, regions))
