"""Searching customers by what one of them says: an identifier, or the beginning of a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.database import snapshot
from chassis.errors import FieldProblem, Invalid
from customer.domain.cards import read_card
from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind, Unusable
from customer.domain.phones import read_phone
from customer.domain.search_keys import search_text
from customer.store.customers import find_customer, list_customers
from customer.store.golden_records import CustomerView, view_customers
from customer.store.search import (
    FIRST_RECORD,
    NameHit,
    customers_by_identifier,
    names_beginning_with,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Database, Transaction

_RECORDS_SHOWN = 20
_HITS_EACH = 4
_SHORTEST_NAME = 2


class UnusableCriterion(Invalid):
    """What was typed cannot find anybody."""

    slug = "unusable-criterion"
    title = "The search cannot be made with this value"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the name's key and its record, or the customer's id in `key`."""

    key: str
    record_id: UUID = FIRST_RECORD


@dataclass(frozen=True, slots=True)
class Found:
    """A page of customers and where the next one begins."""

    views: list[CustomerView]
    next_position: Position | None


async def search_by_id(database: Database, customer_id: str) -> Found:
    """Find the customer of an id, as a list of one or none."""
    async with snapshot(database) as connection:
        customer = await find_customer(connection, customer_id)
        if customer is None:
            return Found([], None)
        views = await view_customers(connection, [customer], records_each=_RECORDS_SHOWN)
    return Found(views, None)


async def search_by_identifier(
    database: Database, identifier: Identifier, *, after: Position | None, limit: int
) -> Found:
    """Find customers who have an identifier, also when it is shared by too many to identify."""
    async with snapshot(database) as connection:
        ids = await customers_by_identifier(
            connection, identifier, after=after.key if after else "", limit=limit + 1
        )
        views = await _views(connection, ids[:limit])
    return Found(views, Position(ids[limit - 1]) if len(ids) > limit else None)


async def search_by_name(
    database: Database, name: str, *, after: Position | None, limit: int
) -> Found:
    """Find customers one of whose names begins as typed, whichever word comes first."""
    beginning = search_text(name)
    if len(beginning) < _SHORTEST_NAME and beginning.isascii():
        mend = "Type at least two letters of a name."
        raise UnusableCriterion(mend, fields=[FieldProblem("name", "is too short", mend)])
    place = (after.key, after.record_id) if after else ("", FIRST_RECORD)
    bound = limit * _HITS_EACH
    async with snapshot(database) as connection:
        hits = await names_beginning_with(connection, beginning, after=place, limit=bound)
        shown = _hits_of_a_page(hits, limit)
        views = await _views(connection, list(dict.fromkeys(hit.customer_id for hit in shown)))
    if len(shown) == len(hits) < bound:
        return Found(views, None)
    return Found(views, Position(shown[-1].key, shown[-1].source_record_id))


def _hits_of_a_page(hits: Sequence[NameHit], limit: int) -> list[NameHit]:
    """Take hits until they name more customers than a page shows."""
    ids: set[str] = set()
    shown: list[NameHit] = []
    for hit in hits:
        ids.add(hit.customer_id)
        if len(ids) > limit:
            break
        shown.append(hit)
    return shown


def read_identifier(kind: IdentifierKind, typed: str, country: str | None) -> Identifier:
    """Read an e-mail, phone or card as sources' values are read; raises `UnusableCriterion`."""
    try:
        match kind:
            case IdentifierKind.EMAIL:
                return Identifier(kind, read_email(typed).compared)
            case IdentifierKind.PHONE:
                return Identifier(kind, read_phone(typed, country))
            case _:
                return Identifier(kind, read_card(typed).compared)
    except Unusable as unusable:
        field = FieldProblem(kind, unusable.problem, unusable.mend)
        raise UnusableCriterion(unusable.mend, fields=[field]) from unusable


async def _views(connection: Transaction, customer_ids: Sequence[str]) -> list[CustomerView]:
    customers = await list_customers(connection, customer_ids)
    return await view_customers(connection, customers, records_each=_RECORDS_SHOWN)
