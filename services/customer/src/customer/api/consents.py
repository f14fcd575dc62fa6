"""Consents: what a customer decided per purpose and channel, with its proof."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from chassis.api import DatabaseDep, Now, requires
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.ids import InvalidId
from chassis.paging import Cursor, Limit, decode_cursor, encode_cursor
from customer.api.actors import ActorDep
from customer.api.consent_fields import ConsentToldIn
from customer.api.cursors import invalid_cursor
from customer.api.fields import ExternalId, Source, Word
from customer.api.readers import ReadingDep, sees
from customer.domain.claims import RecordKey
from customer.domain.consent_state import ConsentState
from customer.domain.consents import (
    HOUSE,
    Basis,
    Consent,
    ConsentChannel,
    Decision,
    ProofHow,
    Recorder,
)
from customer.domain.owners import Whom
from customer.events import CONSENT, ConsentId, SourceRecordId
from customer.use_cases.read_consents import Place, read_consents
from customer.use_cases.record_consent import record_consent

router = APIRouter(prefix="/v1/customers/{customer_id}/consents", tags=["consents"])


class ConsentIn(ConsentToldIn):
    """A decision as a source tells it.

    With `external_id` or `source_record_id` it hangs on that source record and follows it when
    customers are merged or unmerged; else on the customer id it is told with.
    """

    source: Source
    brand: Annotated[Word, Field(description="To which brand; the house means all of them.")] = (
        HOUSE
    )
    legal_entity: Word = HOUSE
    home_region: Word = HOUSE
    external_id: Annotated[
        ExternalId | None, Field(description="The source's record that the decision belongs to.")
    ] = None
    source_record_id: SourceRecordId | None = None

    @model_validator(mode="after")
    def _one_record(self) -> Self:
        if self.external_id is not None and self.source_record_id is not None:
            message = "must name the source record by external_id or source_record_id, not both"
            raise ValueError(message)
        return self

    def whom(self, customer_id: str) -> Whom:
        """Give of whom it is told."""
        if self.external_id is not None:
            return Whom(customer_id, RecordKey(self.source, self.external_id))
        return Whom(customer_id, self.source_record_id)


class ProofOut(BaseModel):
    """How a decision was expressed."""

    how: ProofHow
    reference: str | None


class ConsentOut(BaseModel):
    """A decision as it is kept, with who told us."""

    consent_id: ConsentId
    source_record_id: SourceRecordId | None
    purpose: str
    channel: ConsentChannel | None
    decision: Decision
    basis: Basis
    text_version: str | None
    text_language: str | None
    source: str
    brand: str
    legal_entity: str
    home_region: str
    proof: ProofOut | None
    decided_at: AwareDatetime
    valid_until: AwareDatetime | None
    recorded_at: AwareDatetime
    recorded_by: str
    recorded_for: str | None

    @classmethod
    def of(cls, consent: Consent) -> ConsentOut:
        told = consent.told
        proof = told.proof
        return cls(
            consent_id=consent.id,
            source_record_id=consent.source_record_id,
            purpose=told.purpose,
            channel=told.channel,
            decision=told.decision,
            basis=told.basis,
            text_version=told.text_version,
            text_language=told.text_language,
            source=told.source,
            brand=told.brand,
            legal_entity=told.legal_entity,
            home_region=told.home_region,
            proof=None if proof is None else ProofOut(how=proof.how, reference=proof.reference),
            decided_at=consent.decided_at,
            valid_until=told.valid_until,
            recorded_at=consent.recorded_at,
            recorded_by=consent.recorded_by,
            recorded_for=consent.recorded_for,
        )


class ConsentStateOut(BaseModel):
    """What holds for a purpose, channel and brand.

    A null channel is every one without its own, and so is the brand of the house.
    """

    purpose: str
    channel: ConsentChannel | None
    brand: str
    decision: Decision
    valid: bool
    decided_at: AwareDatetime
    valid_until: AwareDatetime | None
    consent_id: ConsentId

    @classmethod
    def of(cls, state: ConsentState, now: datetime) -> ConsentStateOut:
        return cls(
            purpose=state.purpose,
            channel=state.channel,
            brand=state.brand,
            decision=state.decision,
            valid=not state.is_expired(now),
            decided_at=state.consent.decided_at,
            valid_until=state.consent.told.valid_until,
            consent_id=state.consent.id,
        )


class ConsentsOut(BaseModel):
    """What holds now, and a page of the history, that decided last first."""

    customer_id: GlobalId
    state: list[ConsentStateOut]
    history: list[ConsentOut]
    next_cursor: str | None


@router.post("", dependencies=[requires("customers:write")], status_code=HTTPStatus.CREATED)
async def post(
    customer_id: GlobalId,
    body: ConsentIn,
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
    once: Annotated[Once[Consent], once_of(Consent)],
) -> ConsentOut:
    """Record what a customer decided; nothing is ever changed or taken out of the history.

    A granted consent names the text that was shown and how it was given. The very same decision
    of the same instant is recorded once.
    """
    consent = await record_consent(
        database,
        body.whom(customer_id),
        body.told(
            body.source,
            now,
            brand=body.brand,
            legal_entity=body.legal_entity,
            home_region=body.home_region,
        ),
        by=Recorder(actor.client_id, actor.person),
        now=now,
        once=once,
    )
    return ConsentOut.of(consent)


@router.get("", dependencies=[requires("customers:read"), sees("consents")])
async def get(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ConsentsOut:
    """Read what holds now and how it came to hold.

    The latest decision holds. When two customers became one, the stricter of two decisions holds
    until a newer one.
    """
    found = await read_consents(
        database, customer_id, reading.eyes, before=_read_cursor(cursor), limit=limit
    )
    place = found.next_place
    return ConsentsOut(
        customer_id=found.customer_id,
        state=[ConsentStateOut.of(state, now) for state in found.states],
        history=[ConsentOut.of(consent) for consent in found.history],
        next_cursor=None
        if place is None
        else encode_cursor(place[0].isoformat(), CONSENT.show(place[1])),
    )


def _read_cursor(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    instant, shown = decode_cursor(cursor, parts=2)
    try:
        decided_at = datetime.fromisoformat(str(instant))
        consent_id = CONSENT.read(str(shown))
    except (ValueError, InvalidId) as error:
        raise invalid_cursor() from error
    if decided_at.tzinfo is None:
        raise invalid_cursor()
    return decided_at, consent_id
