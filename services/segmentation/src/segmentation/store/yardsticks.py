"""All that profiles are measured by, read together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.domain.profiles import Yardstick
from segmentation.store import scorings, segments

if TYPE_CHECKING:
    from datetime import date

    from chassis.database import Transaction


async def load(tx: Transaction, *, today: date) -> Yardstick:
    """Give the scale and the segments in force; pass the gate before."""
    return Yardstick(
        scale=await scorings.load_scale(tx), segments=await segments.load_map(tx), today=today
    )
