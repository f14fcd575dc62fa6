"""Keeping a query to what is at home where its reader may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import true

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from chassis.purview import Regions


def at_home_in(home_region: ColumnElement[str], regions: Regions) -> ColumnElement[bool]:
    """Keep to what is at home in some regions; where they are all, nothing is compared."""
    if regions.are_all:
        return true()
    named = sorted(regions.named)
    return home_region.not_in(named) if regions.all_but else home_region.in_(named)
