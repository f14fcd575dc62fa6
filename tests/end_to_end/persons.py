"""People who buy and complain in the journeys, and the clerk who may do everything for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from tests.end_to_end.house import SCOPES, House

_numbers = count(1)


def clerk(house: House) -> httpx.Client:
    """Give a client whose key may steward, export and erase."""
    scopes = f"{SCOPES},customers:steward,customers:privacy"
    made = house.carnet("keys", "create", "--name", "clerk", "--scopes", scopes, "--json")
    client = house.client(json.loads(made)["key"])
    client.headers["X-Actor"] = "clerk-7"
    return client


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a source record of their own, known to the house."""

    claim: dict[str, Any]
    customer_id: str
    source_record_id: str

    @classmethod
    def come(cls, client: httpx.Client, external_id: str, **told: Any) -> Person:
        """Have somebody come whom no channel had met."""
        record = {
            "channel": "web",
            "country": "FR",
            "emails": [f"{external_id}@example.com"],
            **told,
        }
        answer = client.put(f"/v1/source-records/persons/{external_id}", json=record)
        assert answer.status_code in {200, 201}, answer.text
        known = answer.json()
        claim = {"source": "persons", "external_id": external_id, **record}
        return cls(claim, known["customer_id"], known["source_record_id"])

    def buy(self, client: httpx.Client, *, by_claim: bool, **more: Any) -> dict[str, Any]:
        """Buy something, named by the claim or by the customer id."""
        body = {
            "source": "persons",
            "external_ref": f"order-{next(_numbers)}",
            "channel": "web",
            "country": "FR",
            "currency": "EUR",
            "placed_at": "2026-03-01T10:15:00+01:00",
            "lines": [{"sku": "SCARF-1", "quantity": 1, "unit_price_minor": 19_500}],
            **self._named(by_claim=by_claim),
            **more,
        }
        answer = client.post("/v1/orders", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def complain(
        self, client: httpx.Client, *, by_claim: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Complain, named by the claim or by the customer id."""
        body = {
            "source": "persons",
            "channel": "phone",
            "subject": "The clasp is loose",
            "text": "The clasp of my bag is loose.",
            "country": "FR",
            **self._named(by_claim=by_claim),
            **more,
        }
        answer = client.post("/v1/complaints", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def _named(self, *, by_claim: bool) -> dict[str, Any]:
        return {"customer": self.claim} if by_claim else {"customer_id": self.customer_id}
