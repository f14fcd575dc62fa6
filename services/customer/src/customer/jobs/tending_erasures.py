"""The job that ends erasures which were cut off, marks late ones, and counts what is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client import Gauge

from chassis.logs import get_logger
from chassis.repeating import repeat
from customer.use_cases.erase_customer import erase_customer
from customer.use_cases.tend_erasures import find_cut_off, tend_erasures

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database
    from customer.domain.erasure import ErasureRules

_EVERY_SECONDS = 5.0
_LEFT_ALONE = timedelta(seconds=10)
"""How long whoever took up an erasure has for it before the job does it."""

OPEN_ERASURES = Gauge(
    "carnet_erasures_open", "Erasures that are not complete, by status", ("status",)
)

log = get_logger()


async def tend_once(database: Database, rules: ErasureRules, *, now: datetime) -> None:
    """Finish what was cut off, mark what is late, and count."""
    for erasure_id in await find_cut_off(database, until=now - _LEFT_ALONE):
        await erase_customer(database, erasure_id, rules, now=now)
    for status, many in (await tend_erasures(database, now=now)).items():
        OPEN_ERASURES.labels(status).set(many)


async def tend_until_stopped(database: Database, rules: ErasureRules, stop: asyncio.Event) -> None:
    """Tend erasures every few seconds until `stop` is set; a lost database is waited for."""

    async def step() -> None:
        await tend_once(database, rules, now=datetime.now(UTC))

    await repeat("erasures", step, every_seconds=_EVERY_SECONDS, stop=stop)
