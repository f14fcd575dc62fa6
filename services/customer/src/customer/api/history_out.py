"""How a customer came to be, as it is answered: for programs, and as sentences for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from chassis.global_ids import GlobalId, show_global_id
from customer.api.match_candidate_out import StewardOut
from customer.domain.history import Judged, Merged, Moment, RecordCame, Ruled
from customer.domain.judgements import Judge, Verdict
from customer.domain.rulings import Act, Ruling
from customer.events import SOURCE_RECORD, JudgementId, SourceRecordId

What = Literal[
    "record-came", "judged", "merged", "unmerged", "split", "kept-apart", "kept-together"
]
_WHAT_BY_ACT: dict[Act, What] = {
    Act.UNMERGE: "unmerged",
    Act.SPLIT: "split",
    Act.KEEP_APART: "kept-apart",
    Act.KEEP_TOGETHER: "kept-together",
}


class MomentOut(BaseModel):
    """One moment; `says` tells it to people, the other fields are set where they mean something.

    `undone` marks a merge that was unmerged later, and a keeping apart that was lifted.
    """

    at: AwareDatetime
    what: What
    says: str
    source_record_ids: list[SourceRecordId] = []
    source: str | None = None
    external_id: str | None = None
    verdict: Verdict | None = None
    judge: Judge | None = None
    rule: str | None = None
    weight: float | None = None
    shared: list[str] = []
    contradictions: list[str] = []
    judgement_id: JudgementId | None = None
    customer_id: GlobalId | None = None
    other_id: GlobalId | None = None
    by: StewardOut | None = None
    reason: str | None = None
    undone: bool = False

    @classmethod
    def of(cls, moment: Moment) -> MomentOut:
        match moment:
            case RecordCame():
                columns = _came(moment)
            case Judged():
                columns = _judged(moment)
            case Merged():
                columns = _merged(moment)
            case Ruled():
                columns = _ruled(moment)
        return cls.model_validate({"at": moment.place[0], **columns})


class HowOut(BaseModel):
    """How a customer came to be, the first moment first; `next_cursor` is null at the end."""

    customer_id: GlobalId
    moments: list[MomentOut]
    next_cursor: str | None = None

    def as_text(self) -> str:
        """Tell it to people, a line for each moment."""
        shown = show_global_id(self.customer_id)
        lines = [f"{_instant(moment.at)}  {moment.says}" for moment in self.moments]
        more = [f"There is more: cursor={self.next_cursor}"] if self.next_cursor else []
        return "\n".join([f"How {shown} came to be:", "", *lines, *more, ""])


def _came(moment: RecordCame) -> dict[str, Any]:
    by = f", found by {_list(moment.matched_on)}" if moment.matched_on else ""
    named = f"{moment.key.source}/{moment.key.external_id}"
    return {
        "what": "record-came",
        "says": f"{named} came through {moment.channel}{by}",
        "source_record_ids": [moment.record_id],
        "source": moment.key.source,
        "external_id": moment.key.external_id,
    }


def _judged(moment: Judged) -> dict[str, Any]:
    left, right = (
        called or SOURCE_RECORD.show(record_id)
        for called, record_id in zip(moment.called, moment.record_ids, strict=True)
    )
    grounds = [
        *([f"both have {_list(moment.shared)}"] if moment.shared else []),
        *([f"{_list(moment.contradictions)} speaks against it"] if moment.contradictions else []),
        *([f"{moment.weight:+.1f} bits"] if moment.weight is not None else []),
    ]
    verdict = {
        Verdict.SAME: "are one person",
        Verdict.DIFFERENT: "are different people",
        Verdict.UNSURE: "may be one person",
    }[moment.verdict]
    who = f"the {moment.judge} {moment.rule}"
    return {
        "what": "judged",
        "says": f"{left} and {right} {verdict}, says {who}: {'; '.join(grounds)}",
        "source_record_ids": list(moment.record_ids),
        "verdict": moment.verdict,
        "judge": moment.judge,
        "rule": moment.rule,
        "weight": moment.weight,
        "shared": list(moment.shared),
        "contradictions": list(moment.contradictions),
        "judgement_id": moment.judgement_id,
    }


def _merged(moment: Merged) -> dict[str, Any]:
    retired, survivor = show_global_id(moment.retired_id), show_global_id(moment.survivor_id)
    who = "by machine" if moment.ruling is None else _who(moment.ruling)
    undone = " (undone since)" if moment.was_undone else ""
    records = _records(len(moment.record_ids))
    return {
        "what": "merged",
        "says": f"{retired} with {records} was merged into {survivor} {who}{undone}",
        "customer_id": moment.survivor_id,
        "other_id": moment.retired_id,
        "undone": moment.was_undone,
        **(_ruling(moment.ruling) if moment.ruling is not None else {}),
    }


def _ruled(moment: Ruled) -> dict[str, Any]:
    ruling = moment.ruling
    customer, other = show_global_id(ruling.customer_id), show_global_id(ruling.other_id)
    records = _records(len(ruling.source_record_ids))
    says = {
        Act.UNMERGE: f"{other} with {records} was unmerged from {customer}",
        Act.SPLIT: f"{records} were taken out of {customer} and are {other}",
        Act.KEEP_APART: f"{other} and {customer} are kept apart",
        Act.KEEP_TOGETHER: f"{customer} is one person and stays as it is",
    }[ruling.act]
    lifted = " (lifted since)" if moment.was_lifted else ""
    return {
        "what": _WHAT_BY_ACT[ruling.act],
        "says": f"{says} {_who(ruling)}{lifted}",
        "customer_id": ruling.customer_id,
        "other_id": ruling.other_id,
        "undone": moment.was_lifted,
        **_ruling(ruling),
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "judgement_id": ruling.judgement_id,
        "source_record_ids": list(ruling.source_record_ids),
        "by": StewardOut.of(ruling.by),
        "reason": ruling.reason,
    }


def _who(ruling: Ruling) -> str:
    return f"by {ruling.by.shown}: {ruling.reason}"


def _records(count: int) -> str:
    return "1 source record" if count == 1 else f"{count} source records"


def _list(kinds: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")
