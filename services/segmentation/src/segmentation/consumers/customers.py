"""The topic `customers`: who proved to be one, or not to be, who is erased, who declared what."""

from __future__ import annotations

import orjson
from pydantic import AwareDatetime, JsonValue

from chassis.events import Incoming
from chassis.global_ids import GlobalId
from chassis.identity.erasure import Erasure
from chassis.identity.moves import turn_of_merge, turn_of_unmerge
from segmentation.consumers.recording import Reader, recording
from segmentation.consumers.views import (
    AttributeValueId,
    ErasureId,
    InteractionId,
    OwnedView,
    SourceRecordId,
    View,
)
from segmentation.domain.attribute_forms import AttributeForm, AttributeType
from segmentation.domain.facts import AttributeFact, InteractionFact
from segmentation.domain.told import Told


class Merged(View):
    retired_id: GlobalId
    survivor_id: GlobalId
    merged_at: AwareDatetime


class Unmerged(View):
    restored_id: GlobalId
    retired_ids: tuple[GlobalId, ...] = ()
    source_record_ids: tuple[SourceRecordId, ...] = ()
    unmerged_at: AwareDatetime


class Erased(View):
    erasure_id: ErasureId
    customer_id: GlobalId
    retired_ids: tuple[GlobalId, ...] = ()
    source_record_ids: tuple[SourceRecordId, ...] = ()
    erased_at: AwareDatetime


class AttributeChanged(OwnedView):
    attribute: str
    value_id: AttributeValueId
    value: JsonValue
    withdrawn: bool
    purpose: str
    observed_at: AwareDatetime
    valid_until: AwareDatetime | None
    changed_at: AwareDatetime
    attribute_type: str | None = None
    choices: tuple[str, ...] | None = None
    yearly: bool | None = None

    def form(self) -> tuple[AttributeForm, ...]:
        """Give the attribute's form, where it is told and is one of those known here."""
        if self.attribute_type not in set(AttributeType):
            return ()
        type_ = AttributeType(self.attribute_type)
        choices, yearly = self.choices or (), bool(self.yearly)
        return (AttributeForm(self.attribute, type_, choices, yearly, self.changed_at),)


class Recorded(OwnedView):
    interaction_id: InteractionId
    channel: str
    begun_by: str
    at: AwareDatetime
    answered_at: AwareDatetime | None


def read_merged(incoming: Incoming) -> Told:
    """Read which id is retired, and who answers for it."""
    event = Merged.model_validate_json(incoming.data)
    turn = turn_of_merge(
        event.retired_id, event.survivor_id, merged_at=event.merged_at, sequence=incoming.sequence
    )
    return Told(turns=(turn,))


def read_unmerged(incoming: Incoming) -> Told:
    """Read which id stands for itself again, with which older ids and source records."""
    event = Unmerged.model_validate_json(incoming.data)
    turn = turn_of_unmerge(
        event.restored_id,
        event.retired_ids,
        event.source_record_ids,
        unmerged_at=event.unmerged_at,
        sequence=incoming.sequence,
    )
    return Told(turns=(turn,))


def read_erased(incoming: Incoming) -> Told:
    """Read whom to forget."""
    event = Erased.model_validate_json(incoming.data)
    ids = (event.customer_id, *event.retired_ids)
    erasure = Erasure(event.erasure_id, ids, event.source_record_ids, event.erased_at)
    return Told(erasures=(erasure,))


def read_attribute_changed(incoming: Incoming) -> Told:
    """Read what a customer declared, or took back."""
    event = AttributeChanged.model_validate_json(incoming.data)
    is_told = event.value is not None and not event.withdrawn
    fact = AttributeFact(
        value_id=event.value_id,
        owner=event.owner(incoming.sequence),
        attribute=event.attribute,
        purpose=event.purpose,
        value=orjson.dumps(event.value).decode() if is_told else None,
        observed_at=event.observed_at,
        valid_until=event.valid_until,
        told_at=event.changed_at,
        is_withdrawn=event.withdrawn,
    )
    return Told(attributes=(fact,), forms=event.form())


def read_interaction(incoming: Incoming) -> Told:
    """Read that a customer and the house were in touch, or that the house answered."""
    event = Recorded.model_validate_json(incoming.data)
    fact = InteractionFact(
        interaction_id=event.interaction_id,
        owner=event.owner(incoming.sequence),
        channel=event.channel,
        begun_by=event.begun_by,
        at=event.at,
        answered_at=event.answered_at,
    )
    return Told(interactions=(fact,))


READERS: dict[str, Reader] = {
    "customer.merged.v1": read_merged,
    "customer.unmerged.v1": read_unmerged,
    "customer.erased.v1": read_erased,
    "customer.attribute-changed.v1": read_attribute_changed,
    "interaction.recorded.v1": read_interaction,
}
HANDLERS = {type_: recording(read) for type_, read in READERS.items()}
