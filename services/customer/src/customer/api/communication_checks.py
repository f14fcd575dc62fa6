"""Communication checks: may the house write to a customer about something, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.global_ids import GlobalId
from customer.api.consent_fields import Purpose
from customer.api.consents import ConsentStateOut
from customer.api.fields import LongText, Word
from customer.api.readers import Reading, ReadingDep
from customer.api.sealing import SealerDep
from customer.domain.communication import AddressKind, Reason, SuppressionReason
from customer.domain.consents import HOUSE, ConsentChannel
from customer.domain.reads import Seen
from customer.domain.suppressed_addresses import EVERY_PURPOSE
from customer.use_cases.check_communication import CommunicationCheck, Question, Verdict
from customer.use_cases.suppress_address import lift_suppression, suppress_address

router = APIRouter(prefix="/v1", tags=["communication"])

_MOST_AT_ONCE = 500
InWhoseName = Annotated[Word, Field(description="The brand that writes.")]


class CheckIn(StrictModel):
    """What the house would write about, and how."""

    purpose: Purpose
    channel: ConsentChannel
    brand: InWhoseName = HOUSE
    address: Annotated[
        LongText | None, Field(description="One of the customer's; any usable one if left out.")
    ] = None


class CampaignCheckIn(StrictModel):
    """What the house would write about to many."""

    customer_ids: Annotated[tuple[GlobalId, ...], Field(min_length=1, max_length=_MOST_AT_ONCE)]
    purpose: Purpose
    channel: ConsentChannel
    brand: InWhoseName = HOUSE


class CheckOut(BaseModel):
    """Whether the house may write, every reason why not, and the decision behind it."""

    asked_id: GlobalId
    customer_id: GlobalId | None
    allowed: bool
    reasons: list[Reason]
    consent: ConsentStateOut | None
    checked_at: datetime

    @classmethod
    def of(cls, verdict: Verdict, now: datetime) -> CheckOut:
        state = verdict.state
        return cls(
            asked_id=verdict.asked_id,
            customer_id=verdict.customer_id,
            allowed=not verdict.reasons,
            reasons=verdict.reasons,
            consent=None if state is None else ConsentStateOut.of(state, now),
            checked_at=now,
        )


class CampaignCheckOut(BaseModel):
    """An answer for each id, in the order asked."""

    items: list[CheckOut]


class SuppressionIn(StrictModel):
    """An address that nobody may write to; without a purpose, about nothing at all."""

    kind: AddressKind
    address: LongText
    purpose: Purpose | None = None


class SuppressIn(SuppressionIn):
    """An address, and why; `bounced` ends transactional messages too."""

    reason: SuppressionReason


async def _check(
    database: DatabaseDep, sealer: SealerDep, reading: ReadingDep
) -> CommunicationCheck:
    return CommunicationCheck(database, sealer, reading.eyes)


CheckDep = Annotated[CommunicationCheck, Depends(_check)]


@router.post(
    "/customers/{customer_id}/communication-checks", dependencies=[requires("customers:read")]
)
async def check_one(
    customer_id: GlobalId, body: CheckIn, check: CheckDep, reading: ReadingDep, now: Now
) -> CheckOut:
    """Ask whether the house may write to a customer about something.

    The consent of the purpose and channel must be granted and valid, the address usable and not
    suppressed, the customer of age. A transactional purpose needs no consent, but who refused it is
    left in peace. Of whom the caller may not read nothing else is said; an address counts when a
    source record tells it that the caller may read.
    """
    question = Question(body.purpose, body.channel, body.brand, body.address)
    verdict = await check.of_one(customer_id, question, now=now)
    _note(reading, [verdict])
    return CheckOut.of(verdict, now)


@router.post("/customers/communication-checks", dependencies=[requires("customers:read")])
async def check_many(
    body: CampaignCheckIn, check: CheckDep, reading: ReadingDep, now: Now
) -> CampaignCheckOut:
    """Ask it of up to 500 customers of a campaign; an id of nobody is answered, not refused."""
    question = Question(body.purpose, body.channel, body.brand)
    verdicts = await check.of_many(body.customer_ids, question, now=now)
    _note(reading, verdicts)
    return CampaignCheckOut(items=[CheckOut.of(verdict, now) for verdict in verdicts])


def _note(reading: Reading, verdicts: Iterable[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.customer_id is not None:
            refused = Reason.TRANSFER_NOT_ALLOWED in verdict.reasons
            reading.note(verdict.customer_id, Seen.REFUSED if refused else Seen.COMMUNICATION_CHECK)


@router.post(
    "/suppressions",
    dependencies=[requires("customers:write")],
    status_code=HTTPStatus.NO_CONTENT,
)
async def suppress(body: SuppressIn, database: DatabaseDep, sealer: SealerDep, now: Now) -> None:
    """Put an address on the suppression list, as a keyed hash that outlives an erasure."""
    await suppress_address(
        database,
        sealer,
        body.kind,
        body.address,
        purpose=body.purpose or EVERY_PURPOSE,
        reason=body.reason,
        now=now,
    )


@router.post(
    "/suppressions/lift",
    dependencies=[requires("customers:privacy")],
    status_code=HTTPStatus.NO_CONTENT,
)
async def lift(body: SuppressionIn, database: DatabaseDep, sealer: SealerDep) -> None:
    """Take an address off the list; one that is not on it is left as it is."""
    await lift_suppression(
        database, sealer, body.kind, body.address, purpose=body.purpose or EVERY_PURPOSE
    )
