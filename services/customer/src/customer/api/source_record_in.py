"""A source record as sources send it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import orjson
from pydantic import AwareDatetime, Field

from chassis.api import StrictModel
from chassis.iso import Country, LanguageTag
from chassis.tracing import current_traceparent
from customer.api.fields import Day, ExternalId, LongText, ShortText, Source, Text, Word
from customer.domain.claims import Address, Claim, RecordKey
from customer.domain.names import Names

_HOUSE = "house"
_KEY_FIELDS = frozenset({"source", "external_id"})
_EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)


class AddressIn(StrictModel):
    """A postal address, its lines as they stand on the envelope."""

    lines: Annotated[tuple[Text, ...], Field(max_length=6)] = ()
    city: Text | None = None
    region: Text | None = None
    postcode: ShortText | None = None
    country: Country | None = None
    kind: Annotated[Word | None, Field(description="home, work, delivery, …")] = None


class SourceRecordIn(StrictModel):
    """What one source says of one person; everything it knows, each time.

    Values that cannot be read (a wrong e-mail, an impossible phone) are kept, flagged in the
    answer and not used to recognise the person.
    """

    channel: Annotated[Word, Field(description="Where the customer met us: shop, web, phone, …")]
    store: ShortText | None = None
    country: Annotated[Country, Field(description="Where it was told; phones are read by it.")]
    language: LanguageTag | None = None
    brand: Word = _HOUSE
    legal_entity: Word = _HOUSE
    home_region: Word = _HOUSE
    given_name: Text | None = None
    family_name: Text | None = None
    full_name: Text | None = None
    given_name_kana: Text | None = None
    family_name_kana: Text | None = None
    birth_date: Day | None = None
    gender: ShortText | None = None
    birth_place: Text | None = None
    occupation: Text | None = None
    emails: Annotated[tuple[LongText, ...], Field(max_length=20)] = ()
    phones: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    cards: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    addresses: Annotated[tuple[AddressIn, ...], Field(max_length=20)] = ()
    observed_at: Annotated[
        Annotated[AwareDatetime, Field(ge=_EARLIEST)] | None,
        Field(description="When the source learnt it; now if left out."),
    ] = None
    extra: Annotated[
        dict[ShortText, LongText] | None,
        Field(max_length=50, description="What else the source says: kept as told, never used."),
    ] = None

    def claim(self, key: RecordKey, received_at: datetime) -> Claim:
        """Give the claim that the domain reads."""
        return Claim(
            key=key,
            body=self._as_told(),
            received_at=received_at,
            traceparent=current_traceparent(),
            channel=self.channel,
            store=self.store,
            country=self.country,
            language=self.language,
            brand=self.brand,
            legal_entity=self.legal_entity,
            home_region=self.home_region,
            names=Names(
                given=self.given_name,
                family=self.family_name,
                full=self.full_name,
                given_kana=self.given_name_kana,
                family_kana=self.family_name_kana,
            ),
            birth_date=self.birth_date,
            gender=self.gender,
            birth_place=self.birth_place,
            occupation=self.occupation,
            emails=tuple(self.emails),
            phones=tuple(self.phones),
            cards=tuple(self.cards),
            addresses=tuple(_address(address) for address in self.addresses),
            observed_at=self.observed_at,
        )

    def _as_told(self) -> bytes:
        """Write what was told, so that leaving a field out equals sending its default."""
        told = self.model_dump(mode="json", exclude_defaults=True, exclude=set(_KEY_FIELDS))
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


class SourceRecordItemIn(SourceRecordIn):
    """A source record in a list, with its own key."""

    source: Source
    external_id: ExternalId


def _address(address: AddressIn) -> Address:
    return Address(
        lines=tuple(address.lines),
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=address.country,
        kind=address.kind,
    )
