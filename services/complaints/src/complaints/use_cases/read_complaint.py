"""Reading one complaint with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot
from complaints.store.complaints import home_region, load_file

if TYPE_CHECKING:
    from uuid import UUID

    from chassis.database import Database
    from complaints.domain.complaint import ComplaintFile


async def read_complaint(database: Database, complaint_id: UUID) -> ComplaintFile:
    """Give the complaint as of one moment; raises `ComplaintNotFound`."""
    async with snapshot(database) as connection:
        return await load_file(connection, complaint_id)


async def home_region_of(database: Database, complaint_id: UUID) -> str | None:
    """Give where a complaint is at home; None when there is none, which its reader then says."""
    async with snapshot(database) as connection:
        return await home_region(connection, complaint_id)
