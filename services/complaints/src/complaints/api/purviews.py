"""Holding a client of a region to where complaints are at home."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.api import principal_of
from chassis.purview import Regions
from complaints.domain.complaint import COMPLAINTS
from complaints.events import COMPLAINT
from complaints.use_cases.read_complaint import home_region_of


def _regions(request: Request) -> Regions:
    return principal_of(request).purview.of(COMPLAINTS)


HomeRegions = Annotated[Regions, Depends(_regions)]
"""Depend on the home regions of which the caller may read complaints."""


def at_home_where_seen() -> Any:
    """Depend on the complaint in the path being at home where the caller may read.

    Who may not read one does not answer it either.
    """

    async def check(request: Request) -> None:
        purview = principal_of(request).purview
        if purview.is_whole:
            return
        complaint_id = COMPLAINT.read(request.path_params["complaint_id"])
        home = await home_region_of(request.app.state.database, complaint_id)
        if home is not None:
            purview.refuse_closed(COMPLAINTS, home)

    return Depends(check)
