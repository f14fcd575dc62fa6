"""A source record as sources send it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from pydantic import Field, ValidationError

from chassis.api import StrictModel
from chassis.errors import FieldProblem, Refusal
from chassis.problems import invalid, told_as
from chassis.tracing import current_traceparent
from customer.api.consent_fields import ConsentToldIn
from customer.api.fields import (
    DatePart,
    ExternalId,
    Instant,
    LongText,
    ShortText,
    Source,
    Text,
    Word,
    country_of,
    language_of,
)
from customer.api.source_record_parts import AddressIn, OfficialIdIn
from customer.domain.claims import Claim, RecordKey
from customer.domain.names import Names
from customer.domain.national_numbers_told import (
    NationalNumberTold,
    may_hold_national_number,
    refuse_national_numbers,
    shown_name,
    strike_national_numbers,
)
from customer.domain.official_ids import OfficialId, Sealer, WithheldId, names_official_id

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOUSE = "house"
_NOT_TOLD_OF_PERSON = frozenset({"source", "external_id", "after_erasure"})
_WRITTEN_SPACE = re.compile(r"\\r\\n|\\[nrt]")
_EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a record as it was told, and what was taken out of it."""

    body: bytes
    official_ids: tuple[OfficialId | WithheldId, ...]
    withheld: tuple[str, ...]
    struck: tuple[FieldProblem, ...] = ()


class SourceRecordIn(StrictModel):
    """What one source says of one person; everything it knows, each time.

    Values that cannot be read (a wrong e-mail, an impossible phone, an unknown country) are kept,
    flagged in the answer and not used to recognise the person.
    """

    channel: Annotated[Word, Field(description="Where the customer met us: shop, web, phone, …")]
    store: ShortText | None = None
    country: Annotated[
        ShortText,
        Field(
            description="Where it was told, ISO 3166-1: phones, dates, addresses are read by it.",
            examples=["FR", "JP"],
        ),
    ]
    language: Annotated[
        ShortText | None, Field(description="BCP 47: fr, ja, pt-BR, zh-Hant.", examples=["ja"])
    ] = None
    brand: Word = _HOUSE
    legal_entity: Word = _HOUSE
    home_region: Word = _HOUSE
    given_name: Annotated[Text | None, Field(description="In the person's own script.")] = None
    family_name: Text | None = None
    full_name: Annotated[Text | None, Field(description="If the source has it in one only.")] = None
    given_name_kana: Annotated[
        Text | None, Field(description="Furigana, in any kana: they outweigh every guess.")
    ] = None
    family_name_kana: Text | None = None
    given_name_latin: Annotated[
        Text | None, Field(description="As the person writes it in Latin letters.")
    ] = None
    family_name_latin: Text | None = None
    birth_date: Annotated[
        ShortText | None,
        Field(
            description="Best YYYY-MM-DD. Read too are 19560409, 09/04/1956 (by the country, and "
            "flagged where it could be two days), 9 avril 1956, 昭和31年4月9日, 1956-04.",
            examples=["1956-04-09"],
        ),
    ] = None
    birth_year: Annotated[
        DatePart | None, Field(description="Where the whole date is not known.")
    ] = None
    birth_month: DatePart | None = None
    birth_day: DatePart | None = None
    gender: ShortText | None = None
    birth_place: Text | None = None
    occupation: Text | None = None
    emails: Annotated[tuple[LongText, ...], Field(max_length=20)] = ()
    phones: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    cards: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    addresses: Annotated[tuple[AddressIn, ...], Field(max_length=20)] = ()
    accounts: Annotated[
        tuple[Text, ...],
        Field(max_length=20, description="Ids in this source, or `system:id` in another one."),
    ] = ()
    devices: Annotated[
        tuple[Text, ...], Field(max_length=20, description="Ids of phones, browsers, watches.")
    ] = ()
    company_name: Text | None = None
    vat_number: Annotated[
        ShortText | None, Field(description="The company's; it never makes two people one.")
    ] = None
    company_registration_id: ShortText | None = None
    official_ids: Annotated[tuple[OfficialIdIn, ...], Field(max_length=10)] = ()
    referred_by: Annotated[
        Text | None,
        Field(description="Who sent the person: a global id, `src_…`, or `source/external_id`."),
    ] = None
    consents: Annotated[
        tuple[ConsentToldIn, ...],
        Field(max_length=50, description="A grant without text and proof is flagged."),
    ] = ()
    observed_at: Annotated[
        Annotated[Instant, Field(ge=_EARLIEST)] | None,
        Field(description="When the source learnt it; now if left out."),
    ] = None
    extra: Annotated[
        dict[ShortText, LongText] | None,
        Field(max_length=50, description="What else the source says: kept as told, never used."),
    ] = None
    after_erasure: Annotated[
        bool,
        Field(description="The person was erased and came back since: take the record as new."),
    ] = False

    def claim(self, key: RecordKey, received_at: datetime, sealer: Sealer) -> Claim:
        """Give the claim that the domain reads; official ids are sealed before anything else.

        National numbers told elsewhere are struck out before anything is kept. Raises
        `NationalNumberTold` when the source's own id of the record is one.
        """
        country = country_of(self.country)
        sealed = tuple(sealer.seal(told.told_id(country)) for told in self.official_ids)
        withheld = tuple(name for name in self.extra or () if names_official_id(name))
        told = self.model_dump(mode="json", exclude_defaults=True)
        for name in withheld:
            del told["extra"][name]
        names = tuple(shown_name(name, country) for name in withheld)
        kept = _Kept(_as_told(told, sealed), sealed, names)
        if not may_hold_national_number(f"{key.external_id} {_in_one_line(kept.body)}", country):
            return self._claim(key, received_at, sealer, kept)
        refuse_national_numbers({"external_id": key.external_id})
        struck = strike_national_numbers(told, country)
        kept = replace(kept, body=_as_told(told, sealed), struck=struck)
        record = told_as(self.model_validate_json, orjson.dumps(told))
        return record._claim(key, received_at, sealer, kept)  # noqa: SLF001 - of its own class

    def _claim(self, key: RecordKey, received_at: datetime, sealer: Sealer, kept: _Kept) -> Claim:
        return Claim(
            key=key,
            body=kept.body,
            received_at=received_at,
            traceparent=current_traceparent(),
            key_hash=sealer.seal_record(key.source, key.external_id),
            official_ids=kept.official_ids,
            withheld_extra=kept.withheld,
            struck=kept.struck,
            after_erasure=self.after_erasure,
            channel=self.channel,
            store=self.store,
            country=country_of(self.country),
            language=language_of(self.language) if self.language is not None else None,
            brand=self.brand,
            legal_entity=self.legal_entity,
            home_region=self.home_region,
            names=Names(
                given=self.given_name,
                family=self.family_name,
                full=self.full_name,
                given_kana=self.given_name_kana,
                family_kana=self.family_name_kana,
                given_latin=self.given_name_latin,
                family_latin=self.family_name_latin,
            ),
            birth_date=self.birth_date,
            birth_year=self.birth_year,
            birth_month=self.birth_month,
            birth_day=self.birth_day,
            gender=self.gender,
            birth_place=self.birth_place,
            occupation=self.occupation,
            emails=tuple(self.emails),
            phones=tuple(self.phones),
            cards=tuple(self.cards),
            addresses=tuple(address.address() for address in self.addresses),
            accounts=tuple(self.accounts),
            devices=tuple(self.devices),
            company_name=self.company_name,
            vat_number=self.vat_number,
            company_registration_id=self.company_registration_id,
            referred_by=self.referred_by,
            consents=tuple(
                one.told(
                    key.source,
                    None,
                    brand=self.brand,
                    legal_entity=self.legal_entity,
                    home_region=self.home_region,
                )
                for one in self.consents
            ),
            observed_at=self.observed_at,
        )


class SourceRecordItemIn(SourceRecordIn):
    """A source record in a list, with its own key."""

    source: Source
    external_id: ExternalId


def read_item(item: object, received_at: datetime, sealer: Sealer) -> Claim | Refusal:
    """Read one source record of a list or a file; what cannot be taken is a refusal."""
    try:
        record = SourceRecordItemIn.model_validate(item)
    except ValidationError as error:
        return invalid(error.errors(), told=item)
    try:
        return record.claim(RecordKey(record.source, record.external_id), received_at, sealer)
    except NationalNumberTold as refusal:
        return refusal


def _in_one_line(body: bytes) -> str:
    """Give what was told with a space for each line end and tab, which JSON writes in letters."""
    text = body.decode()
    return _WRITTEN_SPACE.sub(" ", text) if "\\" in text else text


def _as_told(told: dict[str, Any], sealed: Sequence[OfficialId | WithheldId]) -> bytes:
    """Write what was told, so that leaving a field out equals sending its default.

    Official ids are written as their hashes, those that may not be kept not at all.
    """
    kept = {name: value for name, value in told.items() if name not in _NOT_TOLD_OF_PERSON}
    if sealed:
        kept["official_ids"] = [asdict(one) for one in sealed if isinstance(one, OfficialId)]
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
