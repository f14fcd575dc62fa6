"""What befalls a parcel is a complaint within seconds, once, and the customer's own."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually
from tests.end_to_end.persons import Person, clerk

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

PROMISED_SECONDS = 5


def ship(client: httpx.Client, order_id: str, number: str, **told: Any) -> dict[str, Any]:
    parcel = {"carrier": "laposte", "tracking_number": number, "destination": "FR-75", **told}
    answer = client.post(f"/v1/orders/{order_id}/shipments", json={"parcels": [parcel]})
    assert answer.status_code == 201, answer.text
    return answer.json()["parcels"][0]


def tell(client: httpx.Client, parcel_id: str, status: str, *, minutes: int) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    body = {"status": status, "occurred_at": at.isoformat()}
    answer = client.post(f"/v1/parcels/{parcel_id}/tracking-events", json=body)
    assert answer.status_code == 201, answer.text


def complaints_of(client: httpx.Client, customer_id: str) -> list[tuple[str, str]]:
    found = client.get(f"/v1/complaints?customer_id={customer_id}").json()["items"]
    return sorted((one["parcel_id"], one["incident"]) for one in found)


def test_a_lost_parcel_is_one_complaint_of_its_customer_in_less_than_five_seconds(
    house: House,
) -> None:
    with house.client() as client:
        person = Person.come(client, "waiting-1")
        order = person.buy(client, by_claim=True)
        parcel = ship(client, order["order_id"], "INC-1")["parcel_id"]
        tell(client, parcel, "in_transit", minutes=60)
        begun = time.monotonic()
        tell(client, parcel, "lost_or_damaged", minutes=30)
        opened = [(parcel, "lost_or_damaged")]
        eventually(lambda: complaints_of(client, person.customer_id), opened, seconds=30)
        seconds = time.monotonic() - begun
        assert seconds < PROMISED_SECONDS

        tell(client, parcel, "lost_or_damaged", minutes=10)
        tell(client, parcel, "in_transit", minutes=5)
        other = ship(client, person.buy(client, by_claim=True)["order_id"], "INC-2")["parcel_id"]
        for minutes, status in ((50, "attempt_failed"), (40, "out_for_delivery")):
            tell(client, other, status, minutes=minutes)
        tell(client, other, "attempt_failed", minutes=30)
        opened = sorted([*opened, (other, "attempt_failed")])
        eventually(lambda: complaints_of(client, person.customer_id), opened, seconds=30)


def test_its_complaint_goes_with_the_merge_and_is_nobodys_after_the_erasure(
    house: House,
) -> None:
    with clerk(house) as client:
        one, other = Person.come(client, "waiting-2"), Person.come(client, "waiting-3")
        order = one.buy(client, by_claim=True)
        parcel = ship(client, order["order_id"], "INC-3")["parcel_id"]
        tell(client, parcel, "return_to_sender", minutes=30)
        opened = [(parcel, "return_to_sender")]
        eventually(lambda: complaints_of(client, one.customer_id), opened, seconds=30)

        body = {"other_customer_id": other.customer_id, "reason": "the same person"}
        answer = client.post(f"/v1/customers/{one.customer_id}/merge", json=body)
        assert answer.status_code == 200, answer.text
        survivor = answer.json()["survivor_id"]
        eventually(lambda: complaints_of(client, survivor), opened, seconds=30)
        [complaint] = client.get(f"/v1/complaints?customer_id={survivor}").json()["items"]

        asked = {"reason": "art-17-request", "requested_by": "desk-3"}
        client.post(f"/v1/customers/{survivor}/erasures", json=asked)
        url = f"/v1/complaints/{complaint['complaint_id']}"

        def left() -> tuple[str | None, str]:
            file = client.get(url).json()
            return file["customer_id"], file["text"]

        eventually(left, (None, "(erased)"), seconds=30)
