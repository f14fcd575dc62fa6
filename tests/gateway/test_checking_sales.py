"""A sale with a claim is checked by its part first: who is refused leaves no claim behind."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import Answer, Request, StandInPart, answering, never
from tests.gateway.sales import CUSTOMER_ID, RESOLVED, SALE, file

PARTS_OF_SALES = [
    ("/v1/orders", "orders"),
    ("/v1/returns", "orders"),
    ("/v1/complaints", "complaints"),
]
PROBLEM = orjson.dumps(
    {
        "type": "urn:carnet:problem:invalid",
        "title": "The request is not valid",
        "status": 422,
        "errors": [{"field": "lines.0.quantity", "problem": "is negative", "mend": "Mend it."}],
    }
)
REFUSING = answering(422, PROBLEM, "X-Own: y", content_type="application/problem+json")


def part_of(house: House, name: str) -> StandInPart:
    part: StandInPart = getattr(house, name)
    return part


@pytest.mark.parametrize(("path", "name"), PARTS_OF_SALES)
async def test_a_refused_sale_leaves_no_claim_and_its_problem_is_passed_on_unchanged(
    house: House, path: str, name: str
) -> None:
    part = part_of(house, name)
    part.check_answer = REFUSING

    answer = await file(house, path, SALE)

    assert (answer.status_code, answer.content) == (422, PROBLEM)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-own"] == "y"
    assert answer.headers["ratelimit"]
    assert house.customer.requests == part.requests == []


@pytest.mark.parametrize(("path", "name"), PARTS_OF_SALES)
async def test_the_part_checks_the_sale_then_customer_takes_the_claim_then_the_part_the_sale(
    house: House, path: str, name: str
) -> None:
    part = part_of(house, name)
    asked: list[str] = []

    def noting(step: str, answer: Answer) -> Answer:
        async def noted(request: Request, writer: asyncio.StreamWriter) -> None:
            asked.append(step)
            await answer(request, writer)

        return noted

    part.check_answer = noting("check", part.check_answer)
    house.customer.answer = noting("claim", answering(200, RESOLVED))
    part.answer = noting("sale", answering(201))

    answer = await file(house, path, SALE)

    assert answer.status_code == 201
    assert asked == ["check", "claim", "sale"]


async def test_the_check_is_the_same_request_with_one_header_more(house: House) -> None:
    house.customer.answer = answering(200, RESOLVED)

    await file(house, "/v1/orders?x=%20", SALE, **{"Idempotency-Key": "sale-1", "X-Kept": "1"})

    [check] = house.orders.checks
    sale = house.orders.only_request
    assert (check.method, check.target, check.body) == (sale.method, sale.target, sale.body)
    assert set(check.lines) - set(sale.lines) == {("Carnet-Check", "1")}
    assert {name for name, _ in set(sale.lines) - set(check.lines)} == {
        "carnet-customer-id",
        "carnet-source-record-id",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"customer_id": "7K3M-92QX-F4TF"},
        {"customer": None},
        {"lines": []},
        {"customer_id": "7K3M-92QX-F4TF", "customer": {"source": "till", "external_id": "1"}},
    ],
)
@pytest.mark.parametrize(("path", "name"), PARTS_OF_SALES)
async def test_a_sale_without_a_claim_of_its_own_makes_no_extra_hop(
    house: House, path: str, name: str, body: dict[str, Any]
) -> None:
    await file(house, path, body)

    assert part_of(house, name).checks == []
    assert len(part_of(house, name).requests) == 1


async def test_a_claim_that_customer_refuses_stops_the_sale_after_its_check(house: House) -> None:
    problem = {"type": "urn:carnet:problem:invalid", "title": "No", "status": 422}
    house.customer.answer = answering(
        422, orjson.dumps(problem), content_type="application/problem+json"
    )

    answer = await file(house, "/v1/orders", SALE)

    assert answer.status_code == 422
    assert len(house.orders.checks) == 1
    assert house.orders.requests == []


@pytest.mark.parametrize(("path", "name"), PARTS_OF_SALES)
async def test_while_the_part_is_down_no_claim_is_stored(
    house: House, path: str, name: str
) -> None:
    await part_of(house, name).stop()

    answer = await file(house, path, SALE)

    assert answer.status_code == 503
    assert answer.json()["part"] == name
    assert int(answer.headers["retry-after"]) > 0
    assert house.customer.requests == []


async def test_a_part_that_does_not_answer_the_check_gets_no_sale(open_house: OpenHouse) -> None:
    house = await open_house(answer_seconds=0.1)
    house.orders.check_answer = never

    answer = await file(house, "/v1/orders", SALE)

    assert (answer.status_code, answer.json()["part"]) == (504, "orders")
    assert house.customer.requests == house.orders.requests == []


@pytest.mark.parametrize("status", [200, 201, 401, 403, 409, 429, 500, 503])
async def test_any_answer_but_204_ends_the_request(house: House, status: int) -> None:
    house.orders.check_answer = answering(status, b'{"said":"this"}')

    answer = await file(house, "/v1/orders", SALE)

    assert (answer.status_code, answer.json()) == (status, {"said": "this"})
    assert house.customer.requests == house.orders.requests == []


async def test_a_long_answer_to_the_check_is_passed_on_whole(house: House) -> None:
    long = orjson.dumps({"errors": ["x" * 1000] * 200})
    house.orders.check_answer = answering(422, long)

    answer = await file(house, "/v1/orders", SALE)

    assert (answer.status_code, answer.content) == (422, long)
    assert house.customer.requests == []


async def test_a_check_whose_connection_broke_is_sent_again_for_it_stores_nothing(
    house: House,
) -> None:
    passes = house.orders.check_answer

    async def break_once(_request: Request, writer: asyncio.StreamWriter) -> None:
        house.orders.check_answer = passes
        writer.close()

    house.orders.check_answer = break_once
    house.customer.answer = answering(200, RESOLVED)

    answer = await file(house, "/v1/orders", SALE)

    assert answer.status_code == 200
    assert len(house.orders.checks) == 2
    assert house.orders.only_request.header("carnet-customer-id") == CUSTOMER_ID


async def test_the_sale_goes_by_the_connection_that_its_check_left_open(house: House) -> None:
    house.customer.answer = answering(200, RESOLVED)

    await file(house, "/v1/orders", SALE)

    assert house.orders.connections == 1


@pytest.mark.parametrize("name", ["Carnet-Check", "carnet_check", "CARNET-CHECK"])
async def test_a_client_cannot_ask_for_a_check_itself(house: House, name: str) -> None:
    await file(house, "/v1/orders", {"lines": []}, **{name: "1"})

    names = {header.lower() for header, _ in house.orders.only_request.lines}
    assert house.orders.checks == []
    assert {"carnet-check", "carnet_check"}.isdisjoint(names)
