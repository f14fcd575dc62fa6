"""The ids that stand in facts and answers, each with its prefix."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from chassis.ids import IdType

ORDER = IdType("ord")
RETURN = IdType("ret")
SHIPMENT = IdType("shp")
PARCEL = IdType("pcl")
CARRIER_ANSWER = IdType("ans")
PLATFORM_DELIVERY = IdType("dlv")
SLOT_HOLD = IdType("hold")
TRANSFER = IdType("trf")
SOURCE_RECORD = IdType("src")
ERASURE = IdType("ers")

OrderId = Annotated[UUID, ORDER.schema]
ReturnId = Annotated[UUID, RETURN.schema]
ShipmentId = Annotated[UUID, SHIPMENT.schema]
ParcelId = Annotated[UUID, PARCEL.schema]
CarrierAnswerId = Annotated[UUID, CARRIER_ANSWER.schema]
PlatformDeliveryId = Annotated[UUID, PLATFORM_DELIVERY.schema]
SlotHoldId = Annotated[UUID, SLOT_HOLD.schema]
TransferId = Annotated[UUID, TRANSFER.schema]
SourceRecordId = Annotated[UUID, SOURCE_RECORD.schema]
ErasureId = Annotated[UUID, ERASURE.schema]
