"""The life of a complaint: every status is reachable, every illegal step has its own name."""

from datetime import UTC, datetime

import pytest

from chassis.errors import Conflict
from chassis.ids import new_uuid
from complaints.domain import complaint as steps
from complaints.domain.complaint import AnswerKind, Complaint, Resolution
from complaints.domain.lifecycle import (
    FIRST,
    TRANSITIONS,
    ComplaintAlreadyAcknowledged,
    ComplaintAlreadyFiled,
    ComplaintAlreadyResolved,
    ComplaintAlreadyRouted,
    ComplaintNotResolved,
    ComplaintNotYetRouted,
    Status,
    Step,
    after,
)
from complaints.domain.report import Channel, Report
from complaints.domain.routing import Decision

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REPORT = Report(
    channel=Channel.PHONE,
    source="call-centre",
    external_ref=None,
    category=None,
    subject="The clasp came loose",
    language="en",
    country="GB",
    store=None,
    brand="house",
    legal_entity="house",
    home_region="house",
    order_id=None,
    filed_at=None,
)
DECISION = Decision(team="boutiques", rule=None, reasons=("none matches",), table_version=1)


def routed() -> Complaint:
    filed = steps.file(REPORT, complaint_id=new_uuid(), customer=None, at=NOON).complaint
    return steps.route(filed, DECISION, at=NOON).complaint


def resolved() -> Complaint:
    return steps.resolve(
        routed(), Resolution.REPAIR, text="We mended it.", by="agent-7", at=NOON
    ).complaint


def test_every_status_is_reachable() -> None:
    reached = {FIRST}
    while (
        following := {to for (status, _), to in TRANSITIONS.items() if status in reached} - reached
    ):
        reached |= following
    assert reached == set(Status)


def test_no_status_is_a_dead_end() -> None:
    left = {status for (status, _), to in TRANSITIONS.items() if to is not status}
    assert left == set(Status)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_every_step_is_legal_or_a_named_conflict(status: Status, step: Step) -> None:
    if (status, step) in TRANSITIONS:
        assert after(status, step) is TRANSITIONS[status, step]
        return
    with pytest.raises(Conflict) as refused:
        after(status, step)
    assert refused.value.slug.startswith("complaint-")
    assert status.value in refused.value.detail


@pytest.mark.parametrize(
    ("status", "step", "refusal"),
    [
        (Status.RECEIVED, Step.ANSWERED, ComplaintNotYetRouted),
        (Status.RECEIVED, Step.REOPENED, ComplaintNotResolved),
        (Status.ROUTED, Step.FILED, ComplaintAlreadyFiled),
        (Status.ROUTED, Step.ROUTED, ComplaintAlreadyRouted),
        (Status.ACKNOWLEDGED, Step.ACKNOWLEDGED, ComplaintAlreadyAcknowledged),
        (Status.ANSWERED, Step.ACKNOWLEDGED, ComplaintAlreadyAcknowledged),
        (Status.ANSWERED, Step.REOPENED, ComplaintNotResolved),
        (Status.RESOLVED, Step.RESOLVED, ComplaintAlreadyResolved),
        (Status.RESOLVED, Step.ANSWERED, ComplaintAlreadyResolved),
        (Status.REOPENED, Step.REOPENED, ComplaintNotResolved),
    ],
)
def test_a_refused_step_is_named_for_its_reason(
    status: Status, step: Step, refusal: type[Conflict]
) -> None:
    with pytest.raises(refusal):
        after(status, step)


def test_a_note_changes_no_status_and_keeps_the_resolution() -> None:
    noted = steps.answer(resolved(), AnswerKind.NOTE, text="Called.", by="agent-7", at=NOON)
    assert noted.complaint.status is Status.RESOLVED
    assert noted.complaint.resolution is Resolution.REPAIR
    assert noted.entry.step is Step.NOTED


def test_a_reopened_complaint_keeps_its_team_and_loses_its_resolution() -> None:
    reopened = steps.reopen(resolved(), text="It broke again.", by="agent-7", at=NOON).complaint
    assert reopened.team == "boutiques"
    assert reopened.resolution is None


def test_each_step_is_one_version_and_one_entry() -> None:
    before = routed()
    answered = steps.answer(before, AnswerKind.ANSWER, text="Soon.", by="agent-7", at=NOON)
    assert answered.complaint.version == before.version + 1 == answered.entry.version
