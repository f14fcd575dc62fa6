"""Searching customers by what one of them says: an identifier, or the beginning of a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from chassis.database import snapshot
from chassis.errors import FieldProblem, Invalid
from customer.domain.cards import read_card
from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind, Unusable
from customer.domain.phones import read_phone
from customer.domain.search_keys import search_text
from customer.domain.search_sight import is_named
from customer.store.customers import find_customer, list_customers
from customer.store.golden_records import CustomerView, view_customers
from customer.store.search import (
    FIRST_RECORD,
    NameHit,
    customers_by_identifier,
    name_of_number,
    names_beginning_with,
    number_of_name,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.database import Database, Transaction
    from customer.store.seeing import Eyes

_RECORDS_SHOWN = 20
_HITS_EACH = 4
_ROUNDS = 10
_MOST_SHARING = 1000
_SHORTEST_NAME = 2


class UnusableCriterion(Invalid):
    """What was typed cannot find anybody."""

    slug = "unusable-criterion"
    title = "The search cannot be made with this value"


class SearchMovedOn(Invalid):
    """The source record at which a page ended has other names by now."""

    slug = "search-moved-on"
    title = "The search has to begin again"


@dataclass(frozen=True, slots=True)
class AfterName:
    """Where a page of names ended: a record and the number of its name, never the name."""

    record_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class AfterCustomer:
    """Where a page of those who share an identifier ended."""

    customer_id: str


Position: TypeAlias = AfterName | AfterCustomer


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
    database: Database,
    identifier: Identifier,
    eyes: Eyes,
    *,
    after: AfterCustomer | None,
    limit: int,
) -> Found:
    """Find customers who have an identifier, also when it is shared by too many to identify.

    Who was told the whole of it recognises by it, even where it is hidden, but not those of whom
    only source records have it that are closed to the reader.
    """
    bound = limit + 1 if eyes.see_everything else _MOST_SHARING
    async with snapshot(database) as connection:
        ids = await customers_by_identifier(
            connection, identifier, after=after.customer_id if after else "", limit=bound
        )
        open_ = await eyes.identified(connection, [identifier], ids)
        found = [customer_id for customer_id in ids if customer_id in open_]
        views = await _views(connection, found[:limit])
    return Found(views, AfterCustomer(found[limit - 1]) if len(found) > limit else None)


async def search_by_name(
    database: Database, name: str, eyes: Eyes, *, after: AfterName | None, limit: int
) -> Found:
    """Find customers one of whose names begins as typed, whichever word comes first.

    A name that the reader does not see finds nobody: hits are read on until a page is full, or so
    many were read that the reader is to ask on from there. Raises `UnusableCriterion`,
    `SearchMovedOn`.
    """
    beginning = search_text(name)
    if len(beginning) < _SHORTEST_NAME and beginning.isascii():
        mend = "Type at least two letters of a name."
        raise UnusableCriterion(mend, fields=[FieldProblem("name", "is too short", mend)])
    bound = limit * _HITS_EACH
    views: dict[str, CustomerView] = {}
    async with snapshot(database) as connection:
        place = await _place(connection, after)
        for rounds_left in reversed(range(1 if eyes.see_everything else _ROUNDS)):
            hits = await names_beginning_with(connection, beginning, after=place, limit=bound)
            shown = _hits_of_a_page(hits, limit - len(views))
            named = list(dict.fromkeys(hit.customer_id for hit in shown))
            new = await _views(connection, [one for one in named if one not in views])
            for view in await _named(connection, eyes, new, beginning):
                views[view.customer.id] = view
            if len(shown) == len(hits) < bound:
                return Found(list(views.values()), None)
            if len(views) == limit or rounds_left == 0:
                last = shown[-1]
                number = await number_of_name(connection, last)
                return Found(list(views.values()), AfterName(last.source_record_id, number))
            place = shown[-1].key, shown[-1].source_record_id
    raise AssertionError


async def _place(connection: Transaction, after: AfterName | None) -> tuple[str, UUID]:
    if after is None:
        return "", FIRST_RECORD
    key = await name_of_number(connection, after.record_id, after.number)
    if key is None:
        mend = "Search again without a cursor."
        raise SearchMovedOn(mend, fields=[FieldProblem("cursor", "is out of date", mend)])
    return key, after.record_id


async def _named(
    connection: Transaction, eyes: Eyes, views: list[CustomerView], beginning: str
) -> list[CustomerView]:
    """Leave those of whom the reader sees a name that begins so."""
    if eyes.see_everything:
        return views
    homes = {view.customer.id: view.telling.homes for view in views}
    sights = await eyes.sights(connection, homes)
    return [view for view in views if is_named(beginning, view.telling, sights[view.customer.id])]


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
