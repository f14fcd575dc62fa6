"""The customer part of an export; the gateway composes the archive of all parts."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.api import DatabaseDep, requires
from chassis.global_ids import GlobalId
from customer.api.readers import ReadingDep
from customer.domain.reads import Seen
from customer.use_cases.export_customer import export_customer

router = APIRouter(prefix="/v1/exports", include_in_schema=False)


class ExportOut(BaseModel):
    """All that this part holds of a customer: rows by table."""

    part: Literal["customer"] = "customer"
    tables: dict[str, list[dict[str, Any]]]


@router.get("/{customer_id}", dependencies=[requires("customers:privacy")])
async def get_export(
    customer_id: GlobalId, database: DatabaseDep, reading: ReadingDep
) -> ExportOut:
    """Give everything that is held of a customer, by any id it ever had.

    As told and in normal form, with history, judgements and who read it. Forms that only serve
    finding and comparing are left out, for they say nothing else. The export is noted as a read,
    and whole whatever the reading policy keeps from the caller: it is the customer's own right.
    """
    tables = await export_customer(database, customer_id)
    reading.note(customer_id, Seen.EXPORT)
    return ExportOut(tables=tables)
