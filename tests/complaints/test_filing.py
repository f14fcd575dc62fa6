"""Filing: a complaint is stored, given to a team that is explained, and announced."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import select

from chassis.database import Database
from complaints.store import tables
from tests.complaints.conftest import CUSTOMER, SOURCE_RECORD, Count, a_complaint

Outbox = Callable[[], Awaitable[list[dict[str, Any]]]]
CLAIM = {"source": "web-fr", "external_id": "visitor-1", "emails": ["nobody@example.com"]}
RESOLVED = {"Carnet-Customer-Id": CUSTOMER, "Carnet-Source-Record-Id": SOURCE_RECORD}


async def test_a_complaint_is_filed_and_given_to_a_team_with_its_reason(
    client: httpx.AsyncClient,
) -> None:
    body = a_complaint(subject="Ma bague est rayée", language="fr-FR", country="fr")
    answer = await client.post("/v1/complaints", json=body)
    assert answer.status_code == 201, answer.text
    filed = answer.json()
    assert filed["status"] == "routed"
    assert filed["country"] == "FR"
    assert filed["team"] == "care-fr"
    assert filed["routing"] == {
        "team": "care-fr",
        "rule": "french",
        "reasons": ["the language is fr"],
        "table_version": 1,
    }


async def test_what_matches_no_rule_goes_to_the_default_team(client: httpx.AsyncClient) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    assert filed["team"] == "customer-care"
    assert filed["routing"]["rule"] is None


async def test_a_complaint_is_read_back_with_its_text_and_history(
    client: httpx.AsyncClient,
) -> None:
    body = a_complaint(
        category="delivery",
        external_ref="call-77",
        order_id="ord_01jzq3v5c8e7m9r2t4w6y8a0bf",
        customer_id="7k3m92qxf4tf",
        store="London",
        filed_at="2026-03-02T10:15:00+01:00",
    )
    filed = (await client.post("/v1/complaints", json=body)).json()
    read = (await client.get(f"/v1/complaints/{filed['complaint_id']}")).json()
    assert read["text"] == body["text"]
    assert read["filed_at"] == "2026-03-02T09:15:00Z"
    assert read["customer_id"] == CUSTOMER
    assert [entry["step"] for entry in read["history"]] == ["filed", "routed"]
    assert read["history"][1]["team"] == "delivery"
    assert {name: read[name] for name in filed} == filed


async def test_a_filed_complaint_is_announced_without_what_was_written(
    client: httpx.AsyncClient, outbox: Outbox
) -> None:
    filed = (await client.post("/v1/complaints", json=a_complaint(customer_id=CUSTOMER))).json()
    announced = await outbox()
    assert [event["type"] for event in announced] == ["complaint.filed.v1", "complaint.routed.v1"]
    assert [event["sequence"] for event in announced] == [1, 2]
    assert {event["aggregateid"] for event in announced} == {filed["complaint_id"]}
    assert announced[0]["payload"] == {
        "complaint_id": filed["complaint_id"],
        "customer_id": CUSTOMER,
        "source_record_id": None,
        "order_id": None,
        "channel": "phone",
        "category": None,
        "filed_at": filed["filed_at"],
    }


async def test_a_claim_that_the_gateway_resolved_names_the_customer_and_the_source_record(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/v1/complaints", json=a_complaint(customer=CLAIM), headers=RESOLVED)
    assert answer.status_code == 201, answer.text
    assert answer.json()["customer_id"] == CUSTOMER
    assert answer.json()["source_record_id"] == SOURCE_RECORD


async def test_a_claim_that_nobody_resolved_is_refused_and_names_the_part(
    client: httpx.AsyncClient, count: Count
) -> None:
    answer = await client.post("/v1/complaints", json=a_complaint(customer=CLAIM))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"].endswith(":customer-not-resolved")
    assert answer.json()["part"] == "customer"
    assert await count(tables.complaints) == 0


async def test_nothing_of_a_claim_is_kept(client: httpx.AsyncClient, database: Database) -> None:
    headers = RESOLVED | {"Idempotency-Key": "once"}
    await client.post("/v1/complaints", json=a_complaint(customer=CLAIM), headers=headers)
    for table in tables.METADATA.tables.values():
        async with database.engine.connect() as connection:
            rows = (await connection.execute(select(table))).all()
        assert "nobody@example.com" not in repr(rows)


async def test_the_headers_of_the_gateway_mean_nothing_without_a_claim(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/v1/complaints", json=a_complaint(), headers=RESOLVED)
    assert answer.json()["customer_id"] is None


async def test_the_same_reference_and_words_give_the_complaint_filed_first(
    client: httpx.AsyncClient, count: Count, outbox: Outbox
) -> None:
    body = a_complaint(external_ref="call-77")
    first = (await client.post("/v1/complaints", json=body)).json()
    second = await client.post("/v1/complaints", json=body)
    assert second.status_code == 201
    assert second.json() == first
    assert await count(tables.complaints) == 1
    assert len(await outbox()) == 2


async def test_a_reference_names_one_complaint_for_ever(
    client: httpx.AsyncClient, count: Count
) -> None:
    await client.post("/v1/complaints", json=a_complaint(external_ref="call-77"))
    other = a_complaint(external_ref="call-77", text="The box was empty.")
    refused = await client.post("/v1/complaints", json=other)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "external_ref"
    elsewhere = await client.post("/v1/complaints", json=other | {"source": "web-fr"})
    assert elsewhere.status_code == 201
    assert await count(tables.complaints) == 2


async def test_a_complaint_that_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    for call in (
        client.get("/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd"),
        client.post(
            "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bd/answers", json={"text": "x", "by": "a"}
        ),
    ):
        answer = await call
        assert answer.status_code == 404
        assert answer.json()["type"].endswith(":complaint-not-found")
