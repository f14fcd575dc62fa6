"""What the gateway asks for when it composes a customer's export; no client reaches this route."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from chassis.api import DatabaseDep, requires
from chassis.extracts import write_tables
from chassis.global_ids import GlobalId
from orders.use_cases.export_customer import export_customer, find_exported

router = APIRouter(prefix="/v1/exports", include_in_schema=False)


@router.get("/{customer_id}", dependencies=[requires("customers:privacy")])
async def get_export(customer_id: GlobalId, database: DatabaseDep) -> StreamingResponse:
    """Give everything that orders holds of a customer, as `{"part", "tables"}`."""
    ids = await find_exported(database, customer_id)
    tables = export_customer(database, ids)
    return StreamingResponse(write_tables("orders", tables), media_type="application/json")
