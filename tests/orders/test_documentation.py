"""The hot route and the operation that OpenAPI documents are one, and events fit their classes."""

from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from chassis.events import Event
from orders.events import PUBLISHED
from tests.orders.conftest import CLAIM, CUSTOMER, RESOLVED, Body, an_order


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def schema_of(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """Give a part of the document as a schema of its own."""
    found = document
    for step in path:
        found = found[step]
    return found | {"components": document["components"]}


@pytest.mark.parametrize(
    "body",
    [
        an_order(),
        an_order(customer_id=CUSTOMER, total_minor=27_000, contact={"email": "a@example.com"}),
        an_order(customer=CLAIM, store="paris", time_zone="Europe/Paris", taken_away=True),
    ],
)
async def test_what_the_hot_route_takes_and_gives_is_what_is_documented(
    client: httpx.AsyncClient, document: dict[str, Any], body: Body
) -> None:
    media = ("content", "application/json", "schema")
    operation = document["paths"]["/v1/orders"]["post"]
    jsonschema.validate(body, schema_of(document | operation, "requestBody", *media))
    answer = await client.post("/v1/orders", json=body, headers=RESOLVED)
    documented = schema_of(document | operation, "responses", "201", *media)
    jsonschema.validate(answer.json(), documented)
    assert set(answer.json()) == set(
        document["components"]["schemas"]["OrderReceiptOut"]["properties"]
    )


def test_every_operation_names_its_scope_but_the_public_one(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method, operation in operations.items():
            is_public = path.startswith("/v1/tracking/")
            assert ("security" in operation) is not is_public, f"{method} {path}"


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_event_fits_its_own_example(event: type[Event]) -> None:
    assert event.model_validate(event.example).model_dump(mode="json") == event.example
