"""The orders worker is shot at any moment: no message, claim or warning is lost or told twice."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.end_to_end.facts import facts, once
from tests.end_to_end.house import House, eventually
from tests.end_to_end.mailbox import Mailbox
from tests.end_to_end.parcels import ship, soon, teach, tell
from tests.end_to_end.persons import Person

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

COUNT = 24
KILLS = 5
PATIENCE_SECONDS = 150
MESSAGES = ("confirmed", "shipped", "incident")


def sell(client: httpx.Client, number: int) -> str:
    """Sell to nobody yet, who claims the sale and hears of it."""
    body = {
        "source": "shot",
        "external_ref": f"shot-{number}",
        "channel": "web",
        "country": "FR",
        "currency": "EUR",
        "placed_at": datetime.now(UTC).isoformat(),
        "lines": [{"sku": "SCARF-1", "quantity": 2, "unit_price_minor": 19_500}],
        "contact": {"name": "Anna", "email": address(number), "language": "en"},
        "confirmed": True,
    }
    answer = client.post("/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    order_id: str = answer.json()["order_id"]
    claim = {"source": "shot", "external_id": str(number), "channel": "web", "country": "FR"}
    claimed = client.post(
        f"/v1/orders/{order_id}/customer-claims",
        json={"customer": claim | {"emails": [address(number)]}},
    )
    assert claimed.status_code == 202, claimed.text
    return order_id


def address(number: int) -> str:
    return f"shot-{number}@example.com"


def hand_over(client: httpx.Client, order_id: str, number: int) -> tuple[str, str]:
    """Send one parcel that will be late, and one that is lost."""
    told = [
        {"tracking_number": f"late-{number}", "promised_until": soon(2)},
        {"tracking_number": f"lost-{number}"},
    ]
    late, lost = ship(client, order_id, *told)
    tell(client, lost, "lost_or_damaged", at=datetime.now(UTC) - timedelta(minutes=1))
    return late, lost


def shoot(house: House) -> None:
    """Kill the worker at moments that nobody chose, each time as soon as it is back."""
    for _ in range(KILLS):
        time.sleep(random.uniform(0.2, 1.2))
        eventually(lambda: "orders-worker" in house.processes(), expected=True)
        house.kill("orders-worker")


def end_leases(house: House) -> None:
    """Let what was leased by the dead be sent at once."""

    async def end() -> None:
        connection = await asyncpg.connect(house.setting("CARNET_ORDERS_DATABASE_URL"))
        await connection.execute("UPDATE messages SET next_try_at = now() WHERE state = 'waiting'")
        await connection.close()

    asyncio.run(end())


def test_a_worker_that_is_shot_loses_nothing_and_tells_nothing_twice(
    house: House, kafka: str, mailbox: Mailbox
) -> None:
    with house.client() as client:
        teach(house, client, Person.come(client, "shot"))
        shooting = threading.Thread(target=shoot, args=[house])
        shooting.start()
        sold = [sell(client, number) for number in range(COUNT)]
        parcels = [hand_over(client, order_id, number) for number, order_id in enumerate(sold)]
        late, lost = ([pair[side] for pair in parcels] for side in (0, 1))
        shooting.join()
        eventually(lambda: "orders-worker" in house.processes(), expected=True)
        end_leases(house)

        states = Counter({("confirmed", "sent"): COUNT, ("shipped", "sent"): COUNT})
        states[("incident", "sent")] = COUNT
        eventually(lambda: told(client, sold), states, seconds=PATIENCE_SECONDS)
        whose = Counter({"linked": COUNT})
        eventually(lambda: owners(client, sold), whose, seconds=PATIENCE_SECONDS)
        warned = {("shipment.at-risk.v1", key): 1 for key in late}
        warned |= {("shipment.incident.v1", key): 1 for key in lost}
        eventually(warnings_of(kafka, {*late, *lost}), warned, seconds=PATIENCE_SECONDS)
        eventually(lambda: complaints(client, lost), dict.fromkeys(lost, 1), seconds=60)
        linked = [fact.key for fact in once(facts(kafka, "orders")) if "linked" in fact.type]
        assert Counter(key for key in linked if key in sold) == Counter(sold)
        assert_each_message_came_in_one_form(mailbox)


def told(client: httpx.Client, sold: list[str]) -> Counter[tuple[str, str]]:
    """Count the messages by kind and by what became of them."""
    found: Counter[tuple[str, str]] = Counter()
    for order_id in sold:
        for message in client.get(f"/v1/orders/{order_id}/messages").json()["items"]:
            found[message["kind"], message["state"]] += 1
    return found


def owners(client: httpx.Client, sold: list[str]) -> Counter[str]:
    return Counter(client.get(f"/v1/orders/{each}").json()["customer"] for each in sold)


def warnings_of(kafka: str, parcels: set[str]) -> Callable[[], dict[tuple[str, str], int]]:
    """Count what was warned of each parcel: that it will be late, or an incident."""

    def look() -> dict[tuple[str, str], int]:
        found = [one for one in once(facts(kafka, "shipments")) if one.key in parcels]
        kinds = {"shipment.at-risk.v1", "shipment.incident.v1"}
        return dict(Counter((one.type, one.key) for one in found if one.type in kinds))

    return look


def complaints(client: httpx.Client, parcels: list[str]) -> dict[str, int]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": "100"} | ({} if cursor is None else {"cursor": cursor})
        page = client.get("/v1/complaints", params=query).json()
        found += page["items"]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    return dict(Counter(one["parcel_id"] for one in found if one["parcel_id"] in parcels))


def assert_each_message_came_in_one_form(mailbox: Mailbox) -> None:
    for number in range(COUNT):
        mails = mailbox.of(address(number))
        words = {(str(mail["Message-ID"]), str(mail["Subject"])) for mail in mails}
        assert len(words) == len(MESSAGES)
        assert len({message_id for message_id, _ in words}) == len(MESSAGES)
        assert len(mails) <= len(MESSAGES) + KILLS
