"""The topic `complaints`: which are open, and whose they are."""

from __future__ import annotations

from pydantic import AwareDatetime

from chassis.events import Incoming
from segmentation.consumers.recording import Reader, recording
from segmentation.consumers.views import ComplaintId, OrderId, OwnedView, View
from segmentation.domain.facts import ComplaintFact, ComplaintState
from segmentation.domain.told import Told


class Filed(OwnedView):
    complaint_id: ComplaintId
    order_id: OrderId | None = None
    filed_at: AwareDatetime


class Turned(View):
    """A complaint was resolved or reopened."""

    complaint_id: ComplaintId


def read_filed(incoming: Incoming) -> Told:
    """Read who complained, or about which order."""
    event = Filed.model_validate_json(incoming.data)
    fact = ComplaintFact(
        complaint_id=event.complaint_id,
        state=ComplaintState(is_open=True, sequence=incoming.sequence),
        filed_at=event.filed_at,
        order_id=event.order_id,
        owner=event.owner(incoming.sequence),
    )
    return Told(complaints=(fact,))


def read_resolved(incoming: Incoming) -> Told:
    """Read that a complaint is no longer open."""
    return _turned(incoming, is_open=False)


def read_reopened(incoming: Incoming) -> Told:
    """Read that a complaint is open again."""
    return _turned(incoming, is_open=True)


def _turned(incoming: Incoming, *, is_open: bool) -> Told:
    event = Turned.model_validate_json(incoming.data)
    state = ComplaintState(is_open=is_open, sequence=incoming.sequence)
    return Told(complaints=(ComplaintFact(event.complaint_id, state),))


READERS: dict[str, Reader] = {
    "complaint.filed.v1": read_filed,
    "complaint.resolved.v1": read_resolved,
    "complaint.reopened.v1": read_reopened,
}
HANDLERS = {type_: recording(read) for type_, read in READERS.items()}
