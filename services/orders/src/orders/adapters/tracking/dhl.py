"""DHL's answers: Shipment Tracking (Unified), and Express's own (MyDHL API, XML Services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import (
    carrier_event,
    elements,
    folded,
    is_xml,
    items,
    number_of,
    read_json,
    read_xml,
    said,
    text,
)
from orders.domain.carrier_words import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every shipment, in whichever of the forms it comes."""
    if is_xml(payload):
        yield from _read_xml(payload)
        return
    for shipment in items(read_json(payload), "shipments"):
        if "shipmentTrackingNumber" in shipment:
            yield from _read_express(shipment)
        else:
            yield from _read_unified(shipment)


def _read_unified(shipment: Mapping[str, Any]) -> Iterator[CarrierEvent]:
    """Read events, or the one status where none are listed.

    Express tells its checkpoint in `status`, other services fixed words in it or in `description`;
    both say more than the five words of `statusCode`.
    """
    number = number_of(shipment, "id")
    place = ("location", "address")
    for event in items(shipment, "events" if shipment.get("events") else "status"):
        code, status = text(event, "statusCode"), text(event, "status")
        described = text(event, "description")
        yield carrier_event(
            meaning_of(
                "dhl",
                status and f"express {status}",
                folded(described),
                folded(status) if described is None else None,
                code and code.lower(),
            ),
            carrier="dhl",
            tracking_number=number,
            code=code or status,
            when=text(event, "timestamp"),
            where=(text(event, *place, "addressLocality"), text(event, *place, "countryCode")),
            description=described or status,
        )


def _read_express(shipment: Mapping[str, Any]) -> Iterator[CarrierEvent]:
    """Read the checkpoints of a shipment, and those of its pieces where only they have any."""
    number = number_of(shipment, "shipmentTrackingNumber")
    yield from _checkpoints(shipment, number)
    if not shipment.get("events"):
        for piece in items(shipment, "pieces"):
            yield from _checkpoints(piece, text(piece, "trackingNumber") or number)


def _checkpoints(told: Mapping[str, Any], number: str) -> Iterator[CarrierEvent]:
    for event in items(told, "events"):
        code, day = text(event, "typeCode"), text(event, "date")
        clock, offset = text(event, "time") or "00:00:00", text(event, "GMTOffset") or ""
        yield carrier_event(
            meaning_of("dhl", code and f"express {code}"),
            carrier="dhl",
            tracking_number=number,
            code=code,
            when=day and f"{day}T{clock}{offset}",
            where=[text(one, "description") for one in items(event, "serviceArea")],
            description=text(event, "description"),
        )


def _read_xml(payload: bytes) -> Iterator[CarrierEvent]:
    """Read XML Services, which tell a shipment's checkpoints, local times without offsets."""
    found = list(elements(read_xml(payload), "AWBInfo"))
    if not found:
        raise unreadable("AWBInfo", "is missing")
    for shipment in found:
        number = said(shipment, "AWBNumber")
        for event in elements(shipment, "ShipmentEvent"):
            if number is None:
                raise unreadable("AWBNumber", "tells no tracking number")
            [told, *_] = [*elements(event, "ServiceEvent"), event]
            [area, *_] = [*elements(event, "ServiceArea"), event]
            code, day = said(told, "EventCode"), said(event, "Date")
            yield carrier_event(
                meaning_of("dhl", code and f"express {code}"),
                carrier="dhl",
                tracking_number=number,
                code=code,
                when=day and f"{day}T{said(event, 'Time') or '00:00:00'}",
                where=[said(area, "Description")],
                description=said(told, "Description"),
            )
