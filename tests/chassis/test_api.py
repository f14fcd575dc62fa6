"""Every refusal is a problem document that names the field and the mend."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, StrictStr

from chassis.api import StrictModel, create_app, requires
from chassis.errors import Conflict
from chassis.global_ids import GlobalId
from chassis.iso import Currency
from chassis.principal import Principal, PrincipalSigner
from chassis.settings import ProcessSettings
from tests.conftest import MakeDatabase


class Sold(StrictModel):
    quantity: Annotated[int, Field(ge=1)]
    currency: Currency
    sold_at: AwareDatetime


class AlreadySold(Conflict):
    slug = "already-sold"
    title = "It has been sold already"


def _spoken(text: str) -> str:
    if text.isspace():
        raise Unspoken
    return text


class Unspoken(ValueError):
    def __init__(self) -> None:
        super().__init__("must say something")


class Card(StrictModel):
    by: Literal["card"]
    last_digits: Annotated[str, Field(min_length=4, max_length=4)]


class Cash(StrictModel):
    by: Literal["cash"]
    tendered: Annotated[int, Field(ge=0)]


class Receipt(StrictModel):
    """A body with a field of every kind of union."""

    on: Annotated[str, Field(max_length=10), AfterValidator(_spoken)] | int | None = None
    paid: list[Annotated[Card | Cash, Field(discriminator="by")]] | None = None
    sent_to: StrictStr | list[str] | Sold | None = None


router = APIRouter()
seen: list[Sold] = []


@router.post("/v1/sales", status_code=201)
async def sell(body: Sold, _caller: Annotated[Principal, requires("orders:write")]) -> datetime:
    seen.append(body)
    return body.sold_at


@router.post("/v1/receipts")
async def write_receipt(body: Receipt) -> str:
    return str(body.on)


@router.get("/v1/sales/of/{customer_id}")
async def sales_of(customer_id: GlobalId) -> str:
    return customer_id


@router.get("/v1/sales/twice")
async def sell_twice() -> None:
    raise AlreadySold("Look at the first sale.")


@router.get("/v1/sales/broken")
async def break_down() -> None:
    raise RuntimeError("customer jane@example.com")


@router.get("/v1/sales/malformed")
async def answer_wrongly() -> None:
    Sold.model_validate({"quantity": 0})


GOOD: dict[str, object] = {"quantity": 1, "currency": "EUR", "sold_at": "2026-03-01T10:15:00+09:00"}


@pytest.fixture
async def client(
    make_database: MakeDatabase, principal_keys: tuple[str, str]
) -> AsyncGenerator[httpx.AsyncClient]:
    seen.clear()
    database = await make_database("chassis")
    private, public = principal_keys
    settings = ProcessSettings(
        database_url=SecretStr("unused"),
        bus_url=SecretStr("unused"),
        principal_public_key=public,
        port=0,
        worker_port=0,
    )
    app = create_app(title="sales", settings=settings, database=database, routers=[router])
    token = PrincipalSigner(private).sign(Principal("till", frozenset({"orders:write"})))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://sales",
        headers={"Carnet-Principal": token},
    ) as client:
        yield client


def problem_of(response: httpx.Response) -> dict[str, object]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


async def test_an_answer_that_is_not_of_its_own_form_is_no_fault_of_the_client(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/v1/sales/malformed")
    assert response.status_code == 500
    assert problem_of(response)["type"] == "urn:carnet:problem:internal-error"


async def test_a_good_request_is_answered(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sales", json=GOOD)
    assert response.status_code == 201
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("change", "field", "mend"),
    [
        ({"quantity": 0}, "quantity", "Send a value of 1 or more."),
        ({"quantity": -1}, "quantity", "Send a value of 1 or more."),
        ({"quantity": "many"}, "quantity", "Send a whole number."),
        ({"quantity": None}, "quantity", "Send a whole number."),
        ({"currency": "ZZZ"}, "currency", "currency code"),
        ({"sold_at": "2026-03-01T10:15:00"}, "sold_at", "offset"),
        ({"sold_at": "yesterday"}, "sold_at", "RFC 3339"),
        ({"qty": 1}, "qty", "Remove this field"),
    ],
)
async def test_a_wrong_field_is_named_with_its_mend(
    client: httpx.AsyncClient, change: dict[str, object], field: str, mend: str
) -> None:
    response = await client.post("/v1/sales", json=GOOD | change)
    problem = problem_of(response)
    assert response.status_code == 422
    assert problem["type"] == "urn:carnet:problem:invalid"
    [error] = problem["errors"]  # type: ignore[misc]
    assert error["field"] == field
    assert mend in error["mend"]
    assert not seen


@pytest.mark.parametrize(
    ("body", "field", "problem", "mend"),
    [
        (
            {"on": [1]},
            "on",
            "has none of the forms it may have",
            "Send a text, or send a whole number.",
        ),
        ({"on": "x" * 11}, "on", "String should have at most 10 characters", "Send at most 10"),
        ({"on": "  "}, "on", "must say something", "Must say something."),
        ({"paid": [{"by": "card"}]}, "paid.0.last_digits", "Field required", "Add this field."),
        (
            {"paid": [{"by": "cash", "tendered": -1}]},
            "paid.0.tendered",
            "should be greater than or equal to 0",
            "Send a value of 0 or more.",
        ),
        ({"paid": [{"x": 1}]}, "paid.0", "", "Add 'by', which says what is meant."),
        ({"paid": [{"by": "x"}]}, "paid.0", "", "Send one of 'card', 'cash' as 'by'."),
        ({"paid": [7]}, "paid.0", "should be an object", "Send an object."),
        ({"sent_to": ["a", 5]}, "sent_to.1", "should be a valid string", "Send a text."),
        (
            {"sent_to": GOOD | {"quantity": 0}},
            "sent_to.quantity",
            "should be greater than or equal to 1",
            "Send a value of 1 or more.",
        ),
        (
            {"sent_to": 5},
            "sent_to",
            "has none of the forms it may have",
            "Send a text, or send a list, or send an object.",
        ),
    ],
)
async def test_a_field_of_several_forms_is_named_as_the_client_sent_it(
    client: httpx.AsyncClient, body: object, field: str, problem: str, mend: str
) -> None:
    response = await client.post("/v1/receipts", json=body)
    [error] = response.json()["errors"]
    assert response.status_code == 422
    assert error["field"] == field
    assert problem in error["problem"]
    assert mend in error["mend"]


async def test_a_mistyped_id_is_named_with_its_mend(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/sales/of/7K3M-92QX-F4TG")
    assert problem_of(response)["errors"] == [
        {
            "field": "customer_id",
            "problem": "has a wrong check character",
            "mend": "Type the twelve characters again as shown on the customer's card or screen.",
        }
    ]


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sales", json={"quantity": 1, "currency": "EUR"})
    assert "Add this field." in response.text
    assert '"field":"sold_at"' in response.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"quantity": ', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"quantity=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b" " * (2 << 20), "application/json", 413),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, content: bytes, media_type: str, status: int
) -> None:
    response = await client.post("/v1/sales", content=content, headers={"Content-Type": media_type})
    problem = problem_of(response)
    assert response.status_code == problem["status"] == status
    assert not seen


@pytest.mark.parametrize("content", [b'{"a": "\xff"}', b"[" * 100_000, b"9" * 5_000])
async def test_bytes_that_hold_no_json_are_refused_with_the_mend(
    client: httpx.AsyncClient, content: bytes
) -> None:
    response = await client.post(
        "/v1/sales", content=content, headers={"Content-Type": "application/json"}
    )
    assert problem_of(response)["type"] == "urn:carnet:problem:malformed-json"
    assert "UTF-8" in response.json()["detail"]


async def test_a_refusal_is_not_larger_than_what_it_refuses(client: httpx.AsyncClient) -> None:
    fields = {f"unknown-{number}": 1 for number in range(10_000)} | {"x" * 10_000: 1}
    response = await client.post("/v1/sales", json=GOOD | fields)
    errors = response.json()["errors"]
    assert len(errors) == 51
    assert errors[-1]["problem"] == "9951 more problems are not told"
    assert len(response.content) < 10_000


async def test_nobody_is_sent_on_to_the_services_own_address(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sales/", json=GOOD)
    assert response.status_code == 404
    assert "location" not in response.headers


async def test_a_call_past_the_gateway_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sales", json=GOOD, headers={"Carnet-Principal": "forged"})
    assert response.status_code == 401
    assert problem_of(response)["type"] == "urn:carnet:problem:principal-not-vouched-for"


async def test_a_missing_scope_is_named(
    client: httpx.AsyncClient, principal_keys: tuple[str, str]
) -> None:
    token = PrincipalSigner(principal_keys[0]).sign(Principal("reader", frozenset()))
    response = await client.post("/v1/sales", json=GOOD, headers={"Carnet-Principal": token})
    assert response.status_code == 403
    assert "orders:write" in str(problem_of(response)["detail"])


async def test_a_refusal_is_a_named_fact(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/sales/twice")
    assert response.status_code == 409
    assert problem_of(response) == {
        "type": "urn:carnet:problem:already-sold",
        "title": "It has been sold already",
        "status": 409,
        "detail": "Look at the first sale.",
    }


async def test_a_failure_of_ours_says_nothing_of_its_values(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/sales/broken")
    assert response.status_code == 500
    assert "jane" not in response.text
    assert problem_of(response)["type"] == "urn:carnet:problem:internal-error"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/v1/sales", 405)]
)
async def test_what_is_not_served_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert response.status_code == problem_of(response)["status"] == status


async def test_health_and_metrics_need_no_caller(client: httpx.AsyncClient) -> None:
    await client.post("/v1/sales", json=GOOD)
    for path in ("/livez", "/readyz", "/metrics"):
        response = await client.get(path, headers={"Carnet-Principal": ""})
        assert response.status_code == 200
    assert 'http_route="/v1/sales"' in response.text
