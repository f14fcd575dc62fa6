"""One document for the suite, its page, and the gateway's health."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.api import reference
from gateway.domain.parts import Part
from gateway.openapi import PathNotForwarded, merge, operations
from tests.gateway.conftest import House
from tests.gateway.part import answering

REFUSED = {"$ref": "#/components/responses/Problem"}


def document(path: str, schema: dict[str, Any], name: str = "ThingOut") -> dict[str, Any]:
    """Make a part's document with one operation."""
    reference_to = {"$ref": f"#/components/schemas/{name}"}
    invalid = {"$ref": "#/components/schemas/HTTPValidationError"}
    return {
        "paths": {
            path: {
                "get": {
                    "tags": ["things"],
                    "summary": "Get",
                    "security": [{"ApiKey": ["orders:read"]}],
                    "responses": {
                        "200": _json("Yes", reference_to),
                        "422": _json("No", invalid),
                    },
                }
            }
        },
        "components": {
            "schemas": {
                name: schema,
                "Outer": {"properties": {"inner": {"type": "array", "items": reference_to}}},
                "HTTPValidationError": {"type": "object"},
                "ValidationError": {"type": "object"},
            },
            "securitySchemes": {"ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def test_documents_are_merged_and_refusals_are_problem_documents() -> None:
    merged = merge({Part.ORDERS: document("/v1/orders", {"type": "object"})})

    operation = merged["paths"]["/v1/orders"]["get"]
    assert operation["responses"].keys() == {"200", "default"}
    assert operation["responses"]["default"] == REFUSED
    assert "HTTPValidationError" not in str(merged)
    assert "Problem" in merged["components"]["schemas"]
    assert "ApiKey" in merged["components"]["securitySchemes"]


def test_names_that_two_parts_use_differently_are_told_apart() -> None:
    merged = merge(
        {
            Part.ORDERS: document("/v1/orders", {"type": "object"}),
            Part.COMPLAINTS: document("/v1/complaints", {"type": "string"}),
        }
    )

    schemas = merged["components"]["schemas"]
    assert schemas["OrdersThingOut"] == {"type": "object"}
    assert schemas["ComplaintsThingOut"] == {"type": "string"}
    assert "ThingOut" not in schemas
    answer = merged["paths"]["/v1/complaints"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ComplaintsThingOut")


def test_names_that_mean_the_same_are_kept() -> None:
    merged = merge(
        {
            Part.ORDERS: document("/v1/orders", {"type": "object"}),
            Part.COMPLAINTS: document("/v1/complaints", {"type": "object"}),
        }
    )

    assert "ThingOut" in merged["components"]["schemas"]


def test_a_documented_path_leads_to_the_part_that_documents_it() -> None:
    with pytest.raises(PathNotForwarded):
        merge({Part.ORDERS: document("/v1/complaints", {"type": "object"})})
    with pytest.raises(PathNotForwarded):
        merge({Part.ORDERS: document("/v1/unheard-of", {"type": "object"})})


def test_operations_are_grouped_with_their_scopes() -> None:
    merged = merge({Part.ORDERS: document("/v1/orders", {"type": "object"})})

    [operation] = operations(merged)["things"]

    assert (operation.method, operation.path) == ("GET", "/v1/orders")
    assert operation.scopes == ("orders:read",)
    assert operation.answers == (("200", "Yes", "ThingOut"),)


async def test_the_reference_is_served_without_a_key_and_needs_no_other_host(house: House) -> None:
    front = await house.stranger.get("/")
    page = await house.stranger.get("/docs")
    raw = await house.stranger.get("/openapi.json")

    assert (front.status_code, front.headers["location"]) == (307, "/docs")
    assert page.status_code == raw.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page.text) == []
    assert "<script" not in page.text
    document = raw.json()
    assert document["info"]["title"] == "Carnet"
    for path in ("/v1/orders", "/v1/customers/{customer_id}/360", "/v1/whoami"):
        assert path in document["paths"]
        assert path in page.text


async def test_a_missing_document_says_how_to_make_it(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reference, "_PLACES", (tmp_path / "openapi.json",))

    answer = await house.stranger.get("/openapi.json")

    assert answer.status_code == 503
    assert "make contracts" in answer.json()["detail"]


async def test_readiness_names_the_state_of_every_part(house: House) -> None:
    await house.client.get("/v1/whoami")
    house.complaints.answer = answering(503)
    await house.segmentation.stop()

    answer = await house.stranger.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "problems": [],
        "parts": {
            "customer": "ready",
            "orders": "ready",
            "complaints": "not-ready",
            "segmentation": "down",
        },
    }


async def test_a_gateway_without_any_part_is_not_ready(house: House) -> None:
    await house.client.get("/v1/whoami")
    for part in (house.customer, house.orders, house.complaints, house.segmentation):
        await part.stop()

    answer = await house.stranger.get("/readyz")
    live = await house.stranger.get("/livez")

    assert answer.status_code == 503
    assert answer.json()["problems"] == ["parts: none is ready"]
    assert live.status_code == 200


async def test_requests_are_counted_by_part_and_never_by_path(house: House) -> None:
    await house.client.get("/v1/orders/ord_secret")

    text = (await house.stranger.get("/metrics")).text

    assert 'http_route="orders"' in text
    assert "ord_secret" not in text
