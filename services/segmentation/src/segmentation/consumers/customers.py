"""The topic `customers`: which customers turned out to be one."""

from __future__ import annotations

from pydantic import AwareDatetime

from chassis.events import Incoming
from chassis.global_ids import GlobalId
from segmentation.consumers.recording import Reader, recording
from segmentation.consumers.views import View
from segmentation.domain.told import Merge, Told


class Merged(View):
    retired_id: GlobalId
    survivor_id: GlobalId
    merged_at: AwareDatetime


def read_merged(incoming: Incoming) -> Told:
    """Read which id is retired, and who answers for it."""
    event = Merged.model_validate_json(incoming.data)
    return Told(merges=(Merge(event.retired_id, event.survivor_id, event.merged_at),))


READERS: dict[str, Reader] = {"customer.merged.v1": read_merged}
HANDLERS = {type_: recording(read) for type_, read in READERS.items()}
