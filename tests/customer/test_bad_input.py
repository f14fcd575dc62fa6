"""Bad input is refused with the field and the mend, and nothing of it is stored."""

from typing import Any

import httpx
import pytest

from chassis.paging import encode_cursor
from chassis.principal import HEADER, Principal, PrincipalSigner
from tests.customer.conftest import House

GOOD: dict[str, Any] = {"channel": "shop", "country": "FR"}
ADDRESS = "/v1/source-records/till/1"
RECORD_ID = "src_01h455vb4pex5vsknk084sn02q"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": None}, "channel"),
        ({"channel": ""}, "channel"),
        ({"channel": "a\nb"}, "channel"),
        ({"country": None}, "country"),
        ({"country": "x" * 65}, "country"),
        ({"colour": "blue"}, "colour"),
        ({"given_name": 7}, "given_name"),
        ({"given_name": "x" * 201}, "given_name"),
        ({"given_name": "a\0b"}, "given_name"),
        ({"emails": "a@example.com"}, "emails"),
        ({"emails": [None]}, "emails.0"),
        ({"emails": ["a@example.com"] * 21}, "emails"),
        ({"phones": [33612345678]}, "phones.0"),
        ({"addresses": [{"street": "x"}]}, "addresses.0.street"),
        ({"addresses": [{"country": 33}]}, "addresses.0.country"),
        ({"official_ids": [{"kind": "passport"}]}, "official_ids.0.value"),
        ({"official_ids": ["12AB34567"]}, "official_ids.0"),
        ({"birth_date": 19900101}, "birth_date"),
        ({"birth_year": 10**30}, "birth_year"),
        ({"birth_day": -(2**64)}, "birth_day"),
        ({"observed_at": "2026-03-01T10:00:00"}, "observed_at"),
        ({"observed_at": "yesterday"}, "observed_at"),
        ({"observed_at": 1772359200}, "observed_at"),
        ({"observed_at": "1772359200"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+12:00"}, "observed_at"),
        ({"extra": {"a": 1}}, "extra.a"),
    ],
)
async def test_a_wrong_field_is_named_with_its_mend(
    house: House, change: dict[str, Any], field: str
) -> None:
    body = {name: value for name, value in (GOOD | change).items() if value is not None}

    answer = await house.http.put(ADDRESS, json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert error["problem"]
    assert error["mend"]
    assert await house.count("source_records") == await house.count("outbox") == 0


@pytest.mark.parametrize("path", ["source-records/till/1", "source-records/batch"])
async def test_a_part_of_a_date_of_no_form_is_named_as_it_was_sent(house: House, path: str) -> None:
    record = GOOD | {"birth_day": {"day": 1}}
    if path.endswith("batch"):
        item = {**record, "source": "till", "external_id": "1"}
        answer = await house.http.post(f"/v1/{path}", json=[item])
        [problem] = answer.json()[0]["problem"]["errors"]
    else:
        [problem] = (await house.http.put(f"/v1/{path}", json=record)).json()["errors"]

    assert problem == {
        "field": "birth_day",
        "problem": "has none of the forms it may have",
        "mend": "Send a whole number, or send a text.",
    }


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "application/json"}, 422),
        (b"null", {"Content-Type": "application/json"}, 422),
        (b"", {"Content-Type": "application/json"}, 422),
        (b"\xff\xfe", {"Content-Type": "application/json"}, 400),
        (b'{"channel": "shop", "country": "FR"}', {"Content-Type": "text/plain"}, 415),
        (b'{"x": "' + b"x" * 2_000_000 + b'"}', {"Content-Type": "application/json"}, 413),
        (
            b'{"channel": "shop", "country": "FR", "given_name": "\\ud800"}',
            {"Content-Type": "application/json"},
            422,
        ),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    house: House, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await house.http.put(ADDRESS, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert await house.count("source_records") == 0


@pytest.mark.parametrize("path", ["-bad/1", "till/a%00b", "t" * 65 + "/1", "till/" + "1" * 201])
async def test_a_wrong_key_is_refused(house: House, path: str) -> None:
    answer = await house.http.put(f"/v1/source-records/{path}", json=GOOD)

    assert answer.status_code == 422
    assert await house.count("source_records") == 0


@pytest.mark.parametrize(
    ("customer_id", "status"),
    [
        ("7K3M-92QX-F4TF", 404),
        ("7K3M-92QX-F4TA", 422),
        ("7K3M", 422),
        ("7K3M-92QX-F4T!", 422),
    ],
)
@pytest.mark.parametrize("path", ["customers/{}", "customers/{}/source-records", "aliases/{}"])
async def test_a_mistyped_id_is_refused_before_any_look_up(
    house: House, path: str, customer_id: str, status: int
) -> None:
    answer = await house.http.get(f"/v1/{path.format(customer_id)}")

    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["field"] == "customer_id"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"email": "a@example.com", "phone": "+33612345678"}, "body"),
        ({"email": "wrong"}, "email"),
        ({"phone": "0612345678"}, "phone"),
        ({"phone": "0612345678", "country": "XX"}, "country"),
        ({"card": "0"}, "card"),
        ({"name": "a"}, "name"),
        ({"name": "---"}, "name"),
        ({"customer_id": "7K3M-92QX-F4TA"}, "customer_id"),
        ({"name": "anna", "limit": 1000}, "limit"),
        ({"name": "anna", "cursor": "nonsense"}, "cursor"),
        ({"email": "a@example.com", "cursor": encode_cursor("\0", RECORD_ID)}, "cursor"),
        ({"colour": "blue", "name": "anna"}, "colour"),
    ],
)
async def test_a_search_that_cannot_be_made_says_why(
    house: House, body: dict[str, Any], field: str
) -> None:
    answer = await house.http.post("/v1/customers/search", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert all(error["mend"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "bm90IGpzb24",
        "WyJ4IiwieSJd",
        "WzEsMl0",
        encode_cursor("0001-01-01T00:00:00+14:00", RECORD_ID),
    ],
)
async def test_a_cursor_that_was_not_given_out_is_refused(house: House, cursor: str) -> None:
    known = await house.put("1")

    answer = await house.http.get(
        f"/v1/customers/{known['customer_id']}/source-records", params={"cursor": cursor}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("PUT", "source-records/till/1", "customers:write"),
        ("POST", "source-records/batch", "customers:write"),
        ("GET", "source-records/till/1", "customers:read"),
        ("GET", "customers/7K3M-92QX-F4TF", "customers:read"),
        ("GET", "customers/7K3M-92QX-F4TF/source-records", "customers:read"),
        ("GET", "aliases/7K3M-92QX-F4TF", "customers:read"),
        ("POST", "customers/search", "customers:read"),
    ],
)
async def test_every_operation_needs_its_scope_and_a_caller(
    house: House, principal_keys: tuple[str, str], method: str, path: str, scope: str
) -> None:
    every_other = {"customers:read", "customers:write", "orders:read"} - {scope}
    token = PrincipalSigner(principal_keys[0]).sign(Principal("x", frozenset(every_other)))
    body = [{"source": "till", "external_id": "1", **GOOD}] if path.endswith("batch") else GOOD

    async def call(headers: dict[str, str]) -> httpx.Response:
        return await house.http.request(method, f"/v1/{path}", json=body, headers=headers)

    assert (await call({HEADER: token})).status_code == 403
    assert (await call({HEADER: "forged"})).status_code == 401
    assert await house.count("source_records") == 0
