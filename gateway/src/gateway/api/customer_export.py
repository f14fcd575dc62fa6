"""The export of everything that the suite holds of a customer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import APIKeyHeader
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from chassis.api import principal_of, problem_response
from chassis.global_ids import GlobalId, show_global_id
from gateway.domain.scopes import Scope
from gateway.use_cases.export_customer import CustomerExporter, ExportIncomplete

router = APIRouter(tags=["customers"])

_api_key = APIKeyHeader(name="X-API-Key", scheme_name="ApiKey", auto_error=False)
PrivacyKeyDep = Annotated[str | None, Security(_api_key, scopes=[Scope.CUSTOMERS_PRIVACY])]


def _exporter(request: Request) -> CustomerExporter:
    return request.app.state.exporter


@router.get(
    "/v1/customers/{customer_id}/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A zip archive: `manifest.json`, and each table as JSON and as CSV",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def export_customer(
    request: Request,
    customer_id: GlobalId,
    exporter: Annotated[CustomerExporter, Depends(_exporter)],
    _key: PrivacyKeyDep,
) -> Response:
    """Export everything that every part holds of a customer, under any id it has or had.

    One zip archive: `manifest.json` lists the tables of each part, which are there as JSON and as
    CSV. When a part cannot give what it holds the answer is 503 and names it; there is no partial
    archive.
    """
    try:
        export = await exporter.export(
            customer_id,
            principal_of(request),
            trace_lines=request.state.trace_lines,
            now=datetime.now(UTC),
        )
    except ExportIncomplete as incomplete:
        return problem_response(incomplete, part=incomplete.blamed)
    return StreamingResponse(
        export.pieces,
        media_type="application/zip",
        headers={
            "Content-Length": str(export.size),
            "Content-Disposition": f'attachment; filename="{show_global_id(customer_id)}.zip"',
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(export.archive.close),
    )
