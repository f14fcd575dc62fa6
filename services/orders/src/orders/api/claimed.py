"""Who a request says the customer is, and what the gateway found out about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from chassis.canonical import malformed_json
from chassis.errors import FieldProblem, Invalid
from chassis.global_ids import read_global_id
from orders.domain.placing import Whose
from orders.events import SOURCE_RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orders.api.fields import CustomerClaim

CUSTOMER_HEADER = "Carnet-Customer-Id"
SOURCE_RECORD_HEADER = "Carnet-Source-Record-Id"
ERASED_HEADER = "Carnet-Customer-Erased"


class CustomerGivenTwice(Invalid):
    slug = "customer-given-twice"
    title = "The body names the customer in two ways"


def whose(
    *,
    customer_id: str | None,
    claim: CustomerClaim | None,
    headers: Mapping[str, str],
    body: bytes,
) -> Whose:
    """Take the customer from the body's id, from the gateway's answer to its claim, or keep it.

    Only the gateway can set the headers: it strips them from what clients send. Raises
    `CustomerGivenTwice`.
    """
    if claim is None:
        return Whose(customer_id=customer_id)
    if customer_id is not None:
        mend = "Send customer_id or customer, not both."
        field = FieldProblem("customer", "stands beside customer_id", mend)
        raise CustomerGivenTwice(mend, fields=[field])
    if ERASED_HEADER in headers:
        return Whose(is_erased=True)
    resolved, source_record = headers.get(CUSTOMER_HEADER), headers.get(SOURCE_RECORD_HEADER)
    if resolved is None or source_record is None:
        return Whose(claim=claim_in(body))
    return Whose(
        customer_id=read_global_id(resolved), source_record_id=SOURCE_RECORD.read(source_record)
    )


def claim_in(body: bytes) -> bytes:
    """Give the claim of a JSON body as it was told; raises `MalformedJson` where it is none."""
    try:
        return orjson.dumps(orjson.loads(body)["customer"])
    except orjson.JSONDecodeError as error:
        raise malformed_json(str(error)) from error
