"""Which part of the suite answers which path."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """A part of the suite behind the gateway, or the gateway itself."""

    GATEWAY = "gateway"
    CUSTOMER = "customer"
    ORDERS = "orders"
    COMPLAINTS = "complaints"
    SEGMENTATION = "segmentation"


SERVICES = (Part.CUSTOMER, Part.ORDERS, Part.COMPLAINTS, Part.SEGMENTATION)

_BY_COLLECTION = {
    "source-records": Part.CUSTOMER,
    "customers": Part.CUSTOMER,
    "aliases": Part.CUSTOMER,
    "appointments": Part.CUSTOMER,
    "attribute-definitions": Part.CUSTOMER,
    "blocked-identifiers": Part.CUSTOMER,
    "companies": Part.CUSTOMER,
    "client-regions": Part.CUSTOMER,
    "consent-texts": Part.CUSTOMER,
    "data-quality": Part.CUSTOMER,
    "erasures": Part.CUSTOMER,
    "households": Part.CUSTOMER,
    "field-policies": Part.CUSTOMER,
    "explanations": Part.CUSTOMER,
    "identity-models": Part.CUSTOMER,
    "interactions": Part.CUSTOMER,
    "match-candidates": Part.CUSTOMER,
    "region-policies": Part.CUSTOMER,
    "relationships": Part.CUSTOMER,
    "retention-rules": Part.CUSTOMER,
    "suppressions": Part.CUSTOMER,
    "survivorship-rules": Part.CUSTOMER,
    "orders": Part.ORDERS,
    "message-templates": Part.ORDERS,
    "carrier-answers": Part.ORDERS,
    "carrier-proposals": Part.ORDERS,
    "carrier-scorecards": Part.ORDERS,
    "delivery-promises": Part.ORDERS,
    "delivery-slots": Part.ORDERS,
    "delivery-zones": Part.ORDERS,
    "parcels": Part.ORDERS,
    "platform-orders": Part.ORDERS,
    "returns": Part.ORDERS,
    "serial-numbers": Part.ORDERS,
    "shipments": Part.ORDERS,
    "tracking": Part.ORDERS,
    "tracking-events": Part.ORDERS,
    "unmapped-codes": Part.ORDERS,
    "warranty-terms": Part.ORDERS,
    "webhook-endpoints": Part.ORDERS,
    "webhooks": Part.ORDERS,
    "complaints": Part.COMPLAINTS,
    "routing-rules": Part.COMPLAINTS,
    "teams": Part.COMPLAINTS,
    "segments": Part.SEGMENTATION,
    "whoami": Part.GATEWAY,
}
_VIEWS_OF_A_CUSTOMER = {
    "purchases": Part.ORDERS,
    "pieces": Part.ORDERS,
    "indicators": Part.SEGMENTATION,
    "360": Part.GATEWAY,
    "export": Part.GATEWAY,
}
_ONE_CUSTOMER_AND_A_VIEW = 5
_TRACKING = "/v1/tracking/"
_WEBHOOKS = "/v1/webhooks/"


def part_of(path: str) -> Part | None:
    """Find the part that answers a path under `/v1/`; None when there is none.

    The path is the decoded one, because that is what the parts route by.
    """
    pieces = path.split("/", _ONE_CUSTOMER_AND_A_VIEW)
    if len(pieces) < 3 or pieces[1] != "v1":  # noqa: PLR2004 - "", "v1", the collection
        return None
    part = _BY_COLLECTION.get(pieces[2])
    if part is Part.CUSTOMER and len(pieces) == _ONE_CUSTOMER_AND_A_VIEW:
        return _VIEWS_OF_A_CUSTOMER.get(pieces[4], part) if pieces[2] == "customers" else part
    return part


def is_followed(path: str) -> bool:
    """Whether an answer goes on for as long as somebody follows it."""
    return path.startswith(_TRACKING) and path.endswith("/events")


def is_public(path: str) -> bool:
    """Whether a path is served without a key.

    Parcels are tracked by whoever has the token, and webhooks are let in by their signature.
    """
    return path.startswith(_TRACKING) or is_webhook(path)


def is_webhook(path: str) -> bool:
    """Whether a path is where platforms send: many, and from few addresses."""
    return path.startswith(_WEBHOOKS)
