"""The gate: facts come in side by side; a merge, a new scale or a new rule waits until it is alone.

A fact is written under the id its customer has now, and measured by the scale and the rules of
now. Whoever changes these must neither miss a fact that is being written nor let one be measured
by the old ones afterwards. Each statement after the gate sees what was committed before it was
passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver

if TYPE_CHECKING:
    from chassis.database import Transaction

_SHARED = "SELECT pg_advisory_xact_lock_shared(20, 1)"
_ALONE = "SELECT pg_advisory_xact_lock(20, 1)"


async def enter(tx: Transaction, *, alone: bool = False) -> None:
    """Pass the gate until the transaction ends."""
    connection = await driver(tx)
    await connection.execute(_ALONE if alone else _SHARED)
