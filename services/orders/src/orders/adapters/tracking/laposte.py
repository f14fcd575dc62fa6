"""La Poste's answers (Suivi v2): Colissimo, letters, and Chronopost in its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every shipment; https://developer.laposte.fr lists the codes."""
    for shipment in items(read_json(payload), "shipment"):
        number = number_of(shipment, "idShip")
        for event in items(shipment, "event"):
            code = text(event, "code")
            meaning = meaning_of("laposte", code)
            yield CarrierEvent(
                carrier="laposte",
                tracking_number=number,
                status=meaning.status,
                reason=meaning.reason,
                code=code,
                occurred_told=iso_time(text(event, "date")),
                location=text(event, "country"),
                description=text(event, "label"),
            )
