"""Customers as they are answered: the golden record, and who told each part of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from chassis.global_ids import GlobalId
from customer.domain.claims import Address, Gender
from customer.domain.golden_attributes import LISTS, SINGLE
from customer.domain.preferences import (
    LANGUAGES_BY_CHANNEL,
    PREFERRED_CHANNEL,
    ChannelLanguage,
)
from customer.domain.search_readings import Matched
from customer.domain.survivorship import GoldenRecord, Told, display_name, is_anonymous
from customer.domain.survivorship_rules import SurvivorshipMethod
from customer.events import SourceRecordId
from customer.store.customers import StoredCustomer
from customer.store.golden_records import CustomerView


class AliasOut(BaseModel):
    """To whom an id leads; `retired_id` is the id that was asked for, if it was retired."""

    customer_id: GlobalId
    retired_id: GlobalId | None
    retired_at: AwareDatetime | None

    @classmethod
    def of(cls, customer: StoredCustomer, asked_id: str) -> AliasOut:
        retired_at = customer.asked_retired_at
        return cls(
            customer_id=customer.id,
            retired_id=asked_id if retired_at is not None else None,
            retired_at=retired_at,
        )


class ToldByOut(BaseModel):
    """The source record that a value comes from, and when its source observed it.

    A value that a person locked has no source; it was observed when it was locked.
    """

    source: str | None
    external_id: str | None
    source_record_id: SourceRecordId | None
    observed_at: AwareDatetime

    @classmethod
    def of(cls, told: Told) -> ToldByOut | None:
        record = told.record
        if record is not None:
            return cls(
                source=record.key.source,
                external_id=record.key.external_id,
                source_record_id=record.id,
                observed_at=record.observed_at,
            )
        if told.lock is None:
            return None
        at = told.lock.locked_at
        return cls(source=None, external_id=None, source_record_id=None, observed_at=at)


class ChosenByOut(BaseModel):
    """Why this value survives: a rule, with the brand or country that it is for, or a lock."""

    rule: SurvivorshipMethod | Literal["lock", "most-used"]
    brand: str | None = None
    country: str | None = None
    reason: str | None = None
    locked_by: Annotated[str | None, Field(description="The person who locked it.")] = None

    @classmethod
    def of(cls, attribute: str, told: Told) -> ChosenByOut:
        if told.lock is not None:
            return cls(rule="lock", reason=told.lock.reason, locked_by=told.lock.by.person)
        if attribute == PREFERRED_CHANNEL:
            return cls(rule="most-used")
        return cls(rule=told.rule.method, brand=told.rule.brand, country=told.rule.country)


class AlternativeOut(BaseModel):
    """A value that did not survive, and who told it."""

    value: Any
    told_by: ToldByOut | None

    @classmethod
    def of(cls, told: Told) -> AlternativeOut:
        return cls(value=told.value, told_by=ToldByOut.of(told))


class AddressOut(BaseModel):
    """A postal address."""

    lines: list[str]
    city: str | None
    region: str | None
    postcode: str | None
    country: str | None
    kind: str | None

    @classmethod
    def of(cls, address: Address) -> AddressOut:
        return cls(
            lines=list(address.lines),
            city=address.city,
            region=address.region,
            postcode=address.postcode,
            country=address.country,
            kind=address.kind,
        )


class CustomerShownOut(BaseModel):
    """A customer's golden record, what it says in itself."""

    customer_id: GlobalId
    retired_id: GlobalId | None = None
    anonymous: bool
    withheld: Annotated[
        list[str],
        Field(
            description="Attributes that the reading policy keeps back or masks; and `purchases`, "
            "`complaints`, `indicators` where what other parts hold is not for the caller."
        ),
    ]
    display_name: str | None
    brand: str
    legal_entity: str
    home_region: str
    given_name: str | None
    family_name: str | None
    full_name: str | None
    given_name_kana: str | None
    family_name_kana: str | None
    given_name_latin: str | None
    family_name_latin: str | None
    birth_date: date | None
    gender: Gender | None
    birth_place: str | None
    occupation: str | None
    company_name: str | None
    vat_number: str | None
    company_registration_id: str | None
    country: str | None
    language: str | None
    emails: list[str]
    phones: list[str]
    cards: list[str]
    accounts: list[str]
    addresses: list[AddressOut]
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class CustomerFoundOut(CustomerShownOut):
    """A customer in a list: enough to tell one from another."""

    matched: Annotated[
        list[Matched], Field(description="By what it was found, when the search was by `text`.")
    ] = []

    @classmethod
    def of(
        cls, view: CustomerView, asked_id: str | None = None, *, matched: Sequence[Matched] = ()
    ) -> CustomerFoundOut:
        return cls.model_validate({**_columns(view, asked_id), "matched": matched})


class CustomerOut(CustomerShownOut):
    """A customer with who told each attribute; for lists, one for each value in its order."""

    preferred_channel: Annotated[
        str | None, Field(description="Locked by a person, else the one most used.")
    ]
    languages_by_channel: Annotated[
        dict[str, str], Field(description="Of each channel, the language told last.")
    ]
    told_by: dict[str, list[ToldByOut | None]]
    chosen_by: Annotated[
        dict[str, ChosenByOut], Field(description="The rule that chose each value, or the first.")
    ]
    alternatives: Annotated[
        dict[str, list[AlternativeOut]] | None,
        Field(description="Asked for: of each attribute the other values, the next best first."),
    ] = None

    @classmethod
    def of(
        cls, view: CustomerView, asked_id: str | None = None, *, alternatives: bool = False
    ) -> CustomerOut:
        golden = view.golden
        languages = (told.value for told in golden.get(LANGUAGES_BY_CHANNEL, []))
        columns = _columns(view, asked_id) | {
            PREFERRED_CHANNEL: _first(golden, PREFERRED_CHANNEL),
            LANGUAGES_BY_CHANNEL: {
                one.channel: one.language for one in languages if isinstance(one, ChannelLanguage)
            },
            "told_by": {
                attribute: [ToldByOut.of(told) for told in values]
                for attribute, values in golden.items()
            },
            "chosen_by": {
                attribute: ChosenByOut.of(attribute, values[0])
                for attribute, values in golden.items()
            },
        }
        if alternatives:
            columns["alternatives"] = {
                attribute: [AlternativeOut.of(told) for told in values]
                for attribute, values in view.others.items()
            }
        return cls.model_validate(columns)


def _columns(view: CustomerView, asked_id: str | None) -> dict[str, Any]:
    customer, golden = view.customer, view.golden
    return {
        "customer_id": customer.id,
        "retired_id": asked_id if customer.asked_retired_at is not None else None,
        "anonymous": is_anonymous(golden) and not view.withheld,
        "withheld": sorted(view.withheld),
        "display_name": display_name(golden),
        "brand": customer.brand,
        "legal_entity": customer.legal_entity,
        "home_region": customer.home_region,
        **{attribute: _first(golden, attribute) for attribute in SINGLE},
        **{attribute: _all(golden, attribute) for attribute in LISTS},
        "addresses": [
            AddressOut.of(address)
            for address in _all(golden, "addresses")
            if isinstance(address, Address)
        ],
        "version": customer.version,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
    }


def _first(golden: GoldenRecord, attribute: str) -> object:
    return golden[attribute][0].value if attribute in golden else None


def _all(golden: GoldenRecord, attribute: str) -> list[object]:
    return [told.value for told in golden.get(attribute, [])]
