"""The 360 view of a customer."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, JsonValue
from starlette.responses import Response

from chassis.api import json_response, principal_of
from chassis.global_ids import GlobalId, show_global_id
from gateway.domain.parts import Part
from gateway.use_cases.view_customer import FACETS, CustomerViewer, Reason, View

router = APIRouter(tags=["customers"])

_api_key = APIKeyHeader(name="X-API-Key", scheme_name="ApiKey", auto_error=False)
ApiKeyDep = Annotated[str | None, Security(_api_key)]


class MissingOut(BaseModel):
    """A part that is missing from the view."""

    part: Part
    field: str
    reason: Reason


class CustomerViewOut(BaseModel):
    """Everything the suite knows of a customer; each part's answer stands unchanged."""

    customer_id: GlobalId
    retired_id: GlobalId | None = None
    customer: dict[str, JsonValue] | None
    attributes: dict[str, JsonValue] | None
    interactions: dict[str, JsonValue] | None
    purchases: dict[str, JsonValue] | None
    complaints: dict[str, JsonValue] | None
    indicators: dict[str, JsonValue] | None
    missing: list[MissingOut]


def _viewer(request: Request) -> CustomerViewer:
    return request.app.state.viewer


@router.get("/v1/customers/{customer_id}/360", response_model=CustomerViewOut)
async def view_customer(
    request: Request,
    customer_id: GlobalId,
    viewer: Annotated[CustomerViewer, Depends(_viewer)],
    _key: ApiKeyDep,
) -> Response:
    """View a customer as a whole.

    The record, the declared attributes in force, the latest interactions, purchases with parcels,
    complaints, indicators and segments.

    The parts are asked in parallel and waited for no longer than a deadline. What is not there in
    time, or not within the key's scopes, or withheld by the reading policy, is null and listed in
    `missing` with the reason. Of whom the client may read nothing, nothing is shown (403). A
    retired id shows its survivor.
    """
    view = await viewer.view(
        customer_id, principal_of(request), trace_lines=request.state.trace_lines
    )
    return json_response(200, _written(customer_id, view))


def _written(asked_id: str, view: View) -> bytes:
    """Join what the parts sent without reading it, save the customer's own ids."""
    asked = show_global_id(asked_id)
    record = orjson.loads(view.found.get("customer", b"{}"))
    body: dict[str, object] = {
        "customer_id": record.get("customer_id", asked),
        "retired_id": record.get("retired_id"),
    }
    for facet in FACETS:
        said = view.found.get(facet.field)
        body[facet.field] = None if said is None else orjson.Fragment(said)
    body["missing"] = [
        {"part": facet.part, "field": facet.field, "reason": view.missing[facet.field]}
        for facet in FACETS
        if facet.field in view.missing
    ]
    return orjson.dumps(body)
