"""Retention rules: what is kept for a time only, and who ends it: the machine or a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chassis.errors import FieldProblem, Invalid, NotFound


class Kept(StrEnum):
    """What a rule is about."""

    ANONYMOUS_CUSTOMERS = "anonymous-customers"
    INACTIVE_CUSTOMERS = "inactive-customers"
    INTERACTIONS = "interactions"
    READS = "reads"


class RetentionAction(StrEnum):
    """What happens to what is old enough: it is deleted, or listed for a person to decide."""

    DELETE = "delete"
    PROPOSE = "propose"


ACTIONS = {
    Kept.ANONYMOUS_CUSTOMERS: frozenset({RetentionAction.PROPOSE}),
    Kept.INACTIVE_CUSTOMERS: frozenset({RetentionAction.PROPOSE}),
    Kept.INTERACTIONS: frozenset({RetentionAction.DELETE, RetentionAction.PROPOSE}),
    Kept.READS: frozenset({RetentionAction.DELETE}),
}
"""A customer is erased by a person only: other parts hold facts that this one cannot weigh."""


class ActionNotForThis(Invalid):
    """A machine may not do this to that."""

    slug = "retention-action-not-for-this"
    title = "The retention rule's action does not fit what it is about"


class NoRetentionRule(NotFound):
    """Nobody said how long this is kept: it is kept for ever."""

    slug = "no-retention-rule"
    title = "There is no retention rule about this"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """That something is kept for so many days, what comes then, and when it last came."""

    what: Kept
    after_days: int
    action: RetentionAction
    updated_at: datetime
    applied_at: datetime | None = None
    applied_count: int = 0

    def cut(self, now: datetime) -> datetime:
        """Give the instant before which things are old enough."""
        return now - timedelta(days=self.after_days)


def refuse_unfit(what: Kept, action: RetentionAction) -> None:
    """Refuse an action that does not fit; raises `ActionNotForThis`."""
    if action in ACTIONS[what]:
        return
    mend = f"Send one of: {', '.join(sorted(ACTIONS[what]))}."
    field = FieldProblem("action", f"cannot be {action} for {what}", mend)
    raise ActionNotForThis(mend, fields=[field])
