"""Whose a fact is: of whom it was told, and the customer who that is at present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, FieldProblem
from customer.domain.claims import RecordKey
from customer.domain.erasure import customer_gone
from customer.domain.refusals import CustomerUnknown, SourceRecordUnknown


class RecordOfAnotherCustomer(Conflict):
    """The source record that is named belongs to somebody else."""

    slug = "record-of-another-customer"
    title = "The source record belongs to another customer"


@dataclass(frozen=True, slots=True)
class Whom:
    """Of whom a request tells: a customer by any id it ever had, a source record, or both.

    When both are given, the record must be the customer's, and the fact follows the record.
    """

    customer_id: str | None = None
    record: RecordKey | UUID | None = None


@dataclass(frozen=True, slots=True)
class ToldOf:
    """What a fact hangs on for ever: the source record that told it, else the id it was told with.

    Exactly one of the two is set, and neither is ever rewritten: the present owner is derived
    from it, so that merges and unmerges need no write here.
    """

    customer_id: str | None
    source_record_id: UUID | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a fact was told of, and the customer who that is at present."""

    told: ToldOf
    customer_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the book knows under the names in a `Whom`; None where it knows nothing.

    `erased_at` is when the customer of the id was erased, if that is why nobody has it.
    """

    customer_id: str | None
    record_id: UUID | None
    record_customer_id: str | None
    erased_at: datetime | None = None


def owner_of(whom: Whom, found: Found) -> Owner:
    """Tell whose a fact will be.

    Raises `CustomerUnknown`, `CustomerGone`, `SourceRecordUnknown` and `RecordOfAnotherCustomer`.
    """
    if found.erased_at is not None:
        raise customer_gone(found.erased_at)
    if whom.customer_id is not None and found.customer_id is None:
        message = "Search for the customer, and send the id exactly as it was given."
        raise CustomerUnknown(message, fields=[FieldProblem("customer_id", "is unknown", message)])
    if whom.record is None:
        assert found.customer_id is not None  # noqa: S101 - a request names one or the other
        return Owner(ToldOf(whom.customer_id, None), found.customer_id)
    if found.record_id is None or found.record_customer_id is None:
        message = "Put the record first, or correct the source and its id."
        raise SourceRecordUnknown(message)
    if whom.customer_id is not None and found.customer_id != found.record_customer_id:
        message = "Tell the fact of the record alone, or of the customer alone."
        raise RecordOfAnotherCustomer(message)
    return Owner(ToldOf(None, found.record_id), found.record_customer_id)
