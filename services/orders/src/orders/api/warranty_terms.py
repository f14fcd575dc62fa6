"""Warranty terms: how long what is sold of a category is warranted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.api import DatabaseDep, StrictModel, requires
from chassis.paging import Page
from orders.api.fields import Day, WarrantyDays, WarrantyMonths
from orders.domain.warranties import WarrantyTerm
from orders.use_cases.keep_warranty_terms import list_warranty_terms, put_warranty_term

router = APIRouter(prefix="/v1/warranty-terms", tags=["orders"])

Category = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class WarrantyTermIn(StrictModel):
    """What holds from a day on, for what is sold then: 24 months, 90 days; 0 is no warranty."""

    since_on: Day
    months: WarrantyMonths | None = None
    days: WarrantyDays | None = Field(default=None, description="After the months.")

    @model_validator(mode="after")
    def _says_how_long(self) -> WarrantyTermIn:
        if self.months is None and self.days is None:
            message = "months or days must be told"
            raise ValueError(message)
        return self


class WarrantyTermOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    category: str
    since_on: Day
    months: int
    days: int


@router.get("", dependencies=[requires("orders:read")])
async def get_terms(database: DatabaseDep) -> Page[WarrantyTermOut]:
    """List the terms by category and day, all on one page."""
    terms = await list_warranty_terms(database)
    return Page(items=[WarrantyTermOut.model_validate(term) for term in terms])


@router.put("/{category}", dependencies=[requires("orders:steward")])
async def write_term(
    category: Category, body: WarrantyTermIn, database: DatabaseDep
) -> WarrantyTermOut:
    """Write how long what is sold of a category is warranted, from a day on.

    What an order's line says of its own warranty comes first.
    """
    term = WarrantyTerm(
        category=category,
        since_on=body.since_on,
        months=body.months or 0,
        days=body.days or 0,
    )
    await put_warranty_term(database, term)
    return WarrantyTermOut.model_validate(term)
