"""Recognising a person by what somebody says of them, and storing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.hot import hot_connection
from customer.domain.guard import Person, tells_own_id
from customer.domain.neighbourhood import portrait_of
from customer.domain.normalisation import read_claim
from customer.domain.resolution import Placement, place
from customer.store.book import open_book

if TYPE_CHECKING:
    from chassis.database import Database
    from chassis.errors import FieldProblem
    from customer.domain.claims import Claim
    from customer.domain.identifiers import Identifier
    from customer.domain.neighbourhood import Recogniser

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where a record that said this would be placed now, and what of it could not be used."""

    placement: Placement
    identifiers: tuple[Identifier, ...]
    flags: tuple[FieldProblem, ...]


async def recognise(database: Database, claim: Claim, *, recogniser: Recogniser) -> Recognition:
    """Decide as the intake would, without waiting for it."""
    reading = read_claim(claim)
    portrait = portrait_of(reading.normalised)
    person = Person(
        record_id=_NOBODY,
        names=reading.normalised.names,
        birth_date=reading.normalised.birth_date,
        traits=portrait.traits,
        official_ids=reading.normalised.official_ids,
        tells_own_id=tells_own_id(reading.normalised),
    )
    identifiers = tuple(use.identifier for use in reading.usable)
    async with hot_connection(database) as connection:
        book, _ = await open_book(connection, (), identifiers, [portrait], recogniser, hold=False)
    placement = place(book, person, reading.usable, portrait)
    return Recognition(placement, identifiers, reading.flags)
