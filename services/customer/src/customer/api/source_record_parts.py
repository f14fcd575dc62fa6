"""The parts of a source record as sources send it: addresses and official ids."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from chassis.api import StrictModel
from customer.api.fields import ShortText, Text, country_of
from customer.domain.claims import Address
from customer.domain.official_ids import ToldId


class AddressIn(StrictModel):
    """A postal address, its lines as they stand on the envelope."""

    lines: Annotated[tuple[Text, ...], Field(max_length=6)] = ()
    city: Text | None = None
    region: Text | None = None
    postcode: ShortText | None = None
    country: Annotated[ShortText | None, Field(description="ISO 3166-1; else flagged.")] = None
    kind: Annotated[ShortText | None, Field(description="home, work, delivery, …")] = None

    def address(self) -> Address:
        """Give the address that the domain reads."""
        return Address(
            lines=tuple(self.lines),
            city=self.city,
            region=self.region,
            postcode=self.postcode,
            country=country_of(self.country) if self.country is not None else None,
            kind=self.kind,
        )


class OfficialIdIn(StrictModel):
    """An id that a state gave. Its value is never kept: only a keyed hash of it is.

    Numbers that the law reserves to the state (Japan's My Number, the French NIR and their like)
    are not kept at all: the record is stored without them, and the answer says so.
    """

    kind: Annotated[
        ShortText, Field(min_length=1, description="passport, driving-licence, national-id, …")
    ]
    country: Annotated[
        ShortText | None, Field(description="Who gave it, ISO 3166-1; else the record's country.")
    ] = None
    value: Annotated[ShortText, Field(description="As on the document; case and spaces are equal.")]
    verified: Annotated[
        StrictBool, Field(description="Somebody saw the document; two such keep people apart.")
    ] = False

    def told_id(self, country: str) -> ToldId:
        """Give the id that the sealer sees; `country` is where the record was told."""
        by = country_of(self.country) if self.country is not None else country
        return ToldId(self.kind, by, self.value, verified=self.verified)
