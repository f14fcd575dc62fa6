"""Locks on a customer's attributes: values that a person fixed, whatever sources tell."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.errors import FieldProblem, Invalid
from chassis.global_ids import GlobalId
from chassis.iso import Country, LanguageTag
from customer.api.actors import ActorDep
from customer.api.fields import Day, LongText, ShortText, Text, Word
from customer.api.readers import readable
from customer.api.source_record_parts import AddressIn
from customer.api.steward_fields import Reason, steward_of
from customer.domain.attribute_locks import AttributeLock
from customer.domain.cards import read_card
from customer.domain.claims import Address, Gender
from customer.domain.emails import read_email
from customer.domain.golden_attributes import GoldenAttribute
from customer.domain.phones import read_phone
from customer.domain.text import tidy
from customer.use_cases.lock_attributes import lift_lock, lock_attribute

router = APIRouter(prefix="/v1/customers", tags=["stewardship"])


class LockValueUnusable(Invalid):
    """The attribute cannot have this value."""

    slug = "lock-value-unusable"
    title = "The attribute cannot have this value"


class LockIn(StrictModel):
    """The value as a source record would tell it, and why it is right.

    Of a list (`emails`, `phones`, `cards`, `addresses`) it is one value, which then comes first.
    """

    value: Any
    reason: Reason


class LockOut(BaseModel):
    """A value that a person fixed."""

    attribute: GoldenAttribute
    value: Any
    reason: str
    locked_at: AwareDatetime
    locked_by: Annotated[str | None, Field(description="The person, as the client names them.")]

    @classmethod
    def of(cls, lock: AttributeLock) -> LockOut:
        return cls(
            attribute=GoldenAttribute(lock.attribute),
            value=lock.value,
            reason=lock.reason,
            locked_at=lock.locked_at,
            locked_by=lock.by.person,
        )


@router.put(
    "/{customer_id}/locks/{attribute}", dependencies=[requires("customers:steward"), readable()]
)
async def put_lock(
    customer_id: GlobalId,
    attribute: GoldenAttribute,
    body: LockIn,
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
) -> LockOut:
    """Fix an attribute's value; it comes before every rule until the lock is lifted.

    The lock goes where its customer id goes: after a merge it is the survivor's unless that has
    one of its own, and after an unmerge each has its own again.
    """
    lock = AttributeLock(
        told_customer_id=customer_id,
        attribute=attribute,
        value=_read(attribute, body.value),
        reason=body.reason,
        locked_at=now,
        by=steward_of(actor),
    )
    return LockOut.of(await lock_attribute(database, lock))


@router.delete(
    "/{customer_id}/locks/{attribute}",
    dependencies=[requires("customers:steward"), readable()],
    status_code=HTTPStatus.NO_CONTENT,
)
async def delete_lock(
    customer_id: GlobalId,
    attribute: GoldenAttribute,
    database: DatabaseDep,
    actor: ActorDep,
    now: Now,
) -> None:
    """Lift an attribute's lock, also one that came from a retired id: the rules decide again."""
    await lift_lock(database, customer_id, attribute, at=now, by=steward_of(actor))


def _read(attribute: GoldenAttribute, value: object) -> object:
    try:
        return _VALUES.get(attribute, _TEXT).validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]["msg"].removeprefix("Value error, ")
        mend = f"Send {attribute} as a source record would tell it."
        raise LockValueUnusable(mend, fields=[FieldProblem("value", problem, mend)]) from error


def _tidy(text: str) -> str:
    tidied = tidy(text)
    if tidied is None:
        message = "must not be empty"
        raise ValueError(message)
    return tidied


def _email(text: str) -> str:
    return read_email(text).shown


def _phone(text: str) -> str:
    return read_phone(text, None)


def _card(text: str) -> str:
    return read_card(text).shown


def _address(body: AddressIn) -> Address:
    return Address(**dict(body))


_TEXT: TypeAdapter[Any] = TypeAdapter(Annotated[Text, AfterValidator(_tidy)])
_VALUES: Mapping[str, TypeAdapter[Any]] = {
    GoldenAttribute.BIRTH_DATE: TypeAdapter(Day),
    GoldenAttribute.GENDER: TypeAdapter(Gender),
    GoldenAttribute.COUNTRY: TypeAdapter(Country),
    GoldenAttribute.LANGUAGE: TypeAdapter(LanguageTag),
    GoldenAttribute.PREFERRED_CHANNEL: TypeAdapter(Word),
    GoldenAttribute.EMAILS: TypeAdapter(Annotated[LongText, AfterValidator(_email)]),
    GoldenAttribute.PHONES: TypeAdapter(Annotated[ShortText, AfterValidator(_phone)]),
    GoldenAttribute.CARDS: TypeAdapter(Annotated[ShortText, AfterValidator(_card)]),
    GoldenAttribute.ADDRESSES: TypeAdapter(Annotated[AddressIn, AfterValidator(_address)]),
}
