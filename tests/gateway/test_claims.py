"""A sale with the till's own claim: resolved first, then forwarded as it came."""

from __future__ import annotations

import orjson
import pytest

from chassis.principal import PrincipalVerifier
from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import answering, never, writing
from tests.gateway.sales import CLAIM, CUSTOMER_ID, RECORD_ID, RESOLVED, SALE, file

PATHS = ("/v1/orders", "/v1/returns")


@pytest.fixture
def sale() -> bytes:
    """Write a sale with odd spacing, to see that nobody writes it anew."""
    return orjson.dumps(SALE, option=orjson.OPT_INDENT_2)


async def test_the_claim_goes_to_customer_and_its_answer_with_the_sale(
    house: House, sale: bytes, principal_keys: tuple[str, str]
) -> None:
    house.customer.answer = answering(200, RESOLVED)

    answer = await file(house, "/v1/orders", sale, **{"Idempotency-Key": "sale-1"})

    assert answer.status_code == 200
    step = house.customer.only_request
    assert (step.method, step.target) == ("PUT", "/v1/source-records/till/a%2Fb%20%C3%A9")
    without_address = {
        name: value for name, value in CLAIM.items() if name not in {"source", "external_id"}
    }
    assert orjson.loads(step.body) == without_address
    assert step.header("content-type") == "application/json"
    token = step.header("carnet-principal")
    assert token is not None
    caller = PrincipalVerifier(principal_keys[1]).verify(token)
    assert (caller.client_id, caller.scopes) == ("till", {"customers:write"})
    order = house.orders.only_request
    assert order.body == sale
    assert order.header("carnet-customer-id") == CUSTOMER_ID
    assert order.header("carnet-source-record-id") == RECORD_ID
    assert order.header("traceparent") == step.header("traceparent")


async def test_each_step_has_an_idempotency_key_of_its_own(house: House, sale: bytes) -> None:
    house.customer.answer = answering(200, RESOLVED)

    for _ in range(2):
        await file(house, "/v1/orders", sale, **{"Idempotency-Key": "sale-1"})
    await file(house, "/v1/orders", sale)

    keys = [request.header("idempotency-key") for request in house.customer.requests]
    assert keys[0] == keys[1]
    assert keys[0] not in {None, "sale-1"}
    assert keys[2] is None
    assert house.orders.requests[0].header("idempotency-key") == "sale-1"


@pytest.mark.parametrize(
    "body",
    [
        b'{"customer_id":"7K3M-92QX-F4TF"}',
        b'{"customer":null}',
        b'{"customer_id":"7K3M-92QX-F4TF","customer":{"source":"till","external_id":"1"}}',
        b'{"note":"the \\"customer\\" left"}',
        b'["customer"]',
        b'{"customer":',
    ],
)
async def test_a_sale_without_a_claim_of_its_own_is_the_parts_to_judge(
    house: House, body: bytes
) -> None:
    await file(house, "/v1/orders", body)

    assert house.customer.requests == []
    assert house.orders.only_request.body == body
    assert house.orders.only_request.header("carnet-customer-id") is None


async def test_a_claim_spelt_with_escapes_is_still_a_claim(house: House) -> None:
    house.customer.answer = answering(200, RESOLVED)

    await file(house, "/v1/orders", b'{"cust\\u006fmer":{"source":"till","external_id":"1"}}')

    assert house.orders.only_request.header("carnet-customer-id") == CUSTOMER_ID


async def test_a_claim_elsewhere_is_nobodys_business_here(house: House, sale: bytes) -> None:
    await file(house, "/v1/orders/ord_1/cancel", sale)

    assert house.customer.requests == []


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ("Yamada", "customer"),
        ([], "customer"),
        ({"external_id": "1"}, "customer.source"),
        ({"source": "till"}, "customer.external_id"),
        ({"source": "till", "external_id": 1}, "customer.external_id"),
        ({"source": "till", "external_id": " "}, "customer.external_id"),
        ({"source": "till/paris", "external_id": "1"}, "customer.source"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/orders", "/v1/complaints"])
async def test_a_claim_without_an_address_is_a_422_problem(
    house: House, path: str, claim: object, field: str
) -> None:
    answer = await file(house, path, {"customer": claim})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert house.customer.requests == house.orders.requests == house.complaints.requests == []
    assert house.orders.checks == house.complaints.checks == []


async def test_what_customer_refuses_comes_back_with_its_fields_prefixed(house: House) -> None:
    problem = {
        "type": "urn:carnet:problem:invalid",
        "title": "The request is not valid",
        "status": 422,
        "detail": "birth_date: must be in the past",
        "errors": [
            {"field": "birth_date", "problem": "must be in the past", "mend": "Send a past day."},
            {"field": "body", "problem": "is odd", "mend": "Mend it."},
        ],
    }
    house.customer.answer = answering(
        422, orjson.dumps(problem), content_type="application/problem+json"
    )

    answer = await file(house, "/v1/orders", SALE)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    told = answer.json()
    assert told["type"] == problem["type"]
    assert [error["field"] for error in told["errors"]] == ["customer.birth_date", "customer"]
    assert told["errors"][0]["mend"] == "Send a past day."
    assert told["detail"].startswith("customer.birth_date: must be in the past")
    assert house.orders.requests == []


@pytest.mark.parametrize("path", PATHS)
async def test_a_sale_is_never_refused_because_identity_is_down(house: House, path: str) -> None:
    await house.customer.stop()

    answer = await file(house, path, SALE)

    assert answer.status_code == 200
    assert house.orders.only_request.body == orjson.dumps(SALE)
    assert house.orders.only_request.header("carnet-customer-id") is None


async def test_a_sale_does_not_wait_long_for_identity(open_house: OpenHouse) -> None:
    house = await open_house(claim_seconds=0.1)
    house.customer.answer = never

    answer = await file(house, "/v1/orders", SALE)

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 2
    assert house.orders.only_request.header("carnet-customer-id") is None


NO_ANSWERS = [
    answering(500, b"oops", content_type="text/plain"),
    answering(503, b"{}"),
    answering(401, b"{}"),
    answering(409, b"{}"),
    answering(200, b"not json"),
    answering(200, b"{}"),
    answering(422, b"no problem document"),
    writing(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", then_close=True),
]


@pytest.mark.parametrize("way", range(len(NO_ANSWERS)))
async def test_an_identity_that_makes_no_sense_counts_as_down(house: House, way: int) -> None:
    house.customer.answer = NO_ANSWERS[way]

    order = await file(house, "/v1/orders", SALE)
    complaint = await file(house, "/v1/complaints", SALE)

    assert order.status_code == 200
    assert complaint.status_code == 503
    assert house.complaints.requests == []


async def test_a_complaint_whose_equal_is_being_answered_is_a_409_problem(house: House) -> None:
    problem = {"type": "urn:carnet:problem:request-in-progress", "title": "It is still running"}
    house.customer.answer = answering(409, orjson.dumps(problem))

    answer = await file(house, "/v1/complaints", SALE, **{"Idempotency-Key": "complaint-1"})

    assert answer.status_code == 409
    assert answer.json()["type"] == problem["type"]
    assert answer.headers["retry-after"] == "1"
    assert house.complaints.requests == []


async def test_a_complaint_waits_for_identity_to_come_back(house: House) -> None:
    await house.customer.stop()

    answer = await file(house, "/v1/complaints", SALE)

    assert answer.status_code == 503
    assert answer.json()["part"] == "customer"
    assert int(answer.headers["retry-after"]) > 0
    assert house.complaints.requests == []


async def test_a_complaint_is_forwarded_with_its_customer(house: House) -> None:
    house.customer.answer = answering(200, RESOLVED)

    await file(house, "/v1/complaints", SALE)

    assert house.complaints.only_request.header("carnet-customer-id") == CUSTOMER_ID


@pytest.mark.parametrize("path", [*PATHS, "/v1/complaints"])
async def test_a_key_that_may_not_file_the_sale_stores_no_claim_either(
    house: House, path: str
) -> None:
    key = await house.new_key("customers:write", "orders:read", "complaints:read")

    answer = await file(house, path, SALE, **{"X-API-Key": key})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:carnet:problem:missing-scope"
    assert house.customer.requests == house.orders.requests == []


async def test_filing_a_sale_needs_no_right_to_write_customers(house: House) -> None:
    house.customer.answer = answering(200, RESOLVED)
    key = await house.new_key("orders:write")

    answer = await file(house, "/v1/orders", SALE, **{"X-API-Key": key})

    assert answer.status_code == 200
    assert house.orders.only_request.header("carnet-customer-id") == CUSTOMER_ID
