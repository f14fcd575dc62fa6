"""Carriers as shop platforms name them, in the names under which parcels are registered."""

from __future__ import annotations

_NAMES = {
    "australia post": "australia-post",
    "canada post": "canada-post",
    "colissimo": "laposte",
    "dhl ecommerce": "dhl",
    "dhl express": "dhl",
    "dhl paket": "dhl",
    "federal express": "fedex",
    "hermesworld": "hermes",
    "la poste": "laposte",
    "united parcel service": "ups",
    "united states postal service": "usps",
}


def carrier_named(told: str) -> str:
    """Give a carrier's name as this service has it; one that is not known stays, in small."""
    name = " ".join(told.lower().split())
    return _NAMES.get(name, name)
