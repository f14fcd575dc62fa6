"""Customers: the golden record, its source records, aliases and search."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from chassis.api import DatabaseDep, StrictModel, requires
from chassis.database import Database
from chassis.errors import FieldProblem
from chassis.global_ids import GlobalId
from chassis.ids import InvalidId
from chassis.iso import Country
from chassis.paging import Cursor, InvalidCursor, Limit, Page, decode_cursor, encode_cursor
from customer.api.customer_out import AliasOut, CustomerFoundOut, CustomerOut
from customer.api.fields import LongText, ShortText, Text
from customer.api.source_record_out import SourceRecordOut
from customer.domain.identifiers import IdentifierKind
from customer.events import SOURCE_RECORD
from customer.store.source_records import Position
from customer.use_cases import search_customers as searching
from customer.use_cases.read_customer import follow_alias, list_source_records, read_customer

router = APIRouter(prefix="/v1", tags=["customers"])


class SearchIn(StrictModel):
    """One thing to search by; `country` reads a phone number dialled without its country code."""

    customer_id: GlobalId | None = None
    email: LongText | None = None
    phone: ShortText | None = None
    card: ShortText | None = None
    name: Annotated[Text | None, Field(description="The beginning of a name, in any script.")] = (
        None
    )
    country: Country | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=500)] = None

    @model_validator(mode="after")
    def _one_criterion(self) -> Self:
        told = (self.customer_id, self.email, self.phone, self.card, self.name)
        if sum(value is not None for value in told) != 1:
            message = "must give exactly one of customer_id, email, phone, card and name"
            raise ValueError(message)
        return self


@router.get("/customers/{customer_id}", dependencies=[requires("customers:read")])
async def get_customer(customer_id: GlobalId, database: DatabaseDep) -> CustomerOut:
    """Read a customer by any id it ever had.

    Each attribute is the value told most recently. A retired id answers with its survivor and
    repeats what was asked as `retired_id`.
    """
    return CustomerOut.of(await read_customer(database, customer_id), customer_id)


@router.get("/customers/{customer_id}/source-records", dependencies=[requires("customers:read")])
async def get_source_records(
    customer_id: GlobalId, database: DatabaseDep, cursor: Cursor = None, limit: Limit = 50
) -> Page[SourceRecordOut]:
    """List what sources told of a customer, that observed last first."""
    found = await list_source_records(
        database, customer_id, before=_read_record_cursor(cursor), limit=limit + 1
    )
    shown = found[:limit]
    more = len(found) > limit
    last = shown[-1] if more else None
    return Page(
        items=[SourceRecordOut.of(record) for record in shown],
        next_cursor=encode_cursor(last.observed_at.isoformat(), SOURCE_RECORD.show(last.id))
        if last is not None
        else None,
    )


@router.get("/aliases/{customer_id}", dependencies=[requires("customers:read")])
async def get_alias(customer_id: GlobalId, database: DatabaseDep) -> AliasOut:
    """Find to which customer an id leads now; a current id leads to itself."""
    return AliasOut.of(await follow_alias(database, customer_id), customer_id)


@router.post("/customers/search", dependencies=[requires("customers:read")])
async def search(body: SearchIn, database: DatabaseDep) -> Page[CustomerFoundOut]:
    """Search customers by an id, an identifier, or the beginning of a name.

    Names are found in any script, without regard to accents, case and width, whichever word is
    typed first; a customer with several such names may come again on a later page.
    """
    found = await _search(body, database)
    position = found.next_position
    return Page(
        items=[CustomerFoundOut.of(view, body.customer_id) for view in found.views],
        next_cursor=encode_cursor(position.key, SOURCE_RECORD.show(position.record_id))
        if position is not None
        else None,
    )


async def _search(body: SearchIn, database: Database) -> searching.Found:
    after = _read_search_cursor(body.cursor)
    if body.customer_id is not None:
        return await searching.search_by_id(database, body.customer_id)
    if body.name is not None:
        return await searching.search_by_name(database, body.name, after=after, limit=body.limit)
    [(kind, typed)] = [
        (kind, value)
        for kind, value in (
            (IdentifierKind.EMAIL, body.email),
            (IdentifierKind.PHONE, body.phone),
            (IdentifierKind.CARD, body.card),
        )
        if value is not None
    ]
    identifier = searching.read_identifier(kind, typed, body.country)
    return await searching.search_by_identifier(database, identifier, after=after, limit=body.limit)


def _read_search_cursor(cursor: str | None) -> searching.Position | None:
    if cursor is None:
        return None
    key, shown = decode_cursor(cursor, parts=2)
    return searching.Position(str(key), _read_record_id(shown))


def _read_record_cursor(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    instant, shown = decode_cursor(cursor, parts=2)
    try:
        observed_at = datetime.fromisoformat(str(instant))
        observed_at.astimezone(UTC)  # which the first and last day of all may not have
    except (ValueError, OverflowError) as error:
        raise _invalid_cursor() from error
    if observed_at.tzinfo is None:
        raise _invalid_cursor()
    return observed_at, _read_record_id(shown)


def _read_record_id(shown: str | int) -> UUID:
    try:
        return SOURCE_RECORD.read(str(shown))
    except InvalidId as error:
        raise _invalid_cursor() from error


def _invalid_cursor() -> InvalidCursor:
    mend = "Send `next_cursor` as it was given, or leave it out to begin at the start."
    return InvalidCursor(mend, fields=[FieldProblem("cursor", "was not given out here", mend)])
