"""What a customer bought, for the view of the whole customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AliasPath, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from orders.api.order_out import OrderSummaryOut
from orders.api.purviews import HomeRegions
from orders.use_cases.read_purchases import read_purchases

router = APIRouter(prefix="/v1/customers", tags=["orders"])


class CurrencyTotalOut(BaseModel):
    """Sums in minor units of one currency: net is ordered less cancelled less returned."""

    model_config = ConfigDict(from_attributes=True)

    currency: str
    ordered_minor: int = Field(validation_alias=AliasPath("sums", "ordered_minor"))
    cancelled_minor: int = Field(validation_alias=AliasPath("sums", "cancelled_minor"))
    returned_minor: int = Field(validation_alias=AliasPath("sums", "returned_minor"))
    net_minor: int = Field(validation_alias=AliasPath("sums", "net_minor"))
    order_count: int = Field(validation_alias=AliasPath("sums", "order_count"))
    cancelled_count: int = Field(validation_alias=AliasPath("sums", "cancelled_count"))
    return_count: int = Field(validation_alias=AliasPath("sums", "return_count"))


class CountryTotalOut(CurrencyTotalOut):
    """The same for one country."""

    country: str


class PurchasesOut(BaseModel):
    """A customer's purchases; a retired id is answered with the survivor's."""

    model_config = ConfigDict(from_attributes=True)

    customer_id: GlobalId
    totals: tuple[CurrencyTotalOut, ...]
    countries: tuple[CountryTotalOut, ...]
    latest_orders: tuple[OrderSummaryOut, ...]


@router.get("/{customer_id}/purchases", dependencies=[requires("orders:read")])
async def get_purchases(
    customer_id: GlobalId,
    database: DatabaseDep,
    regions: HomeRegions,
    latest: Annotated[int, Query(ge=0, le=50, description="How many latest orders.")] = 10,
) -> PurchasesOut:
    """Give what a customer bought in sums, and the latest orders with their parcels."""
    purchases = await read_purchases(database, customer_id, regions=regions, latest=latest)
    return PurchasesOut.model_validate(purchases)
