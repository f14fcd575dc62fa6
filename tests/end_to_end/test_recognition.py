"""A customer who bought in Tokyo is recognised in Paris and on the phone in New York."""

from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def placed(client: httpx.Client, ref: str, **order: object) -> dict[str, Any]:
    body = {
        "source": "e2e",
        "external_ref": ref,
        "placed_at": "2026-03-01T10:15:00+09:00",
        "country": "JP",
        "channel": "shop",
        "currency": "JPY",
        "lines": [{"sku": "BAG-1", "quantity": 1, "unit_price_minor": 250000}],
    } | order
    response = client.post("/v1/orders", json=body)
    assert response.status_code == 201, response.text
    return response.json()


def test_one_customer_three_channels_one_id(house: House) -> None:
    with house.client() as client:
        tokyo = placed(
            client,
            "tokyo-1",
            store="ginza",
            customer={
                "source": "till-tokyo",
                "external_id": "T-1",
                "channel": "shop",
                "country": "JP",
                "full_name": "佐藤 花子",
                "phones": ["090-1234-5678"],
                "emails": ["hanako.sato@example.com"],
            },
        )
        paris = placed(
            client,
            "paris-1",
            channel="web",
            country="FR",
            currency="EUR",
            lines=[{"sku": "SCARF-2", "quantity": 2, "unit_price_minor": 19500}],
            customer={
                "source": "web-shop",
                "external_id": "W-1",
                "channel": "web",
                "country": "FR",
                "given_name": "Hanako",
                "family_name": "Sato",
                "emails": ["Hanako.Sato@example.com"],
            },
        )
        call = client.put(
            "/v1/source-records/call-centre/C-1",
            json={"channel": "phone", "country": "US", "phones": ["+81 90 1234 5678"]},
        )
        assert call.status_code in {200, 201}, call.text
        customer_id = call.json()["customer_id"]
        assert tokyo["customer_id"] == paris["customer_id"] == customer_id
        complaint = client.post(
            "/v1/complaints",
            json={
                "source": "call-centre",
                "channel": "phone",
                "subject": "The clasp is loose",
                "text": "The clasp of my bag is loose.",
                "language": "en",
                "country": "US",
                "customer_id": customer_id,
                "order_id": tokyo["order_id"],
            },
        )
        assert complaint.status_code == 201, complaint.text

        def view() -> tuple[object, ...]:
            whole = client.get(f"/v1/customers/{customer_id}/360").json()
            indicators: dict[str, Any] = whole["indicators"] or {}
            return (
                whole["missing"],
                whole["customer"]["customer_id"],
                len(whole["purchases"]["latest_orders"]),
                len(whole["complaints"]["items"]),
                indicators.get("frequency"),
                indicators.get("open_complaints"),
            )

        eventually(view, ([], customer_id, 2, 1, 2, 1))
