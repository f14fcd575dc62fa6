"""Whom to write to about an order, as a source tells it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chassis.api import StrictModel
from chassis.iso import Country, LanguageTag
from orders.api.fields import Email, LongText, ShortText


class AddressIn(StrictModel):
    """Where the goods go."""

    lines: Annotated[list[LongText], Field(min_length=1, max_length=6)]
    postal_code: ShortText | None = None
    city: ShortText | None = None
    country: Country


class ContactIn(StrictModel):
    """Whom to write to about this order: the order's own snapshot, which can be erased."""

    name: LongText | None = None
    email: Email | None = None
    phone: ShortText | None = None
    language: LanguageTag | None = None
    address: AddressIn | None = None
    gift_message: LongText | None = Field(
        default=None, description="What is written on the card that goes with the goods."
    )
