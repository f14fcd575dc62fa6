"""Parcels of the journeys, and a house that has learnt how slow a carrier is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.end_to_end.house import House
from tests.end_to_end.persons import Person

SLOW = "tortoise"
"""A carrier that takes eighteen days."""

_TAUGHT = 60


def ship(client: httpx.Client, order_id: str, *parcels: dict[str, Any]) -> list[str]:
    """Hand parcels over to the slow carrier; gives their ids."""
    told = [{"carrier": SLOW, "destination": "FR-75", **parcel} for parcel in parcels]
    answer = client.post(f"/v1/orders/{order_id}/shipments", json={"parcels": told})
    assert answer.status_code == 201, answer.text
    return [parcel["parcel_id"] for parcel in answer.json()["parcels"]]


def tell(client: httpx.Client, parcel_id: str, status: str, *, at: datetime) -> None:
    """Tell of a parcel what its carrier told."""
    body = {"status": status, "occurred_at": at.isoformat()}
    answer = client.post(f"/v1/parcels/{parcel_id}/tracking-events", json=body)
    assert answer.status_code == 201, answer.text


def teach(house: House, client: httpx.Client, person: Person) -> None:
    """Have the house learn how long the slow carrier takes."""
    now = datetime.now(UTC)
    order_id = person.buy(client, by_claim=False)["order_id"]
    numbers = [{"tracking_number": f"T-{number}"} for number in range(_TAUGHT)]
    for parcel_id in ship(client, order_id, *numbers):
        tell(client, parcel_id, "picked_up", at=now - timedelta(days=40))
        tell(client, parcel_id, "delivered", at=now - timedelta(days=22))
    house.carnet("orders", "lateness", "train")


def soon(days: float) -> str:
    """Give a promise that ends after so many days."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()
