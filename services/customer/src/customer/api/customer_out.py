"""Customers as they are answered: the golden record, and who told each part of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel

from chassis.global_ids import GlobalId
from customer.domain.claims import Address, Gender
from customer.domain.survivorship import GoldenRecord, Told, display_name, is_anonymous
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
    """The source record that a value comes from, and when its source observed it."""

    source: str
    external_id: str
    source_record_id: SourceRecordId
    observed_at: AwareDatetime

    @classmethod
    def of(cls, told: Told) -> ToldByOut:
        return cls(
            source=told.record.key.source,
            external_id=told.record.key.external_id,
            source_record_id=told.record.id,
            observed_at=told.record.observed_at,
        )


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


class CustomerFoundOut(BaseModel):
    """A customer in a list: enough to tell one from another."""

    customer_id: GlobalId
    retired_id: GlobalId | None = None
    anonymous: bool
    display_name: str | None
    brand: str
    legal_entity: str
    home_region: str
    given_name: str | None
    family_name: str | None
    full_name: str | None
    given_name_kana: str | None
    family_name_kana: str | None
    birth_date: date | None
    gender: Gender | None
    birth_place: str | None
    occupation: str | None
    country: str | None
    language: str | None
    emails: list[str]
    phones: list[str]
    cards: list[str]
    addresses: list[AddressOut]
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, view: CustomerView, asked_id: str | None = None) -> CustomerFoundOut:
        return cls.model_validate(_columns(view, asked_id))


class CustomerOut(CustomerFoundOut):
    """A customer with who told each attribute; for lists, one for each value in its order."""

    told_by: dict[str, list[ToldByOut]]

    @classmethod
    def of(cls, view: CustomerView, asked_id: str | None = None) -> CustomerOut:
        told_by = {
            attribute: [ToldByOut.of(told) for told in values]
            for attribute, values in view.golden.items()
        }
        return cls.model_validate({**_columns(view, asked_id), "told_by": told_by})


def _columns(view: CustomerView, asked_id: str | None) -> dict[str, Any]:
    customer, golden = view.customer, view.golden
    return {
        "customer_id": customer.id,
        "retired_id": asked_id if customer.asked_retired_at is not None else None,
        "anonymous": is_anonymous(golden),
        "display_name": display_name(golden),
        "brand": customer.brand,
        "legal_entity": customer.legal_entity,
        "home_region": customer.home_region,
        **{attribute: _first(golden, attribute) for attribute in _SINGLE},
        **{attribute: _all(golden, attribute) for attribute in ("emails", "phones", "cards")},
        "addresses": [
            AddressOut.of(address)
            for address in _all(golden, "addresses")
            if isinstance(address, Address)
        ],
        "version": customer.version,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
    }


_SINGLE = (
    "given_name",
    "family_name",
    "full_name",
    "given_name_kana",
    "family_name_kana",
    "birth_date",
    "gender",
    "birth_place",
    "occupation",
    "country",
    "language",
)


def _first(golden: GoldenRecord, attribute: str) -> object:
    return golden[attribute][0].value if attribute in golden else None


def _all(golden: GoldenRecord, attribute: str) -> list[object]:
    return [told.value for told in golden.get(attribute, [])]
