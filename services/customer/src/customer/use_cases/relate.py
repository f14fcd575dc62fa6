"""Relating customers: to each other, to companies, households and sales associates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.owners import Whom
from customer.domain.parties import CompanyUnknown, HouseholdUnknown, SiteUnknown
from customer.domain.relationships import (
    RULES,
    OtherEnd,
    Relationship,
    RelationshipChangedMeanwhile,
    RelationshipCycle,
    RelationshipType,
    RelationshipUnknown,
    Terms,
    check_alone,
    check_terms,
    check_texts,
)
from customer.store import relationships as store
from customer.store.holding import decide_once
from customer.store.owners import find_owner
from customer.store.parties import find_company, find_household

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class RelationshipTold:
    """A relationship as it is told: `to` is a customer, or else stands in `party`."""

    type: RelationshipType
    whom: Whom
    to: Whom | None
    party: OtherEnd
    terms: Terms
    source: str
    client_id: str
    actor: str | None


async def relate(
    database: Database, told: RelationshipTold, *, once: Once[Relationship], now: datetime
) -> Relationship:
    """Relate a customer to somebody.

    Raises what `check_terms`, `check_alone` and `owner_of` raise, `NationalNumberTold`,
    `RelationshipCycle`, `CompanyUnknown`, `SiteUnknown` and `HouseholdUnknown`.
    """
    kind = OtherEnd().kind if told.to is not None else told.party.kind
    check_terms(told.type, kind, told.terms)
    check_texts(told.terms, told.party.associate, told.source)

    async def work(tx: Transaction) -> Relationship:
        owner = await find_owner(tx, told.whom)
        relationship = Relationship(
            id=new_uuid(),
            type=told.type,
            told=owner.told,
            customer_id=owner.customer_id,
            to=await _other_end(tx, told),
            terms=told.terms,
            source=told.source,
            version=1,
            client_id=told.client_id,
            actor=told.actor,
            created_at=now,
            updated_at=now,
        )
        await _check(tx, relationship, now)
        await store.insert_relationship(tx, relationship)
        return relationship

    return await decide_once(database, once, work)


async def change_relationship(
    database: Database,
    relationship_id: UUID,
    terms: Terms,
    *,
    expected: int | None,
    now: datetime,
) -> Relationship:
    """Change site, roles, or from when until when; whom it ties, stays.

    Raises `RelationshipUnknown`, `RelationshipChangedMeanwhile`, and what `relate` raises.
    """
    check_texts(terms)

    async def work(tx: Transaction) -> Relationship:
        relationship = await _held(tx, relationship_id, expected)
        if relationship.terms == terms:
            return relationship
        check_terms(relationship.type, relationship.to.kind, terms)
        changed = replace(
            relationship, terms=terms, version=relationship.version + 1, updated_at=now
        )
        await _check_site(tx, changed.to, terms)
        await _check(tx, changed, now)
        await store.update_relationship(tx, changed)
        return changed

    return await decide_once(database, Once(Relationship), work)


async def delete_relationship(
    database: Database, relationship_id: UUID, *, expected: int | None
) -> None:
    """Delete a relationship that was told by mistake; one that ended has an `until`.

    Raises `RelationshipUnknown` and `RelationshipChangedMeanwhile`.
    """

    async def work(tx: Transaction) -> None:
        await _held(tx, relationship_id, expected)
        await store.delete_relationship(tx, relationship_id)

    await decide_once(database, Once(NoneType), work)


async def _check(tx: Transaction, new: Relationship, now: datetime) -> None:
    await store.hold_ends(tx, new)
    check_alone(new, await store.rivals(tx, new), now.date())
    if RULES[new.type].acyclic and await store.would_close_circle(tx, new):
        message = "Read the relationships of the other customer: it leads back to this one."
        raise RelationshipCycle(message)


async def _other_end(tx: Transaction, told: RelationshipTold) -> OtherEnd:
    if told.to is not None:
        owner = await find_owner(tx, told.to)
        return OtherEnd(told=owner.told, customer_id=owner.customer_id)
    await _check_site(tx, told.party, told.terms)
    household_id = told.party.household_id
    if household_id is not None and await find_household(tx, household_id, hold=True) is None:
        message = "Add the household first, or correct its id."
        raise HouseholdUnknown(message)
    return told.party


async def _check_site(tx: Transaction, to: OtherEnd, terms: Terms) -> None:
    """Hold the company, so that its site is not deleted meanwhile."""
    if to.company_id is None:
        return
    company = await find_company(tx, to.company_id, hold=True)
    if company is None:
        message = "Add the company first, or correct its id."
        raise CompanyUnknown(message)
    if terms.site is not None and all(site.code != terms.site for site in company.sites):
        message = "Add the site to the company first, or correct its code."
        raise SiteUnknown(message)


async def _held(tx: Transaction, relationship_id: UUID, expected: int | None) -> Relationship:
    relationship = await store.find_relationship(tx, relationship_id, hold=True)
    if relationship is None:
        message = "List the customer's relationships for their ids."
        raise RelationshipUnknown(message)
    if expected is not None and expected != relationship.version:
        message = f"It is at version {relationship.version}. Read it again, and send its new ETag."
        raise RelationshipChangedMeanwhile(message)
    return relationship
