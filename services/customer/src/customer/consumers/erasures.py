"""What parts answer to an erasure, the same on each topic."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from chassis.logs import get_logger
from customer.domain.erasure import ErasurePart, Kept, PartAnswer
from customer.events import ERASURE, ErasureId
from customer.use_cases.answer_erasure import answer_erasure

if TYPE_CHECKING:
    from chassis.consuming import Handler
    from chassis.database import Transaction
    from chassis.events import Incoming

_LONGEST = 200

log = get_logger()

Day = Annotated[date, BeforeValidator(lambda told: str(told)[:10])]
"""A day, also where a part tells an instant."""

Words = Annotated[str, AfterValidator(lambda words: words[:_LONGEST])]


class KeptView(BaseModel):
    """What a part keeps, and why."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    what: Words
    count: Annotated[int, Field(ge=0)]
    reason: Words
    until: Day | None = None


class PartErased(BaseModel):
    """What a part erased of a customer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    erasure_id: ErasureId
    erased: dict[Words, Annotated[int, Field(ge=0)]]
    kept: list[KeptView]
    erased_at: AwareDatetime


def answers_of(part: ErasurePart) -> Handler:
    """Give the handler that notes the answers of a part."""

    async def on_erased(tx: Transaction, incoming: Incoming) -> None:
        told = PartErased.model_validate_json(incoming.data)
        kept = tuple(Kept(one.what, one.count, one.reason, one.until) for one in told.kept)
        answer = PartAnswer(part, told.erased, kept, told.erased_at)
        status = await answer_erasure(tx, told.erasure_id, answer, now=incoming.at)
        log.info(
            "erasure.answered",
            erasure_id=ERASURE.show(told.erasure_id),
            part=part,
            status=status or "unknown",
        )

    return on_erased
