"""Retention rules: what a machine ends by itself, what it only lists, and what it never touches."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import unit_of_work
from customer.domain.retention import Kept
from customer.jobs.apply_retention import keep_applying_retention
from customer.use_cases.retention import apply_retention
from tests.customer.conftest import House

NOW = datetime.now(UTC)


async def lay_down(house: House, what: str, after_days: int, action: str) -> dict[str, Any]:
    body = {"after_days": after_days, "action": action}
    answer = await house.http.put(f"/v1/retention-rules/{what}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def due(house: House, what: str, **params: Any) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/retention-rules/{what}/due", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids_due(house: House, what: str, **params: Any) -> list[str]:
    return [one["customer_id"] for one in (await due(house, what, **params))["customers"]]


async def age(house: House, table: str, column: str, days: int) -> None:
    """Make all rows of a table older than they are."""
    async with unit_of_work(house.database) as tx:
        query = f"UPDATE {table} SET {column} = {column} - :days * interval '1 day'"  # noqa: S608
        await tx.execute(text(query), {"days": days})


async def note_reads(house: House, count: int, days_ago: int) -> None:
    async with unit_of_work(house.database) as tx:
        query = """INSERT INTO customer_reads (customer_id, client_id, what, times, read_at)
                   SELECT 'A', 'till', 'customer', 1, :at FROM generate_series(1, :count)"""
        await tx.execute(text(query), {"at": NOW - timedelta(days=days_ago), "count": count})


async def test_old_reads_go_and_young_ones_stay(house: House) -> None:
    await note_reads(house, 6000, days_ago=400)
    await note_reads(house, 3, days_ago=300)
    await lay_down(house, "reads", 365, "delete")

    gone = await apply_retention(house.database, now=NOW)

    assert gone == {Kept.READS: 6000}
    assert await house.count("customer_reads") == 3
    [rule] = (await house.http.get("/v1/retention-rules")).json()["items"]
    assert (rule["what"], rule["applied_count"]) == ("reads", 6000)
    assert rule["applied_at"] is not None


async def test_without_a_rule_everything_is_kept(house: House) -> None:
    await note_reads(house, 5, days_ago=4000)

    assert await apply_retention(house.database, now=NOW) == {}
    assert await house.count("customer_reads") == 5


async def test_a_dry_run_says_what_a_rule_would_find_and_changes_nothing(house: House) -> None:
    await note_reads(house, 5, days_ago=400)

    tried = await due(house, "reads", after_days=365)
    longer = await due(house, "reads", after_days=500)

    assert (tried["count"], tried["at_least"], longer["count"]) == (5, False, 0)
    assert await house.count("customer_reads") == 5


async def test_inactive_customers_are_listed_for_a_person_and_never_erased(house: House) -> None:
    old = (await house.put("1", given_name="Aiko", emails=["a@example.com"]))["customer_id"]
    await age(house, "customers", "updated_at", 1000)
    await house.put("2", given_name="Paul", emails=["p@example.com"])
    await lay_down(house, "inactive-customers", 730, "propose")

    await apply_retention(house.database, now=NOW)

    assert await ids_due(house, "inactive-customers") == [old]
    assert (await house.customer(old))["given_name"] == "Aiko"


async def test_who_decided_something_lately_is_not_inactive(house: House) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]
    body = {"purpose": "marketing", "source": "till", "decision": "refused"}
    await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)
    await age(house, "customers", "updated_at", 1000)

    assert await ids_due(house, "inactive-customers", after_days=730) == []
    await age(house, "consents", "recorded_at", 1000)
    assert await ids_due(house, "inactive-customers", after_days=730) == [customer_id]


async def test_anonymous_customers_without_facts_are_listed(house: House) -> None:
    nobody = (await house.put("1"))["customer_id"]
    somebody = (await house.put("2", phones=["+33612345678"]))["customer_id"]
    named = (await house.put("3", given_name="Aiko"))["customer_id"]
    refuser = (await house.put("4"))["customer_id"]
    body = {"purpose": "marketing", "source": "till", "decision": "refused"}
    await house.http.post(f"/v1/customers/{refuser}/consents", json=body)
    await age(house, "customers", "updated_at", 100)

    found = await ids_due(house, "anonymous-customers", after_days=90)

    assert found == [nobody]
    assert not {somebody, named, refuser} & set(found)


async def test_a_customer_into_whom_others_were_merged_is_not_anonymous(house: House) -> None:
    older, younger = (await house.put("1"))["customer_id"], (await house.put("2"))["customer_id"]
    body = {"other_customer_id": younger, "reason": "same face"}
    await house.http.post(f"/v1/customers/{older}/merge", json=body)
    await age(house, "customers", "updated_at", 100)

    assert await ids_due(house, "anonymous-customers", after_days=90) == []


async def test_what_is_due_is_listed_page_by_page(house: House) -> None:
    put = {(await house.put(str(number)))["customer_id"] for number in range(5)}
    await age(house, "customers", "updated_at", 100)
    seen: list[str] = []
    cursor: str | None = None

    while cursor is not None or not seen:
        params = {"after_days": 90, "limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = await due(house, "anonymous-customers", **params)
        assert page["count"] == 5
        seen += [one["customer_id"] for one in page["customers"]]
        cursor = page["next_cursor"]

    assert len(seen) == 5
    assert set(seen) == put


async def test_old_interactions_go_when_the_house_says_so(house: House) -> None:
    customer_id = (await house.put("1", given_name="Aiko"))["customer_id"]
    for at in ("2020-01-01T10:00:00Z", NOW.isoformat()):
        body = {
            "customer_id": customer_id,
            "source": "crm",
            "channel": "phone",
            "begun_by": "customer",
            "at": at,
        }
        answer = await house.http.post("/v1/interactions", json=body)
        assert answer.status_code < 300, answer.text
    await lay_down(house, "interactions", 365, "propose")
    assert await apply_retention(house.database, now=NOW) == {}
    assert (await due(house, "interactions"))["count"] == 1

    await lay_down(house, "interactions", 365, "delete")

    assert await apply_retention(house.database, now=NOW) == {Kept.INTERACTIONS: 1}
    assert await house.count("interactions") == 1


async def test_a_rule_is_changed_and_taken_back(house: House) -> None:
    await lay_down(house, "reads", 365, "delete")
    changed = await lay_down(house, "reads", 30, "delete")

    gone = await house.http.delete("/v1/retention-rules/reads")
    again = await house.http.delete("/v1/retention-rules/reads")
    unruled = await house.http.get("/v1/retention-rules/reads/due")

    assert changed["after_days"] == 30
    assert (gone.status_code, again.status_code, unruled.status_code) == (204, 404, 404)


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("inactive-customers", {"after_days": 730, "action": "delete"}),
        ("anonymous-customers", {"after_days": 730, "action": "delete"}),
        ("reads", {"after_days": 365, "action": "propose"}),
        ("reads", {"after_days": 0, "action": "delete"}),
        ("reads", {"after_days": 10**9, "action": "delete"}),
        ("reads", {"after_days": 365, "action": "burn"}),
        ("orders", {"after_days": 365, "action": "delete"}),
    ],
)
async def test_a_rule_that_no_machine_may_apply_is_refused(
    house: House, what: str, body: dict[str, Any]
) -> None:
    answer = await house.http.put(f"/v1/retention-rules/{what}", json=body)

    assert answer.status_code == 422
    assert (await house.http.get("/v1/retention-rules")).json()["items"] == []


@pytest.mark.parametrize("params", [{"after_days": 0}, {"after_days": 90, "cursor": "x"}])
async def test_a_dry_run_of_nothing_is_refused(house: House, params: dict[str, Any]) -> None:
    path = "/v1/retention-rules/anonymous-customers/due"

    assert (await house.http.get(path, params=params)).status_code == 422


async def test_the_worker_applies_rules_until_it_is_told_to_stop(house: House) -> None:
    await note_reads(house, 3, days_ago=400)
    await lay_down(house, "reads", 365, "delete")
    stop = asyncio.Event()
    job = asyncio.create_task(keep_applying_retention(house.database, stop))

    for _ in range(200):
        if not await house.count("customer_reads"):
            break
        await asyncio.sleep(0.02)
    stop.set()
    await job

    assert await house.count("customer_reads") == 0
