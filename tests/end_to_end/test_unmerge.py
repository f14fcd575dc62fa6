"""Two people are taken for one and told apart again: every part is as if nothing had been."""

from functools import partial
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually
from tests.end_to_end.persons import Person, clerk

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

WHY = "for a test of unmerging"


def pair(client: httpx.Client, name: str) -> tuple[Person, Person]:
    """Have two people come of whom the first is the older customer."""
    return (
        Person.come(client, f"{name}-1", given_name="Odile", family_name="Marchand"),
        Person.come(client, f"{name}-2", given_name="Kenji", family_name="Watanabe"),
    )


def view(client: httpx.Client, customer_id: str) -> dict[str, Any]:
    """Give the 360 view without how often and when something was announced."""
    whole: dict[str, Any] = client.get(f"/v1/customers/{customer_id}/360").json()
    record: dict[str, Any] = whole["customer"] or {}
    for name in ("version", "updated_at"):
        record.pop(name, None)
    return whole


def counts(client: httpx.Client, customer_id: str) -> tuple[object, ...]:
    """Give how many orders, complaints and purchases each part counts."""
    whole = view(client, customer_id)
    purchases: dict[str, Any] = whole["purchases"] or {"totals": []}
    complaints: dict[str, Any] = whole["complaints"] or {"items": []}
    indicators: dict[str, Any] = whole["indicators"] or {}
    return (
        whole["missing"],
        sum(total["order_count"] for total in purchases["totals"]),
        len(complaints["items"]),
        indicators.get("frequency"),
        indicators.get("open_complaints"),
    )


def merge(client: httpx.Client, one: Person, other: Person) -> dict[str, Any]:
    body = {"other_customer_id": other.customer_id, "reason": WHY}
    answer = client.post(f"/v1/customers/{one.customer_id}/merge", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def unmerge(client: httpx.Client, merged: dict[str, Any], also: list[str]) -> None:
    body = {
        "retired_id": merged["retired_id"],
        "reason": WHY,
        "also_source_record_ids": also,
    }
    answer = client.post(f"/v1/customers/{merged['survivor_id']}/unmerge", json=body)
    assert answer.status_code == 200, answer.text


def test_a_merge_that_is_undone_leaves_no_trace_in_any_part(house: House) -> None:
    with clerk(house) as client:
        one, other = pair(client, "trace")
        for person in (one, other):
            person.buy(client, by_claim=True)
            person.buy(client, by_claim=False)
            person.complain(client)
            eventually(partial(counts, client, person.customer_id), ([], 2, 1, 2, 1))
        before = [view(client, person.customer_id) for person in (one, other)]

        merged = merge(client, one, other)
        for person in (one, other):
            eventually(partial(counts, client, person.customer_id), ([], 4, 2, 4, 2))
        assert view(client, other.customer_id)["customer_id"] == merged["survivor_id"]
        unmerge(client, merged, [])

        for person in (one, other):
            eventually(partial(counts, client, person.customer_id), ([], 2, 1, 2, 1))
        assert [view(client, person.customer_id) for person in (one, other)] == before


def test_what_came_in_between_follows_its_source_record_in_every_part(house: House) -> None:
    with clerk(house) as client:
        one, other = pair(client, "between")
        one.buy(client, by_claim=True)
        other.buy(client, by_claim=True)
        merged = merge(client, one, other)
        survivor, retired = (
            (one, other) if merged["survivor_id"] == one.customer_id else (other, one)
        )
        retired.buy(client, by_claim=True)
        retired.complain(client, by_claim=True)
        survivor.buy(client, by_claim=False)
        retired.buy(client, by_claim=False)  # told under the id that is retired by now
        eventually(partial(counts, client, survivor.customer_id), ([], 5, 1, 5, 1))

        unmerge(client, merged, [])

        eventually(partial(counts, client, survivor.customer_id), ([], 2, 0, 2, 0))
        eventually(partial(counts, client, retired.customer_id), ([], 3, 1, 3, 1))
        assert view(client, retired.customer_id)["retired_id"] is None
