"""How an order is to reach its customer: sent or collected, by when, on which terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chassis.errors import FieldProblem, Invalid

_NOT_IN_POSTAL_CODES = re.compile(r"[^0-9A-Z]")
_AREA_LENGTH = 2


class DeliveryMethod(StrEnum):
    """Sent by a carrier, or kept at a location until the customer collects it."""

    SHIP = "ship"
    COLLECT = "collect"


class PromiseReversed(Invalid):
    slug = "promise-reversed"
    title = "The promise ends before it begins"


class CollectionPlaceMissing(Invalid):
    slug = "collection-place-missing"
    title = "It is not said where the order is to be collected"


class TakenAwayAndDelivered(Invalid):
    slug = "taken-away-and-delivered"
    title = "An order is either taken away at once or delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What was agreed; `destination` is a country, or its postal area, and names nobody."""

    method: DeliveryMethod
    location: str | None
    service: str | None
    promised_from: datetime | None
    promised_until: datetime | None
    terms: str | None
    destination: str | None


def check_delivery(delivery: Delivery, *, taken_away: bool) -> Delivery:
    """Give it back if it can be.

    Raises `PromiseReversed`, `CollectionPlaceMissing` and `TakenAwayAndDelivered`.
    """
    if taken_away:
        mend = "Leave delivery out, or send taken_away as false."
        raise TakenAwayAndDelivered(mend, fields=[FieldProblem("delivery", "was told", mend)])
    since, until = delivery.promised_from, delivery.promised_until
    if since is not None and until is not None and until < since:
        mend = "Send a promised_until that is not before promised_from."
        problem = FieldProblem("delivery.promised_until", "is before promised_from", mend)
        raise PromiseReversed(mend, fields=[problem])
    if delivery.method is DeliveryMethod.COLLECT and delivery.location is None:
        mend = "Send the location where the customer collects the order."
        problem = FieldProblem("delivery.location", "is missing", mend)
        raise CollectionPlaceMissing(mend, fields=[problem])
    return delivery


def area(country: str, postal_code: str | None) -> str:
    """Give the place of an address as lanes know it: `FR-75`, or `FR` without a postal code.

    The first two characters of a postal code are a region of thousands of households.
    """
    code = _NOT_IN_POSTAL_CODES.sub("", (postal_code or "").upper())
    return f"{country}-{code[:_AREA_LENGTH]}" if len(code) > _AREA_LENGTH else country
