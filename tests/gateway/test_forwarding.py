"""What the gateway passes on, and what it keeps to itself."""

from __future__ import annotations

import re

import orjson
import pytest

from chassis.principal import PrincipalVerifier
from tests.gateway.conftest import House
from tests.gateway.part import answering, writing

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


PATHS = [
    ("/v1/orders", "orders"),
    ("/v1/parcels/pcl_1/tracking-events", "orders"),
    ("/v1/returns/ret_1", "orders"),
    ("/v1/customers/7K3M-92QX-F4TF", "customer"),
    ("/v1/customers/search", "customer"),
    ("/v1/customers/7K3M-92QX-F4TF/source-records", "customer"),
    ("/v1/customers/7K3M-92QX-F4TF/purchases", "orders"),
    ("/v1/customers/7K3M-92QX-F4TF/pieces", "orders"),
    ("/v1/customers/7K3M-92QX-F4TF/indicators", "segmentation"),
    ("/v1/source-records/till/1", "customer"),
    ("/v1/aliases/7K3M-92QX-F4TF", "customer"),
    ("/v1/complaints", "complaints"),
    ("/v1/routing-rules", "complaints"),
    ("/v1/teams", "complaints"),
    ("/v1/segments/champions/members", "segmentation"),
]


async def test_every_path_leads_to_its_part(house: House) -> None:
    for path, _part in PATHS:
        await house.client.get(path)

    parts = ("customer", "orders", "complaints", "segmentation")
    arrived = [
        (request.target, part) for part in parts for request in getattr(house, part).requests
    ]
    assert sorted(arrived) == sorted(PATHS)


async def test_an_unknown_path_is_a_404_problem(house: House) -> None:
    for path in ("/v1/nothing", "/v2/orders", "/v1", "/orders", "/v1/"):
        answer = await house.client.get(path)

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:carnet:problem:not-found"


async def test_method_target_and_body_arrive_as_they_were_sent(house: House) -> None:
    body = b'{ "lines": [1,  2] , "name":"\\u00e9"}'

    await house.client.post(
        "/v1/orders/a%2Fb?x=1&x=%20",
        content=body,
        headers={"Content-Type": "application/json", "Idempotency-Key": "k-1"},
    )

    request = house.orders.only_request
    assert (request.method, request.target) == ("POST", "/v1/orders/a%2Fb?x=1&x=%20")
    assert request.body == body
    assert request.header("content-length") == str(len(body))
    assert request.header("content-type") == "application/json"
    assert request.header("idempotency-key") == "k-1"
    assert request.header("host") == f"127.0.0.1:{house.orders.port}"


async def test_the_answer_comes_back_with_its_end_to_end_headers_only(house: House) -> None:
    house.orders.answer = answering(
        201, b'{"order_id":"ord_1"}', "ETag: v1", "Keep-Alive: timeout=5", "Server: x", "X-Own: y"
    )

    answer = await house.client.post("/v1/orders", json={})

    assert answer.status_code == 201
    assert answer.json() == {"order_id": "ord_1"}
    assert answer.headers["etag"] == "v1"
    assert answer.headers["x-own"] == "y"
    assert "keep-alive" not in answer.headers
    assert "server" not in answer.headers
    assert len(answer.headers.get_list("date")) == 1


async def test_a_problem_of_a_part_is_passed_on_unchanged(house: House) -> None:
    problem = orjson.dumps({"type": "urn:carnet:problem:x", "title": "X", "status": 409})
    house.orders.answer = answering(409, problem, content_type="application/problem+json")

    answer = await house.client.post("/v1/orders", json={})

    assert answer.status_code == 409
    assert answer.content == problem
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_a_client_says_in_our_name_or_for_this_hop_goes_on(house: House) -> None:
    await house.client.get(
        "/v1/orders",
        headers={
            "Carnet-Principal": "forged",
            "CARNET-Customer-Id": "7K3M-92QX-F4TF",
            "carnet_source_record_id": "src_1",
            "Carnet-Check": "1",
            "Connection": "keep-alive, X-Hop, content-type",
            "X-Hop": "1",
            "Content-Type": "application/json",
            "TE": "trailers",
            "Expect": "100-continue",
            "X-Forwarded-For": "10.0.0.1",
            "Forwarded": "for=10.0.0.1",
            "X-Kept": "1",
        },
    )

    request = house.orders.only_request
    names = [name for name, _ in request.lines]
    assert request.header("x-kept") == "1"
    assert {"x-hop", "te", "expect", "x-forwarded-for", "forwarded", "x-api-key"}.isdisjoint(names)
    assert "content-type" not in names
    assert [name for name in names if name.startswith(("carnet-", "carnet_"))] == [
        "carnet-principal"
    ]
    assert request.header("carnet-principal") != "forged"


async def test_the_caller_is_vouched_for_by_a_signed_principal(
    house: House, principal_keys: tuple[str, str]
) -> None:
    key = await house.new_key("orders:read", "segments:read", name="web-shop")

    await house.stranger.get("/v1/orders", headers={"X-API-Key": key})

    token = house.orders.only_request.header("carnet-principal")
    assert token is not None
    principal = PrincipalVerifier(principal_keys[1]).verify(token)
    assert principal.client_id == "web-shop"
    assert principal.scopes == {"orders:read", "segments:read"}


async def test_a_trace_goes_on_in_a_new_span(house: House) -> None:
    await house.client.get(
        "/v1/orders",
        headers={"traceparent": TRACEPARENT, "tracestate": "a=b", "X-Request-Id": "r1"},
    )

    request = house.orders.only_request
    told = request.header("traceparent")
    assert told is not None
    assert told[:36] == TRACEPARENT[:36]
    assert told[36:52] != TRACEPARENT[36:52]
    assert request.header("tracestate") == "a=b"
    assert request.header("x-request-id") == "r1"


@pytest.mark.parametrize("given", [None, "00-zz-00f067aa0ba902b7-01", "rubbish"])
async def test_a_trace_begins_where_the_client_has_none(house: House, given: str | None) -> None:
    answer = await house.client.get(
        "/v1/orders", headers={} if given is None else {"traceparent": given}
    )

    told = house.orders.only_request.header("traceparent")
    assert told is not None
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", told)
    assert answer.headers["x-request-id"] == told[3:35]


async def test_a_request_id_that_could_split_a_log_line_is_replaced(house: House) -> None:
    answer = await house.client.get("/v1/orders", headers={"X-Request-Id": 'a" b'})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_head_is_answered_with_the_length_and_no_body(house: House) -> None:
    house.orders.answer = writing(b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n")

    first = await house.client.head("/v1/orders/ord_1")
    house.orders.answer = answering(200, b'{"a":1}')
    second = await house.client.get("/v1/orders/ord_1")

    assert (first.status_code, first.headers["content-length"], first.content) == (200, "17", b"")
    assert second.json() == {"a": 1}
    assert house.orders.connections == 1


@pytest.mark.parametrize(
    ("status", "line"), [(204, b""), (304, b""), (304, b"content-length: 5\r\n")]
)
async def test_statuses_without_a_body_keep_the_connection(
    house: House, status: int, line: bytes
) -> None:
    house.orders.answer = writing(b"HTTP/1.1 %d X\r\netag: v1\r\n%b\r\n" % (status, line))

    first = await house.client.get("/v1/orders/ord_1")
    second = await house.client.get("/v1/orders/ord_1")

    assert first.status_code == second.status_code == status
    assert first.content == b""
    assert first.headers["etag"] == "v1"
    assert house.orders.connections == 1


async def test_interim_answers_are_not_taken_for_the_answer(house: House) -> None:
    house.orders.answer = writing(
        b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        pause_seconds=0.01,
    )

    answer = await house.client.get("/v1/orders")

    assert answer.status_code == 200
    assert "link" not in answer.headers
    assert answer.content == b"{}"


async def test_public_tracking_needs_no_key_and_vouches_for_nobody(
    house: House, principal_keys: tuple[str, str]
) -> None:
    answer = await house.stranger.get("/v1/tracking/secret-token")

    assert answer.status_code == 200
    token = house.orders.only_request.header("carnet-principal")
    assert token is not None
    assert PrincipalVerifier(principal_keys[1]).verify(token).scopes == frozenset()
