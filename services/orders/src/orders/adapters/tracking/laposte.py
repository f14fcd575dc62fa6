"""La Poste's answers (Suivi v2): Colissimo, letters, and Chronopost in its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every shipment; https://developer.laposte.fr lists the codes."""
    for shipment in items(read_json(payload), "shipment"):
        number = number_of(shipment, "idShip")
        for event in items(shipment, "event"):
            code = text(event, "code")
            yield carrier_event(
                meaning_of("laposte", code),
                carrier="laposte",
                tracking_number=number,
                code=code,
                when=text(event, "date"),
                where=[text(event, "country")],
                description=text(event, "label"),
            )
