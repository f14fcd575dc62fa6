"""The tables of the customer service; migrations create them, and a test compares the two."""

from __future__ import annotations

from customer.store.tables import (
    attributes,
    book,
    consents,
    erasures,
    golden,
    interactions,
    linkage,
    quality,
    relations,
    stewardship,
)
from customer.store.tables.schema import METADATA

__all__ = [
    "METADATA",
    "attributes",
    "book",
    "consents",
    "erasures",
    "golden",
    "interactions",
    "linkage",
    "quality",
    "relations",
    "stewardship",
]
