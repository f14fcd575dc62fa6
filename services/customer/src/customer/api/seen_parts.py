"""Lists across customers: of each only what the caller may see, and a note that it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from customer.domain.reading_policies import PartWithheld, TransferNotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customer.api.readers import Reading


class HangsOnCustomer(Protocol):
    """Anything that hangs on a customer."""

    @property
    def customer_id(self) -> str:
        """Whose it is at present."""
        ...


T = TypeVar("T", bound=HangsOnCustomer)


async def seen_of(reading: Reading, what: str, found: Sequence[T]) -> list[T]:
    """Give the items of customers of whom the caller may see this part."""
    allowed: set[str] = set()
    for customer_id in {one.customer_id for one in found}:
        try:
            await reading.part(customer_id, what)
        except (PartWithheld, TransferNotAllowed):
            continue
        allowed.add(customer_id)
    return [one for one in found if one.customer_id in allowed]
