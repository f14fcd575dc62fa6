"""What requests of stewards have in common: who asks, and why."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from customer.api.actors import Actor
from customer.domain.stewards import Steward


def _says_something(text: str) -> str:
    if not text.strip():
        message = "must say something"
        raise ValueError(message)
    return text


Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(_says_something),
    Field(description="Why; it is kept beside the decision."),
]


def steward_of(actor: Actor) -> Steward:
    """Give the steward who acts."""
    return Steward(actor.client_id, actor.person)
