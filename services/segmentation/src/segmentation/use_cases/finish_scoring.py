"""Note that the whole base has been measured by the scale in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.store import scorings

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Transaction


async def finish_scoring(tx: Transaction, scoring_id: int, *, now: datetime) -> None:
    """Finish a scoring; one that is not finished is taken up again after a restart."""
    await scorings.finish(tx, scoring_id, now=now)
