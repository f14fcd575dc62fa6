"""What the views of other services' events have in common."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.global_ids import GlobalId
from chassis.ids import IdType
from segmentation.domain.facts import Owner

OrderId = Annotated[UUID, IdType("ord").schema]
ReturnId = Annotated[UUID, IdType("ret").schema]
ComplaintId = Annotated[UUID, IdType("cmp").schema]
SourceRecordId = Annotated[UUID, IdType("src").schema]
AttributeValueId = Annotated[UUID, IdType("atv").schema]
InteractionId = Annotated[UUID, IdType("int").schema]
ErasureId = Annotated[UUID, IdType("ers").schema]


class View(BaseModel):
    """The fields of an event that segmentation reads; it ignores the others."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class OwnedView(View):
    """An event that may say whose its thing is."""

    customer_id: GlobalId | None = None
    told_customer_id: GlobalId | None = None
    source_record_id: SourceRecordId | None = None

    def owner(self, sequence: int) -> Owner | None:
        """Give the owner that this version of the thing names, if it names one."""
        if self.customer_id is None:
            return None
        told_id = self.told_customer_id or self.customer_id
        return Owner(told_id, self.source_record_id, sequence, told_id)
