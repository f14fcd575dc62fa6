"""Booked places and parcels at risk: what is told of them stands on Kafka, by its contract."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from tests.end_to_end.facts import Fact, facts, once
from tests.end_to_end.house import House, eventually
from tests.end_to_end.parcels import SLOW, ship, soon, teach
from tests.end_to_end.persons import Person

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

ZONE = {
    "country": "FR",
    "postcode_prefixes": ["75"],
    "time_zone": "Europe/Paris",
    "lead_minutes": 60,
    "opening": [
        {"weekday": day, "starts": starts, "capacity": 2}
        for day in range(7)
        for starts in ("08:00", "18:00")
    ],
}


def windows(client: httpx.Client) -> list[dict[str, Any]]:
    day = datetime.now(UTC).date() + timedelta(days=2)
    asked = {"country": "FR", "postcode": "75002", "from": day.isoformat()}
    return client.get("/v1/delivery-slots", params=asked).json()["slots"]


def of(kafka: str, topic: str, *keys: str) -> list[Fact]:
    return [fact for fact in once(facts(kafka, topic)) if fact.key in keys]


def test_a_booked_place_is_told_as_it_is_confirmed_moved_and_let_go(
    house: House, kafka: str
) -> None:
    with house.client() as client:
        order_id = Person.come(client, "slot-1").buy(client, by_claim=False)["order_id"]
        assert client.put("/v1/delivery-zones/paris", json=ZONE).is_success
        first, second, *_ = windows(client)
        place = {"zone": "paris", "starts_at": first["starts_at"]}
        hold_id = client.post("/v1/delivery-slots/holds", json=place).json()["hold_id"]
        url = f"/v1/delivery-slots/holds/{hold_id}"
        booked = client.post(f"{url}/confirm", json={"order_id": order_id})
        moved = client.post(f"{url}/move", json={"starts_at": second["starts_at"]})
        released = client.post(f"{url}/release", json={})
        assert [one.status_code for one in (booked, moved, released)] == [200] * 3

        def told() -> list[str]:
            return [fact.type for fact in of(kafka, "slots", hold_id)]

        eventually(told, ["slot.confirmed.v1", "slot.moved.v1", "slot.released.v1"], seconds=30)
        found = of(kafka, "slots", hold_id)
        assert {fact.data["order_id"] for fact in found} == {order_id}
        assert [fact.sequence for fact in found] == sorted(fact.sequence for fact in found)
        starts = [datetime.fromisoformat(fact.data["starts_at"]) for fact in found]
        told_of = [datetime.fromisoformat(each["starts_at"]) for each in (first, second, second)]
        assert starts == told_of


def test_a_parcel_at_risk_is_told_once_with_its_reasons(house: House, kafka: str) -> None:
    with house.client() as client:
        person = Person.come(client, "risk-1")
        teach(house, client, person)
        order_id = person.buy(client, by_claim=False)["order_id"]
        told = [
            {"tracking_number": "late", "promised_until": soon(2)},
            {"tracking_number": "early", "promised_until": soon(90)},
        ]
        late, early = ship(client, order_id, *told)

        def at_risk() -> list[tuple[str, str]]:
            risk = [fact for fact in of(kafka, "shipments", late, early) if "risk" in fact.type]
            return [(fact.type, fact.key) for fact in risk]

        eventually(at_risk, [("shipment.at-risk.v1", late)], seconds=30)
        [fact] = [one for one in of(kafka, "shipments", late) if "risk" in one.type]
        assert (fact.data["order_id"], fact.data["carrier"]) == (order_id, SLOW)
        assert fact.data["probability"] > 0.9
        listed = partial(client.get, "/v1/parcels/at-risk")
        assert late in [each["parcel_id"] for each in listed().json()["items"]]
