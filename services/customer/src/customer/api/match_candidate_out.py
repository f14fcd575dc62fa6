"""Match candidates as they are answered: alone, or with both customers and what speaks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel

from chassis.global_ids import GlobalId
from customer.api.customer_out import CustomerOut
from customer.domain.judgements import Judge, Verdict
from customer.domain.match_candidates import MatchCandidate, Status, Step
from customer.domain.stewards import Steward
from customer.events import JudgementId, MatchCandidateId, SourceRecordId
from customer.store.match_candidate_rows import PastStep, StoredJudgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customer.store.golden_records import CustomerView
    from customer.use_cases.read_candidates import CandidateView


class StewardOut(BaseModel):
    """Who decided: the client, and the person behind it where the client names one."""

    client: str
    person: str | None

    @classmethod
    def of(cls, steward: Steward) -> StewardOut:
        return cls(client=steward.client_id, person=steward.person)


class MatchCandidateOut(BaseModel):
    """Two customers who may be one (`merge`), or one who may be two (`split`).

    `value` is the number of source records of both, plus the model's best weight in whole bits.
    `weight` is null while only rules spoke.
    """

    match_candidate_id: MatchCandidateId
    proposal: Literal["merge", "split"]
    customer_ids: list[GlobalId]
    status: Status
    value: int
    weight: float | None
    judges: list[Judge]
    brands: list[str]
    countries: list[str]
    claimed_by: StewardOut | None
    claimed_until: AwareDatetime | None
    decided_by: StewardOut | None
    decided_at: AwareDatetime | None
    reason: str | None
    version: int
    opened_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, candidate: MatchCandidate) -> MatchCandidateOut:
        return cls.model_validate(_columns(candidate))


class JudgementOut(BaseModel):
    """What was concluded of two source records, by whom and from what; never a value.

    The evidence is empty for who may not see all of both customers.
    """

    judgement_id: JudgementId
    source_record_ids: list[SourceRecordId]
    verdict: Verdict
    judge: Judge
    rule: str
    evidence: dict[str, Any]
    judged_at: AwareDatetime

    @classmethod
    def of(cls, judgement: StoredJudgement, *, is_whole: bool = True) -> JudgementOut:
        return cls(
            judgement_id=judgement.id,
            source_record_ids=[judgement.left_id, judgement.right_id],
            verdict=judgement.verdict,
            judge=judgement.judge,
            rule=judgement.rule,
            evidence=judgement.evidence if is_whole else {},
            judged_at=judgement.judged_at,
        )


class StepOut(BaseModel):
    """What happened to a candidate; `by` is null when it was the machine."""

    step: Step
    by: StewardOut | None
    reason: str | None
    at: AwareDatetime

    @classmethod
    def of(cls, past: PastStep) -> StepOut:
        by = past.happening.by
        return cls(
            step=past.happening.step,
            by=StewardOut.of(by) if by is not None else None,
            reason=past.happening.reason,
            at=past.at,
        )


class MatchCandidateDetailOut(MatchCandidateOut):
    """A candidate with both golden records in the order of `customer_ids`, and its history.

    `parts` are the people that a `split` proposes: rejecting it gives each but the first an id of
    its own.
    """

    customers: list[CustomerOut]
    parts: list[list[SourceRecordId]]
    judgements: list[JudgementOut]
    steps: list[StepOut]

    @classmethod
    def showing(cls, view: CandidateView, seen: Sequence[CustomerView]) -> MatchCandidateDetailOut:
        """Give the answer; `seen` are the customers as the caller may see them."""
        is_whole = all(customer.is_whole for customer in seen)
        return cls.model_validate(
            {
                **_columns(view.candidate),
                "customers": [CustomerOut.of(customer) for customer in seen],
                "parts": view.parts,
                "judgements": [
                    JudgementOut.of(judgement, is_whole=is_whole) for judgement in view.judgements
                ],
                "steps": [StepOut.of(past) for past in view.steps],
            }
        )


def _columns(candidate: MatchCandidate) -> dict[str, Any]:
    claimed, decided = candidate.claimed_by, candidate.decided_by
    return {
        "match_candidate_id": candidate.id,
        "proposal": "split" if candidate.is_of_one else "merge",
        "customer_ids": list(candidate.customer_ids),
        "status": candidate.status,
        "value": candidate.value,
        "weight": candidate.weight,
        "judges": candidate.judges,
        "brands": candidate.brands,
        "countries": candidate.countries,
        "claimed_by": StewardOut.of(claimed) if claimed is not None else None,
        "claimed_until": candidate.claimed_until,
        "decided_by": StewardOut.of(decided) if decided is not None else None,
        "decided_at": candidate.decided_at,
        "reason": candidate.reason,
        "version": candidate.version,
        "opened_at": candidate.opened_at,
        "updated_at": candidate.updated_at,
    }
