"""An interaction as sources tell it, and how the house answered one."""

from __future__ import annotations

from typing import Annotated

import orjson
from pydantic import Field

from chassis.api import StrictModel
from chassis.canonical import body_hash
from customer.api.actors import Actor
from customer.api.fields import ExternalId, ShortText, Source
from customer.api.told_fields import Instant, OpaqueId, Slug, TimeZone, WhomIn, zone_of
from customer.domain.interactions import (
    Answered,
    BegunBy,
    InteractionChannel,
    InteractionTold,
    Touch,
)

_ONE_WEEK_SECONDS = 7 * 24 * 3600

Reference = Annotated[ShortText, Field(min_length=1)]
Seconds = Annotated[int, Field(strict=True, ge=0, le=_ONE_WEEK_SECONDS)]


class InteractionIn(WhomIn):
    """One touch between a customer and the house; no words of it, which belong in a note.

    With `external_reference` the source names it for ever: sent again it is `unchanged`.
    """

    source: Source
    external_reference: Annotated[
        ExternalId | None, Field(description="The source's own reference; names one for ever.")
    ] = None
    channel: InteractionChannel
    begun_by: Annotated[BegunBy, Field(description="Who began it: the customer or the house.")]
    at: Instant
    time_zone: TimeZone | None = None
    answered_at: Instant | None = None
    store: Reference | None = None
    agent: OpaqueId | None = None
    subject: Annotated[Slug | None, Field(description="The house's own code.")] = None
    order_reference: Annotated[
        Reference | None, Field(description="The order it was about, as the source names it.")
    ] = None
    complaint_reference: Reference | None = None
    duration_seconds: Seconds | None = None
    outcome: Slug | None = None

    def told(self, actor: Actor) -> InteractionTold:
        """Give the interaction that the domain checks."""
        words = self.model_dump(mode="json", exclude_defaults=True)
        return InteractionTold(
            whom=self.whom(),
            source=self.source,
            external_reference=self.external_reference,
            touch=Touch(
                channel=self.channel,
                begun_by=self.begun_by,
                at=self.at,
                zone=zone_of(self.at, self.time_zone),
                answered_at=self.answered_at,
                store=self.store,
                agent=self.agent,
                subject=self.subject,
                order_reference=self.order_reference,
                complaint_reference=self.complaint_reference,
                duration_seconds=self.duration_seconds,
                outcome=self.outcome,
            ),
            content_hash=body_hash(body=orjson.dumps(words)),
            client_id=actor.client_id,
            actor=actor.person,
        )


class InteractionAnswerIn(StrictModel):
    """When the house answered, and what came of it."""

    answered_at: Instant
    agent: OpaqueId | None = None
    duration_seconds: Seconds | None = None
    outcome: Slug | None = None

    def answered(self) -> Answered:
        """Give the answer that the domain checks."""
        return Answered(self.answered_at, self.agent, self.duration_seconds, self.outcome)
