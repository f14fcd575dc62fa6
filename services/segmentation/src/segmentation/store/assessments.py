"""What measuring changed: the profile, its membership and the news of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.events import news_of
from segmentation.store import announcements, memberships, profiles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chassis.database import Transaction
    from chassis.identity.moves import Turn
    from segmentation.domain.profiles import Assessment


async def keep(
    tx: Transaction,
    assessments: Iterable[Assessment],
    *,
    now: datetime,
    turn: Turn | None = None,
) -> int:
    """Write and announce what changed; gives the number of profiles that did.

    `turn` is the merge or unmerge that they changed by, if it was one.
    """
    changed = [assessment for assessment in assessments if assessment.has_changed]
    if not changed:
        return 0
    await profiles.save(tx, changed, now=now)
    news = [item for assessment in changed for item in news_of(assessment, now=now)]
    await announcements.announce(tx, news, now=now)
    await memberships.move(tx, changed, now=now, turn=turn)
    return len(changed)
