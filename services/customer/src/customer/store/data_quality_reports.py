"""The last data quality report, whether another is wanted, and who makes it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import and_, func, or_, select, update

from customer.domain.data_quality import DataQuality
from customer.store.tables.quality import data_quality_reports

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_REPORT = TypeAdapter(DataQuality)
_ROW = data_quality_reports.c


class Asked(NamedTuple):
    """When a report was asked for last, and as of when the last one is."""

    asked_at: datetime
    made_at: datetime | None


async def last_report(connection: AsyncConnection) -> DataQuality | None:
    """Give the last report, if there is one."""
    report = await connection.scalar(select(_ROW.report))
    return None if report is None else _REPORT.validate_python(report)


async def ask_for_report(tx: Transaction) -> Asked:
    """Have another report made; asking again meanwhile asks for the same one."""
    asked = update(data_quality_reports).values(asked_at=func.clock_timestamp())
    row = (await tx.execute(asked.returning(_ROW.asked_at, _ROW.made_at))).one()
    return Asked(row.asked_at, row.made_at)


async def begin_report(tx: Transaction, *, kept: timedelta, given_up: timedelta) -> bool:
    """Take on the making of a report that is wanted; one that took too long is given up.

    Wanted is one that was asked for since the last began, or that is older than reports are kept.
    """
    now = func.clock_timestamp()
    is_wanted = or_(_ROW.made_at.is_(None), _ROW.asked_at > _ROW.made_at, _ROW.made_at < now - kept)
    is_free = or_(_ROW.begun_at.is_(None), _ROW.begun_at < now - given_up)
    begun = update(data_quality_reports).where(and_(is_wanted, is_free)).values(begun_at=now)
    return (await tx.execute(begun)).rowcount > 0


async def keep_report(tx: Transaction, report: DataQuality) -> None:
    """Replace the last report."""
    values = {
        "report": _REPORT.dump_python(report, mode="json"),
        "made_at": report.made_at,
        "begun_at": None,
    }
    await tx.execute(update(data_quality_reports).values(values))
