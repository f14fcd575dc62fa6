"""What the customer service reads of the orders topic: what an erasure took there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.consumers.erasures import answers_of
from customer.domain.erasure import ErasurePart

if TYPE_CHECKING:
    from chassis.consuming import Handler

HANDLERS: dict[str, Handler] = {"orders.erased.v1": answers_of(ErasurePart.ORDERS)}
