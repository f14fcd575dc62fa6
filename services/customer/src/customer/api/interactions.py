"""Interactions: every touch by every channel, told alone or by the hundred."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from chassis.api import DatabaseDep, Now, requires
from chassis.errors import Refusal
from chassis.global_ids import GlobalId
from chassis.idempotency import Once, once_of
from chassis.paging import Cursor, Limit, Page
from chassis.problems import invalid
from customer.api.actors import Actor, ActorDep
from customer.api.batches import ProblemOut
from customer.api.interaction_in import InteractionAnswerIn, InteractionIn
from customer.api.places import read_place, write_place
from customer.api.readers import ReadingDep, sees
from customer.api.seen_parts import see
from customer.domain.interactions import (
    BegunBy,
    Interaction,
    InteractionChannel,
    InteractionTold,
)
from customer.events import INTERACTION, InteractionId, SourceRecordId
from customer.use_cases import read_interactions
from customer.use_cases.record_interactions import (
    Recorded,
    RecordingOutcome,
    answer_interaction,
    record_interaction,
    record_interactions,
)

router = APIRouter(prefix="/v1", tags=["interactions"])

LARGEST = 500
_PART = "interactions"
_WRITES = [requires("customers:write")]
_READS = [requires("customers:read")]

Item = Annotated[InteractionIn | Any, Field(union_mode="left_to_right")]


class RecordedOut(BaseModel):
    """The interaction's id, whose it is, and whether it came just now."""

    interaction_id: InteractionId
    customer_id: GlobalId
    outcome: RecordingOutcome

    @classmethod
    def of(cls, recorded: Recorded) -> RecordedOut:
        return cls(
            interaction_id=recorded.interaction_id,
            customer_id=recorded.customer_id,
            outcome=recorded.outcome,
        )


class RecordedItemOut(BaseModel):
    """What came of one interaction: `result`, or `problem` and nothing stored."""

    index: int
    status: int
    result: RecordedOut | None = None
    problem: ProblemOut | None = None


class InteractionOut(BaseModel):
    """An interaction; `customer_id` is whose it is at present."""

    interaction_id: InteractionId
    customer_id: GlobalId
    source_record_id: SourceRecordId | None
    told_customer_id: GlobalId | None
    source: str
    external_reference: str | None
    channel: InteractionChannel
    begun_by: BegunBy
    at: AwareDatetime
    time_zone: str
    received_at: AwareDatetime
    answered_at: AwareDatetime | None
    store: str | None
    agent: str | None
    subject: str | None
    order_reference: str | None
    complaint_reference: str | None
    duration_seconds: int | None
    outcome: str | None

    @classmethod
    def of(cls, interaction: Interaction) -> InteractionOut:
        touch = interaction.touch
        return cls(
            interaction_id=interaction.id,
            customer_id=interaction.customer_id,
            source_record_id=interaction.told.source_record_id,
            told_customer_id=interaction.told.customer_id,
            source=interaction.source,
            external_reference=interaction.external_reference,
            channel=touch.channel,
            begun_by=touch.begun_by,
            at=touch.at,
            time_zone=touch.zone,
            received_at=interaction.received_at,
            answered_at=touch.answered_at,
            store=touch.store,
            agent=touch.agent,
            subject=touch.subject,
            order_reference=touch.order_reference,
            complaint_reference=touch.complaint_reference,
            duration_seconds=touch.duration_seconds,
            outcome=touch.outcome,
        )


@router.post("/interactions", dependencies=_WRITES)
async def post_interaction(
    body: InteractionIn,
    database: DatabaseDep,
    actor: ActorDep,
    once: Annotated[Once[Recorded], once_of(Recorded)],
    now: Now,
) -> RecordedOut:
    """Record that a customer and the house were in touch.

    The same again under the source's reference is `unchanged` for ever; another interaction under
    a reference that is taken is refused (422).
    """
    return RecordedOut.of(await record_interaction(database, body.told(actor), once=once, now=now))


@router.post("/interactions/batch", dependencies=_WRITES)
async def post_interactions(
    items: Annotated[list[Item], Body(min_length=1, max_length=LARGEST)],
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
) -> list[RecordedItemOut]:
    """Record up to 500 interactions; the answer has a result for each, in the same order."""
    read = [_read(item, actor) for item in items]
    told = [item for item in read if isinstance(item, InteractionTold)]
    outcomes = iter(await record_interactions(database, told, now=now) if told else [])
    return [
        _show(index, item if isinstance(item, Refusal) else next(outcomes))
        for index, item in enumerate(read)
    ]


@router.get("/interactions/{interaction_id}", dependencies=_READS)
async def get_interaction(
    interaction_id: InteractionId, database: DatabaseDep, reading: ReadingDep
) -> InteractionOut:
    """Read an interaction."""
    interaction = await read_interactions.read_interaction(database, interaction_id)
    await see(reading, _PART, interaction.customer_id, interaction)
    return InteractionOut.of(interaction)


@router.put("/interactions/{interaction_id}/answer", dependencies=_WRITES)
async def put_answer(
    interaction_id: InteractionId, body: InteractionAnswerIn, database: DatabaseDep, now: Now
) -> InteractionOut:
    """Say when the house answered, and what came of it; the same again changes nothing."""
    answered = body.answered()
    return InteractionOut.of(await answer_interaction(database, interaction_id, answered, now=now))


@router.get("/customers/{customer_id}/interactions", dependencies=[*_READS, sees(_PART)])
async def get_interactions(
    customer_id: GlobalId,
    database: DatabaseDep,
    reading: ReadingDep,
    channel: Annotated[InteractionChannel | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[InteractionOut]:
    """List a customer's interactions, the newest first, by all channels or by one."""
    found = await read_interactions.list_interactions(
        database,
        customer_id,
        channel=channel,
        before=read_place(cursor, INTERACTION),
        limit=limit + 1,
    )
    last = found[limit - 1] if len(found) > limit else None
    shown = await reading.told(_PART, found[:limit])
    return Page(
        items=[InteractionOut.of(interaction) for interaction in shown],
        next_cursor=None if last is None else write_place((last.touch.at, last.id), INTERACTION),
    )


def _read(item: object, actor: Actor) -> InteractionTold | Refusal:
    try:
        return InteractionIn.model_validate(item).told(actor)
    except ValidationError as error:
        return invalid(error.errors(), told=item)


def _show(index: int, outcome: Recorded | Refusal) -> RecordedItemOut:
    if isinstance(outcome, Refusal):
        return RecordedItemOut(index=index, status=outcome.status, problem=ProblemOut.of(outcome))
    return RecordedItemOut(index=index, status=200, result=RecordedOut.of(outcome))
