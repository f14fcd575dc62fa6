"""The topic `customers`: which customers turned out to be one, or not to be, and who is erased."""

from __future__ import annotations

from pydantic import AwareDatetime

from chassis.events import Incoming
from chassis.global_ids import GlobalId
from segmentation.consumers.recording import Reader, recording
from segmentation.consumers.views import ErasureId, SourceRecordId, View
from segmentation.domain.aliases import RecordMove, moves_of_merge, moves_of_unmerge
from segmentation.domain.erasure import Erasure
from segmentation.domain.told import Told, Turn


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


def read_merged(incoming: Incoming) -> Told:
    """Read which id is retired, and who answers for it."""
    event = Merged.model_validate_json(incoming.data)
    moves = moves_of_merge(
        event.retired_id, event.survivor_id, merged_at=event.merged_at, sequence=incoming.sequence
    )
    return Told(turns=(Turn(event.retired_id, moves),))


def read_unmerged(incoming: Incoming) -> Told:
    """Read which id stands for itself again, with which older ids and source records."""
    event = Unmerged.model_validate_json(incoming.data)
    moves = moves_of_unmerge(
        event.restored_id,
        event.retired_ids,
        unmerged_at=event.unmerged_at,
        sequence=incoming.sequence,
    )
    records = tuple(
        RecordMove(each, event.restored_id, event.unmerged_at) for each in event.source_record_ids
    )
    return Told(turns=(Turn(event.restored_id, moves, records, undoes=True),))


def read_erased(incoming: Incoming) -> Told:
    """Read whom to forget."""
    event = Erased.model_validate_json(incoming.data)
    ids = (event.customer_id, *event.retired_ids)
    erasure = Erasure(event.erasure_id, ids, event.source_record_ids, event.erased_at)
    return Told(erasures=(erasure,))


READERS: dict[str, Reader] = {
    "customer.merged.v1": read_merged,
    "customer.unmerged.v1": read_unmerged,
    "customer.erased.v1": read_erased,
}
HANDLERS = {type_: recording(read) for type_, read in READERS.items()}
