"""Finding out which parts of the suite are ready for requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum

from gateway.domain.parts import Part
from gateway.upstream.call import Call
from gateway.upstream.pool import Pool
from gateway.upstream.refusals import PartOutOfReach, PartSlow

_ANSWER_SECONDS = 1.0
_OK = 200


class PartState(StrEnum):
    """How a part answers the question whether it is ready."""

    READY = "ready"
    NOT_READY = "not-ready"
    SLOW = "slow"
    DOWN = "down"


async def ask_parts(pools: Mapping[Part, Pool]) -> dict[Part, PartState]:
    """Ask all parts at once, and wait at most a second."""
    states = await asyncio.gather(*(_ask(pool) for pool in pools.values()))
    return dict(zip(pools, states, strict=True))


async def _ask(pool: Pool) -> PartState:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await pool.exchange(Call(b"GET", b"/readyz", b""))
    except (PartSlow, TimeoutError):
        return PartState.SLOW
    except PartOutOfReach:
        return PartState.DOWN
    answer.abandon()
    return PartState.READY if answer.status == _OK else PartState.NOT_READY
