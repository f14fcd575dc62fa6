"""Searching customers: by one criterion, or by whatever is typed into one box."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from chassis.api import DatabaseDep, StrictModel, requires
from chassis.database import Database
from chassis.global_ids import GlobalId
from chassis.iso import Country
from chassis.paging import Page, decode_cursor, encode_cursor
from customer.api.cursors import invalid_cursor, read_record_id
from customer.api.customer_out import CustomerFoundOut
from customer.api.fields import LongText, ShortText, Text
from customer.api.readers import ReadingDep
from customer.domain.identifiers import IdentifierKind
from customer.events import SOURCE_RECORD
from customer.store.seeing import Eyes
from customer.use_cases import search_customers as searching
from customer.use_cases.search_by_text import search_by_text

router = APIRouter(prefix="/v1", tags=["customers"])

_MOST_BY_TEXT = 50
_MOST_NAMES = 1000


class SearchIn(StrictModel):
    """One thing to search by; `country` reads a phone number dialled without its country code.

    `text` is whatever stands in a search box, also while it is being typed.
    """

    text: Annotated[
        Text | None,
        Field(description="Names, cities, last digits, addresses or ids; each word narrows."),
    ] = None
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
        told = (self.text, self.customer_id, self.email, self.phone, self.card, self.name)
        if sum(value is not None for value in told) != 1:
            message = "must give exactly one of text, customer_id, email, phone, card and name"
            raise ValueError(message)
        return self


@router.post("/customers/search", dependencies=[requires("customers:read")])
async def search(
    body: SearchIn, database: DatabaseDep, reading: ReadingDep
) -> Page[CustomerFoundOut]:
    """Search customers as one types, or by an id, an identifier, or the beginning of a name.

    By `text`, every word must fit a name, a city, the last four digits of a phone or more of them,
    or the beginning of an e-mail address, a card, a customer's or a source's id. What fits exactly
    comes first, then what begins so, then last digits; names that are only similar are given when
    nothing else fits. There is one page; `matched` says what fitted. By `name`, names are found in
    any script, without regard to accents, case and width, whichever word is typed first; a customer
    with several such names may come again on a later page.

    Nobody is found by a part of what the reading policy hides from the caller, and by the whole of
    an e-mail, phone, card or own id only where a source record told it that the caller may read.
    """
    if body.text is not None:
        fitting = await search_by_text(
            database,
            body.text,
            reading.eyes,
            country=body.country,
            limit=min(body.limit, _MOST_BY_TEXT),
        )
        matched = {one.view.customer.id: one.matched for one in fitting}
        seen = await reading.found([one.view for one in fitting])
        return Page(
            items=[CustomerFoundOut.of(view, matched=matched[view.customer.id]) for view in seen]
        )
    found = await _search(body, database, reading.eyes)
    position = found.next_position
    return Page(
        items=[
            CustomerFoundOut.of(view, body.customer_id) for view in await reading.found(found.views)
        ],
        next_cursor=None if position is None else _show_search_cursor(position),
    )


async def _search(body: SearchIn, database: Database, eyes: Eyes) -> searching.Found:
    if body.customer_id is not None:
        return await searching.search_by_id(database, body.customer_id)
    if body.name is not None:
        after = _read_name_cursor(body.cursor)
        return await searching.search_by_name(
            database, body.name, eyes, after=after, limit=body.limit
        )
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
    return await searching.search_by_identifier(
        database, identifier, eyes, after=_read_customer_cursor(body.cursor), limit=body.limit
    )


def _show_search_cursor(position: searching.Position) -> str:
    match position:
        case searching.AfterName(record_id, number):
            return encode_cursor(SOURCE_RECORD.show(record_id), number)
        case searching.AfterCustomer(customer_id):
            return encode_cursor(customer_id)


def _read_name_cursor(cursor: str | None) -> searching.AfterName | None:
    if cursor is None:
        return None
    shown, number = decode_cursor(cursor, parts=2)
    if not isinstance(number, int) or not 0 <= number < _MOST_NAMES:
        raise invalid_cursor()
    return searching.AfterName(read_record_id(shown), number)


def _read_customer_cursor(cursor: str | None) -> searching.AfterCustomer | None:
    if cursor is None:
        return None
    [customer_id] = decode_cursor(cursor, parts=1)
    return searching.AfterCustomer(str(customer_id))
