"""The hot route and the operation that OpenAPI documents are one, and events fit their classes."""

from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from chassis.events import Event
from orders.events import PUBLISHED
from tests.orders.conftest import CLAIM, CUSTOMER, RESOLVED, Body, Place, an_order
from tests.orders.test_tracking import EVENTS, parcels_of


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


async def test_how_tracking_events_are_recorded_is_what_is_documented(
    client: httpx.AsyncClient, document: dict[str, Any], place: Place
) -> None:
    media = ("content", "application/json", "schema")
    [parcel] = await parcels_of(client, await place())
    named = {"parcel_id": parcel["parcel_id"]}
    unknown = {"carrier": "dhl", "tracking_number": "0"}
    one = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    sent: list[tuple[str, str, str, Any]] = [
        ("/v1/parcels/{parcel_id}/tracking-events", one, "201", EVENTS[0]),
        (
            "/v1/tracking-events",
            "/v1/tracking-events",
            "200",
            [
                named | EVENTS[1],
                named | EVENTS[1],
                unknown | EVENTS[0],
                unknown | named | EVENTS[0],
            ],
        ),
    ]
    answer = httpx.Response(204)
    for path, url, status, body in sent:
        operation = document["paths"][path]["post"]
        jsonschema.validate(body, schema_of(document | operation, "requestBody", *media))
        answer = await client.post(url, json=body)
        assert answer.status_code == int(status)
        documented = schema_of(document | operation, "responses", status, *media)
        jsonschema.validate(answer.json(), documented)
    outcomes = [one["outcome"] for one in answer.json()]
    assert outcomes == ["recorded", "repeated", "unclaimed", "refused"]


def test_every_operation_names_its_scope_but_the_public_one(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method, operation in operations.items():
            is_public = path.startswith(("/v1/tracking/", "/v1/webhooks/"))
            assert ("security" in operation) is not is_public, f"{method} {path}"


@pytest.mark.parametrize("event", PUBLISHED)
def test_every_event_fits_its_own_example(event: type[Event]) -> None:
    assert event.model_validate(event.example).model_dump(mode="json") == event.example
