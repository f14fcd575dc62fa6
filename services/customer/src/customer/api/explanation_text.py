"""Why two are one, or are not, as people read it: sentences and a waterfall of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.global_ids import show_global_id
from customer.domain.explanation import Reason, Standing
from customer.events import SOURCE_RECORD

if TYPE_CHECKING:
    from customer.api.explanation_out import (
        ComparisonOut,
        PartOut,
        RulingOut,
        SharedOut,
        SideOut,
        WhyOut,
    )
    from customer.api.match_candidate_out import JudgementOut

_BITS_EACH = 1.0
_WIDEST = 24

SENTENCES = {
    Reason.JOINED: "They were joined by the judgements below.",
    Reason.KEPT_APART: "A person keeps them apart; no machine joins them.",
    Reason.OFFICIAL_IDS_CONFLICT: "They have official ids that one person cannot both have.",
    Reason.CONTRADICTED: "They share identifiers, but what contradicts outweighs them.",
    Reason.NOTHING_BACKS_IT: "They share a telephone or device, and no name or date backs it.",
    Reason.MAY_BE_TWINS: "All is alike but their given names or readings, as with twins.",
    Reason.IDENTIFIERS_CROWDED: "All that they share is blocked, or shared by too many to count.",
    Reason.NOTHING_SHARED: "They share no identifier.",
    Reason.NOTHING_TO_COMPARE: "One of them tells nothing that could be compared.",
    Reason.TOO_LITTLE_ALIKE: "What they tell is too little alike even for a person to look.",
    Reason.A_PERSON_DECIDES: "They are alike enough for a person to look, not for a machine.",
    Reason.NOT_ALIKE_AS_A_WHOLE: "One pair of records is alike, but all of them together are not.",
    Reason.NOT_TOLD_SINCE: (
        "Nothing keeps them apart: they join when one of their records is told anew."
    ),
}
_STANDINGS = {
    Standing.COUNTS: "counts",
    Standing.CROWDED: "shared by too many to count",
    Standing.BLOCKED: "blocked: identifies nobody",
}


def why_text(why: WhyOut) -> str:
    """Tell an explanation to people."""
    are = "are one customer" if why.are_one else "are two customers"
    lines = [f"{_side(why.left)} and {_side(why.right)} {are}.", ""]
    lines += [SENTENCES[reason] for reason in why.reasons]
    lines += _section("What both have:", [_shared(shared) for shared in why.shared])
    lines += _section("What contradicts:", [f"  {one}" for one in why.contradictions])
    lines += _section("Kept apart:", [_ruling(ruling) for ruling in why.kept_apart])
    if why.comparison is not None:
        lines += _waterfall(why.comparison)
    lines += _section("What joined them:", [_judgement(one) for one in why.path])
    lines += _section("What was judged:", [_judgement(one) for one in why.judgements])
    return "\n".join([*lines, ""])


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _side(side: SideOut) -> str:
    shown = show_global_id(side.customer_id)
    if side.source_record_id is not None:
        return f"{SOURCE_RECORD.show(side.source_record_id)} of {shown}"
    if side.retired_id is not None:
        return f"{show_global_id(side.retired_id)} (now {shown})"
    return shown


def _shared(shared: SharedOut) -> str:
    value = f" {shared.value}" if shared.value is not None else ""
    return (
        f"  {shared.kind}{value}: {_STANDINGS[shared.standing]} "
        f"(customers: {shared.customers}, source records: {shared.source_records})"
    )


def _ruling(ruling: RulingOut) -> str:
    who = ruling.by.client if ruling.by.person is None else f"{ruling.by.person}"
    return f"  {ruling.ruled_at:%Y-%m-%d}, {ruling.act} by {who}: {ruling.reason}"


def _judgement(judgement: JudgementOut) -> str:
    left, right = (SOURCE_RECORD.show(one) for one in judgement.source_record_ids)
    who = f"{judgement.judge} {judgement.rule}"
    return f"  {judgement.judged_at:%Y-%m-%d}, {judgement.verdict}, {who}: {left} and {right}"


def _waterfall(comparison: ComparisonOut) -> list[str]:
    """Draw what each field adds, where the sum before it ended: one column is one bit."""
    left, right = (SOURCE_RECORD.show(one) for one in comparison.source_record_ids)
    limits = comparison.thresholds
    lines = [
        "",
        f"The records most alike, weighed by the model {comparison.model}, in bits:",
        f"  {left} and {right}",
    ]
    total = 0.0
    for part in comparison.parts:
        lines.append(_bar(part, total))
        total += part.bits
    return [
        *lines,
        f"  {'sum':<12}{'':<22}{comparison.weight:>+8.1f}",
        f"  It takes {limits.link:.1f} to link, {limits.review:.1f} for a person to look.",
        f"  The mean of all pairs is {comparison.mean:+.1f}; it takes {limits.join:.1f} to join.",
    ]


def _bar(part: PartOut, before: float) -> str:
    begin, end = sorted((before, before + part.bits))
    offset = max(round(begin / _BITS_EACH), 0)
    length = min(max(round((end - begin) / _BITS_EACH), 1), _WIDEST)
    bar = " " * min(offset, 2 * _WIDEST) + ("+" if part.bits >= 0 else "-") * length
    return f"  {part.field:<12}{part.level:<22}{part.bits:>+8.1f}  {bar}".rstrip()
