"""Doors at which platforms send without a key: the signature over the body is the credential."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import Invalid, NotFound
from orders.domain.carrier_answers import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from chassis.purview import Purview
    from orders.domain.platform_orders import Shop

DELIVERY_HEADERS = {
    "shopify": ("x-shopify-webhook-id", "x-shopify-topic"),
    "woocommerce": ("x-wc-webhook-delivery-id", "x-wc-webhook-topic"),
}
"""By platform the headers in which it tells a delivery's own id and its topic."""

_NO_CARRIERS = frozenset({"woocommerce"})


class WebhookEndpointNotFound(NotFound):
    slug = "webhook-endpoint-not-found"
    title = "There is no such webhook endpoint"


class SenderNotSigning(Invalid):
    slug = "sender-not-signing"
    title = "What this sender sends carries no signature that is known"


class ShopMissing(Invalid):
    slug = "shop-missing"
    title = "It is not told for which shop orders are taken"


class Takes(StrEnum):
    """What an endpoint takes."""

    PLATFORM_ORDERS = "platform-orders"
    CARRIER_ANSWERS = "carrier-answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where a platform or carrier sends; it acts for the client that registered it, as it was."""

    name: str
    id: UUID
    takes: Takes
    sender: str
    shop: Shop | None
    client_id: str
    purview: Purview
    registered_at: datetime


def check_endpoint(takes: Takes, sender: str, shop: Shop | None) -> None:
    """Refuse an endpoint that could take nothing; raises `SenderNotSigning`, `ShopMissing`."""
    if takes is Takes.PLATFORM_ORDERS and sender not in DELIVERY_HEADERS:
        raise SenderNotSigning(f"Orders are taken of {', '.join(DELIVERY_HEADERS)}.")
    if sender not in SIGNATURES or (takes is Takes.CARRIER_ANSWERS and sender in _NO_CARRIERS):
        senders = ", ".join(SIGNATURES.keys() - _NO_CARRIERS)
        raise SenderNotSigning(f"Answers are taken of {senders}.")
    if takes is Takes.PLATFORM_ORDERS and shop is None:
        raise ShopMissing("Send `shop`, with the source under which its orders are known.")


def is_signed(sender: str, body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
    """Tell whether a sender signed the body, in a time that tells nothing of the signature."""
    header, sign = SIGNATURES[sender]
    told = headers.get(header, "")
    return hmac.compare_digest(told.encode(), sign(secret, body).encode())
