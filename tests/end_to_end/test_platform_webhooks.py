"""A shop platform sends to the gateway without a key, and its order is a known customer's."""

from functools import partial
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually
from tests.orders.platform_payloads import body_of, fulfilment, shopify, signed

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

SECRET = "shpss_of_the_shop"


def of_customer(client: httpx.Client, customer_id: str) -> list[tuple[str, str]]:
    """Give a customer's orders: what is where, and whose it is."""
    found: Any = client.get("/v1/orders", params={"customer_id": customer_id}).json()
    return [(order["fulfilment"], order["customer"]) for order in found["items"]]


def test_a_signed_order_becomes_its_customers(house: House) -> None:
    shop = {"source": "paris-web", "brand": "maison"}
    endpoint = {"takes": "platform-orders", "sender": "shopify", "secret": SECRET, "shop": shop}
    told = shopify(financial_status="paid", fulfillments=[fulfilment()])
    body = body_of(told)
    header = {"Content-Type": "application/json", "X-Shopify-Hmac-Sha256": signed(SECRET, body)}
    with house.client() as client, httpx.Client(base_url=house.url, timeout=30) as stranger:
        known = client.put(
            f"/v1/source-records/paris-web/{told['customer']['id']}",
            json={"channel": "web", "country": "FR", "emails": ["anna@example.com"]},
        ).json()
        registered = client.put("/v1/webhook-endpoints/paris", json=endpoint)
        path = registered.json()["path"]

        refused = stranger.post(path, content=body + b" ", headers=header)
        taken = [stranger.post(path, content=body, headers=header) for _ in range(2)]

        assert (refused.status_code, [one.status_code for one in taken]) == (401, [202, 202])
        of_anna = partial(of_customer, client, known["customer_id"])
        eventually(of_anna, [("handed-over", "linked")], seconds=30)
        [delivery] = client.get("/v1/platform-orders").json()["items"]
        assert (delivery["state"], delivery["placed"], delivery["problems"]) == ("read", 1, [])
