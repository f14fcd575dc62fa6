"""Why a parcel does not go on as it should, in words that are the same for every carrier."""

from __future__ import annotations

from enum import StrEnum


class IncidentReason(StrEnum):
    """A carrier's reason for an incident.

    - `recipient-absent`: nobody was there to take it.
    - `recipient-unknown`: nobody of that name is known at the address.
    - `address-wrong`: the address is wrong or not complete.
    - `address-closed`: the place is closed, or cannot be reached.
    - `refused`: the recipient did not take it.
    - `damaged`: the parcel or what is in it is damaged.
    - `lost`: the carrier cannot find it.
    - `stolen`: it was taken by somebody.
    - `missorted`: it went another way than it should.
    - `customs-held`: customs keep it.
    - `documents-missing`: papers are missing, as for customs.
    - `payment-due`: duties, taxes or a charge are to be paid.
    - `security`: it is held for a security or identity check.
    - `weather`: weather or a natural event.
    - `strike`: a strike or unrest.
    - `capacity`: more parcels than the carrier can move.
    - `vehicle`: an accident or a breakdown.
    - `held-at-request`: the recipient or the sender asked to hold it.
    - `not-collected`: it was not collected in time.
    - `carrier-delay`: the carrier is late, and says no more.
    - `redirected`: it goes to another place than first told.
    - `cancelled`: the shipment was called off.
    - `other`: another reason, told in the carrier's words.
    """

    RECIPIENT_ABSENT = "recipient-absent"
    RECIPIENT_UNKNOWN = "recipient-unknown"
    ADDRESS_WRONG = "address-wrong"
    ADDRESS_CLOSED = "address-closed"
    REFUSED = "refused"
    DAMAGED = "damaged"
    LOST = "lost"
    STOLEN = "stolen"
    MISSORTED = "missorted"
    CUSTOMS_HELD = "customs-held"
    DOCUMENTS_MISSING = "documents-missing"
    PAYMENT_DUE = "payment-due"
    SECURITY = "security"
    WEATHER = "weather"
    STRIKE = "strike"
    CAPACITY = "capacity"
    VEHICLE = "vehicle"
    HELD_AT_REQUEST = "held-at-request"
    NOT_COLLECTED = "not-collected"
    CARRIER_DELAY = "carrier-delay"
    REDIRECTED = "redirected"
    CANCELLED = "cancelled"
    OTHER = "other"
