"""Count whom a rule would take, before anybody is in a segment by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.database import snapshot
from segmentation.domain.rule_checks import check_rule, never_declared
from segmentation.store import attribute_forms, rule_members

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database
    from segmentation.domain.written_segments import SegmentText


@dataclass(frozen=True, slots=True)
class Preview:
    """How many customers a rule takes, and its attributes that nobody declared so far."""

    members: int
    never_declared: list[str]


async def preview_segment(database: Database, text: SegmentText, *, now: datetime) -> Preview:
    """Count whom a rule takes at this moment; raises `RuleNotValid`."""
    async with snapshot(database) as view:
        forms = await attribute_forms.load_all(view)
        check_rule(text.rule, forms)
        members = await rule_members.count(view, text, now=now)
        return Preview(members, never_declared(text.rule, forms))
