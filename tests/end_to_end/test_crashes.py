"""Any one process may die at any moment: nothing is lost, nothing is doubled."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest

from tests.end_to_end.house import House, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(600)]

PROCESSES = (
    "customer-api",
    "customer-worker",
    "orders-api",
    "orders-worker",
    "complaints-api",
    "complaints-worker",
    "segmentation-api",
    "segmentation-worker",
    "gateway",
)
PRICE = 100


class Till(threading.Thread):
    """Sells to one customer until told to stop; sends each sale again until it is answered."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.stopped = threading.Event()
        self.answers: dict[str, set[str]] = {}

    def run(self) -> None:
        with self._house.client() as client:
            while not self.stopped.is_set():
                ref = f"sale-{len(self.answers)}"
                self.answers[ref] = {self._sell(client, ref), self._sell(client, ref)}

    def _sell(self, client: httpx.Client, ref: str) -> str:
        until = time.monotonic() + 60
        while True:
            try:
                response = client.post("/v1/orders", json=sale(ref), timeout=5)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code in {200, 201}:
                return response.json()["order_id"]
            retryable = response is None or response.status_code in {502, 503, 504}
            assert retryable, response.text if response else "no answer"
            assert time.monotonic() < until, "the sale was never taken"
            time.sleep(0.05)


def sale(ref: str) -> dict[str, object]:
    return {
        "source": "till-crash",
        "external_ref": ref,
        "channel": "shop",
        "country": "FR",
        "currency": "EUR",
        "placed_at": "2026-03-01T10:15:00+01:00",
        "lines": [{"sku": "A", "quantity": 1, "unit_price_minor": PRICE}],
        "customer": {
            "source": "till-crash",
            "external_id": "1",
            "channel": "shop",
            "country": "FR",
            "emails": ["crash@example.com"],
        },
    }


@contextmanager
def selling(house: House) -> Generator[Till]:
    till = Till(house)
    till.start()
    try:
        yield till
    finally:
        till.stopped.set()
        till.join()


def test_killing_each_process_in_turn_loses_nothing_and_doubles_nothing(house: House) -> None:
    with selling(house) as till:
        for name in PROCESSES:
            time.sleep(0.5)
            before = len(till.answers)
            house.kill(name)
            eventually(lambda before=before: len(till.answers) > before + 3, expected=True)
            eventually(lambda name=name: name in house.processes(), expected=True)

    assert all(len(orders) == 1 for orders in till.answers.values()), "a sale was doubled"
    count = len(till.answers)
    with house.client() as client:
        record = client.get("/v1/source-records/till-crash/1").json()
        customer_id = record["customer_id"]

        def seen_by_all() -> tuple[object, ...]:
            purchases = client.get(f"/v1/customers/{customer_id}/purchases").json()
            indicators = client.get(f"/v1/customers/{customer_id}/indicators").json()
            return (
                [(total["currency"], total["net_minor"]) for total in purchases["totals"]],
                indicators["frequency"],
                [(amount["currency"], amount["net_minor"]) for amount in indicators["monetary"]],
            )

        money = [("EUR", count * PRICE)]
        eventually(seen_by_all, (money, count, money), seconds=90)
