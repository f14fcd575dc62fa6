"""All sources by name, and reading a payload of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking import (
    aftership,
    asendia,
    australia_post,
    bpost,
    canada_post,
    chronopost,
    dhl,
    dpd,
    easypost,
    fedex,
    gls,
    hermes,
    karrio,
    laposte,
    shopify,
    ups,
    usps,
)
from orders.adapters.tracking.refusals import refusal_in
from orders.domain.carrier_words import PayloadUnreadable, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orders.domain.carrier_words import CarrierEvent

_READERS: dict[str, Callable[[bytes], Iterable[CarrierEvent]]] = {
    "aftership": aftership.read,
    "asendia": asendia.read,
    "australia-post": australia_post.read,
    "bpost": bpost.read,
    "canada-post": canada_post.read,
    "chronopost": chronopost.read,
    "dhl": dhl.read,
    "dpd": dpd.read,
    "easypost": easypost.read,
    "fedex": fedex.read,
    "gls": gls.read,
    "hermes": hermes.read,
    "karrio": karrio.read,
    "laposte": laposte.read,
    "shopify": shopify.read,
    "ups": ups.read,
    "usps": usps.read,
}

_MARKS: dict[str, tuple[bytes, ...]] = {
    "aftership": (b'"trackings"', b'"tracking"', b'"msg"'),
    "asendia": (b'"trackingEvents"', b'"trackingMilestone', b'"trackingBranded'),
    "australia-post": (b'"tracking_results"', b'"articles"'),
    "bpost": (b'"items"', b"itemTracking"),
    "canada-post": (b'"pin"', b"tracking-detail", b"pin-summary"),
    "dhl": (b'"shipments"', b"AWBInfo"),
    "dpd": (b'"parcellifecycleResponse"', b"trackingresult", b"ParcelLifeCycleData"),
    "easypost": (b'"tracking_code"', b'"trackers"'),
    "fedex": (b'"output"',),
    "gls": (b'"parcels"', b'"ParcelStatusList"', b'"UnitDetail"'),
    "hermes": (b'"shipmentinfo"',),
    "karrio": (b'"tracking_number"', b'"results"'),
    "laposte": (b'"shipment"', b'"returnCode"'),
    "shopify": (b'"fulfillment', b'"tracking_numbers"', b'"orders"'),
    "ups": (b'"trackResponse"', b'"TrackResponse"'),
    "usps": (b'"trackingNumber"', b"<TrackInfo"),
}
"""Names of which one stands in every answer of a source, also in one without events."""

SOURCES = tuple(sorted(_READERS))
"""The names of all that can be read."""


def read_payload(source: str, payload: bytes) -> tuple[CarrierEvent, ...]:
    """Read all that a source tells of parcels, in the payload's sequence.

    An answer without events, such as a proof of delivery, gives none; one that tells an error in
    their place is none. Raises `PayloadUnreadable`, `KeyError` for a source that is not one of
    `SOURCES`.
    """
    reader = _READERS[source]
    try:
        events = tuple(reader(payload))
    except PayloadUnreadable as error:
        refusal = refusal_in(payload)
        if refusal is None:
            raise
        raise refusal from error
    except RecursionError as error:
        raise unreadable("body", "is nested too deeply") from error
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError) as error:
        form = unreadable("body", f"is not of the form that {source} sends")
        raise refusal_in(payload) or form from error
    if not events:
        refusal = refusal_in(payload)
        if refusal is not None:
            raise refusal
        marks = _MARKS.get(source, ())
        if marks and not any(mark in payload for mark in marks):
            raise unreadable("body", f"is nothing that {source} sends")
    return events
