"""What shop platforms send: the published samples read in place, and bodies made after them."""

import base64
import hashlib
import hmac
import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
Told = dict[str, Any]


def sample(name: str) -> bytes:
    """Give a published sample; it must be there in CI and may be missing elsewhere."""
    path = DATA / "payloads" / name
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path.read_bytes()


def signed(secret: str, body: bytes) -> str:
    """Sign as Shopify, WooCommerce and AfterShip do."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


ADDRESS = {
    "first_name": "Anna",
    "last_name": "Schmidt",
    "address1": "Rue du Bac 7",
    "zip": "75007",
    "city": "Paris",
    "country_code": "FR",
    "phone": "+33612345678",
}
LINES: list[Told] = [
    {
        "id": 1,
        "sku": "SCARF-01",
        "title": "Scarf",
        "quantity": 2,
        "price": "50.00",
        "tax_lines": [{"title": "TVA", "rate": 0.2, "price": "15.00"}],
        "discount_allocations": [{"amount": "10.00", "discount_application_index": 0}],
    },
    {
        "id": 2,
        "sku": "",
        "variant_id": 77,
        "title": "Pen",
        "quantity": 1,
        "price": "30.00",
        "tax_lines": [{"title": "TVA", "rate": 0.2, "price": "5.00"}],
        "discount_allocations": [],
    },
]

SCARF = LINES[0] | {"quantity": 1}
BELT: Told = {
    "id": 3,
    "sku": "BELT-02",
    "title": "Belt",
    "quantity": 1,
    "price": "24.00",
    "tax_lines": [{"title": "TVA", "rate": 0.2, "price": "4.00"}],
}


def shopify(**changes: Any) -> Told:
    """Give a Shopify order whose prices include the tax: 90 + 30 + 5 shipping."""
    told: Told = {
        "id": 820982911946154508,
        "email": "anna@example.com",
        "created_at": "2026-03-01T10:00:00+01:00",
        "processed_at": "2026-03-01T10:00:00+01:00",
        "updated_at": "2026-03-01T10:05:00+01:00",
        "currency": "EUR",
        "customer_locale": "fr-FR",
        "taxes_included": True,
        "financial_status": "pending",
        "gateway": "stripe",
        "total_discounts": "10.00",
        "total_tax": "20.00",
        "total_price": "125.00",
        "line_items": deepcopy(LINES),
        "shipping_lines": [{"title": "Colissimo", "price": "5.00"}],
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "customer": {"id": 115310627314723954, "first_name": "Anna", "last_name": "Schmidt"},
        "fulfillments": [],
        "refunds": [],
    }
    return told | changes


def fulfilment(identity: int = 31, **changes: Any) -> Told:
    """Give a fulfilment of both scarves and the pen."""
    told: Told = {
        "id": identity,
        "status": "success",
        "tracking_company": "La Poste",
        "tracking_numbers": ["8X0001"],
        "line_items": [item | {"quantity": item["quantity"]} for item in LINES],
    }
    return told | changes


def refund(identity: int, restock: str, line: Told, amount: str, **changes: Any) -> Told:
    """Give a refund of one piece of a line, with its money unless told otherwise."""
    at = "2026-03-09T10:00:00+01:00"
    item = {"quantity": 1, "restock_type": restock, "subtotal": amount, "line_item": line}
    money = {"id": identity * 10, "kind": "refund", "status": "success", "amount": amount}
    told: Told = {
        "id": identity,
        "created_at": at,
        "refund_line_items": [item | {"line_item_id": line["id"]}],
        "transactions": [money | {"created_at": at}],
    }
    return told | changes


def woocommerce(**changes: Any) -> Told:
    """Give an order of version 3 of the REST API: 20.00 + 3.33 with taxes, 5.00 shipping."""
    address = {
        "first_name": "Anna",
        "last_name": "Schmidt",
        "address_1": "Rue du Bac 7",
        "postcode": "75007",
        "city": "Paris",
        "country": "FR",
    }
    told: Told = {
        "id": 727,
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": False,
        "date_created_gmt": "2026-03-01T09:00:00",
        "date_modified_gmt": "2026-03-01T09:05:00",
        "date_paid_gmt": None,
        "customer_id": 26,
        "billing": address | {"email": "anna@example.com", "phone": "+33612345678"},
        "shipping": address,
        "payment_method": "stripe",
        "transaction_id": "",
        "total": "33.00",
        "shipping_total": "5.00",
        "shipping_tax": "0.00",
        "line_items": [
            {
                "id": 315,
                "name": "Scarf",
                "sku": "SCARF-01",
                "quantity": 3,
                "subtotal": "25.00",
                "subtotal_tax": "5.00",
                "total": "20.00",
                "total_tax": "4.00",
                "taxes": [{"id": 75, "total": "4.000000", "subtotal": "5.000000"}],
            },
            {
                "id": 316,
                "name": "Pen",
                "sku": "",
                "product_id": 22,
                "variation_id": 0,
                "quantity": 1,
                "subtotal": "3.33",
                "total": "3.33",
                "total_tax": "0.67",
                "taxes": [{"id": 75, "total": "0.666000", "subtotal": "0.666000"}],
            },
        ],
        "tax_lines": [{"rate_id": 75, "label": "TVA", "rate_percent": 20}],
        "fee_lines": [],
        "refunds": [],
        "meta_data": [],
    }
    return told | changes


def body_of(told: Any) -> bytes:
    """Write a body as it is sent."""
    return json.dumps(told).encode()
