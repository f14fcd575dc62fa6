"""The customer claim inside a sale: what a till says of the person before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from chassis.errors import FieldProblem, Invalid


class InvalidClaim(Invalid):
    """The claim does not say which source record it is."""

    slug = "invalid-claim"
    title = "The customer claim is not valid"


@dataclass(frozen=True, slots=True)
class Claim:
    """A source record as it was sent along, without the two names that make its address."""

    source: str
    external_id: str
    record: dict[str, object]

    @property
    def path(self) -> str:
        """Where the customer service takes it."""
        return (
            f"/v1/source-records/{quote(self.source, safe='')}/{quote(self.external_id, safe='')}"
        )


def may_hold_claim(body: bytes) -> bool:
    r"""Whether JSON may name `customer`, perhaps spelt with `\u` escapes; reading it tells."""
    return b'"customer"' in body or b"\\u" in body


def find_claim(sale: object) -> Claim | None:
    """Find the claim in a sale; None without one, or when the part must judge the sale.

    The part judges what is no object, and what names a customer id as well.

    Raises:
        InvalidClaim: it is no object, lacks `source` or `external_id`, or its source has a slash.
    """
    if not isinstance(sale, dict):
        return None
    fields = cast("dict[str, object]", sale)
    claim = fields.get("customer")
    if claim is None or fields.get("customer_id") is not None:
        return None
    if not isinstance(claim, dict):
        raise _invalid("customer", "is not an object", "Send an object, or leave it out.")
    record = dict(cast("dict[str, object]", claim))
    source = _name(record.pop("source", None), "source")
    if "/" in source:  # the address would be that of another source's record
        raise _invalid("customer.source", "has a slash", "Send the source's name without it.")
    external_id = _name(record.pop("external_id", None), "external_id")
    return Claim(source, external_id, record)


def _name(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        mend = "Send the name that your system gives, as a text."
        raise _invalid(f"customer.{field}", "is missing or no text", mend)
    return value


def _invalid(field: str, problem: str, mend: str) -> InvalidClaim:
    return InvalidClaim(f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)])
