"""What cannot be taken is a 4xx that names the field and the mend; nothing is stored."""

from typing import Any

import httpx
import pytest

from complaints.store import tables
from tests.complaints.conftest import CUSTOMER, Count, MakeClient, a_complaint

CLAIM = {"source": "web-fr", "external_id": "visitor-1"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"channel": None}, "channel"),
        ({"source": ""}, "source"),
        ({"source": "call\tcentre"}, "source"),
        ({"source": "x" * 200}, "source"),
        ({"external_ref": ""}, "external_ref"),
        ({"external_ref": 77}, "external_ref"),
        ({"category": "Late Delivery"}, "category"),
        ({"subject": "   "}, "subject"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "x" * 301}, "subject"),
        ({"text": None}, "text"),
        ({"text": "nul\x00"}, "text"),
        ({"text": ["a", "list"]}, "text"),
        ({"text": "x" * 50_001}, "text"),
        ({"language": "french"}, "language"),
        ({"country": "UK"}, "country"),
        ({"country": None}, "country"),
        ({"brand": "b\x00"}, "brand"),
        ({"order_id": "cmp_01jzq3v5c8e7m9r2t4w6y8a0bd"}, "order_id"),
        ({"order_id": "17"}, "order_id"),
        ({"customer_id": "7K3M-92QX-F4TG"}, "customer_id"),
        ({"customer_id": "somebody"}, "customer_id"),
        ({"customer_id": CUSTOMER, "customer": CLAIM}, "customer"),
        ({"customer": {"source": "web-fr"}}, "customer.external_id"),
        ({"filed_at": "2026-03-02T10:15:00"}, "filed_at"),
        ({"filed_at": "yesterday"}, "filed_at"),
        ({"filed_at": 1_700_000_000}, "filed_at"),
        ({"filed_at": "1700000000"}, "filed_at"),
        ({"filed_at": "0001-01-01T00:00:00+14:00"}, "filed_at"),
        ({"filed_at": "9999-12-31T23:59:59-12:00"}, "filed_at"),
        ({"agent": "agent-7"}, "agent"),
    ],
)
async def test_a_bad_complaint_is_refused_by_field(
    client: httpx.AsyncClient, count: Count, changes: dict[str, Any], field: str
) -> None:
    answer = await client.post("/v1/complaints", json=a_complaint(**changes))
    assert answer.status_code == 422, answer.text
    [problem] = answer.json()["errors"]
    assert problem["field"] == field
    assert problem["mend"]
    assert await count(tables.complaints) == 0


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"channel": "web"', "application/json", 400),
        (b'{"channel": "\\ud800"}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
        (b"channel=web", "application/x-www-form-urlencoded", 415),
        (b'{"text": "' + b"x" * (2 << 20) + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, count: Count, content: bytes, media_type: str, status: int
) -> None:
    answer = await client.post(
        "/v1/complaints", content=content, headers={"Content-Type": media_type}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert await count(tables.complaints) == 0


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/answers", {"text": "Soon.", "by": ""}, "by"),
        ("/answers", {"text": "", "by": "agent-7"}, "text"),
        ("/answers", {"text": "Soon.", "by": "agent-7", "kind": "shout"}, "kind"),
        ("/resolve", {"text": "Mended.", "by": "agent-7"}, "resolution"),
        ("/resolve", {"text": "Mended.", "by": "agent-7", "resolution": "lawsuit"}, "resolution"),
        ("/reopen", {"by": "agent-7"}, "text"),
    ],
)
async def test_a_bad_step_is_refused_by_field(
    client: httpx.AsyncClient, count: Count, path: str, body: dict[str, str], field: str
) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    answer = await client.post(f"/v1/complaints/{filed['complaint_id']}{path}", json=body)
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)
    assert await count(tables.history_entries) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("customer_id=7K3M-92QX-F4TG", "customer_id"),
        ("status=lost", "status"),
        ("team=%00", "team"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyJjbXBfMSJd", "cursor"),
    ],
)
async def test_a_bad_question_is_refused_by_parameter(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/v1/complaints?{query}")
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["field"], bool(problem["mend"])) == (field, True)


async def test_an_id_of_another_kind_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/complaints/ord_01jzq3v5c8e7m9r2t4w6y8a0bd")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "complaint_id"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/complaints"),
        ("POST", "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd/answers"),
        ("POST", "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd/resolve"),
        ("POST", "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd/reopen"),
        ("PUT", "/v1/routing-rules"),
    ],
)
async def test_who_may_only_read_may_not_write(
    make_client: MakeClient, method: str, path: str
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "/v1/complaints": a_complaint(),
        "/v1/routing-rules": {"default_team": "customer-care", "rules": []},
    }
    body = bodies.get(path, {"text": "Soon.", "by": "agent-7", "resolution": "repair"})
    if not path.endswith("/resolve"):
        body = {name: value for name, value in body.items() if name != "resolution"}
    answer = await make_client("complaints:read").request(method, path, json=body)
    assert answer.status_code == 403
    assert "complaints:write" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/complaints",
        "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd",
        "/v1/routing-rules",
        "/v1/teams",
    ],
)
async def test_who_may_only_write_may_not_read(make_client: MakeClient, path: str) -> None:
    assert (await make_client("complaints:write").get(path)).status_code == 403


async def test_a_caller_without_the_gateways_word_is_unknown(make_client: MakeClient) -> None:
    client = make_client("complaints:write")
    del client.headers["Carnet-Principal"]
    assert (await client.post("/v1/complaints", json=a_complaint())).status_code == 401
