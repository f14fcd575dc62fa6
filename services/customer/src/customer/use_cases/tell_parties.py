"""Telling of companies, their sites, and households; reading them."""

from __future__ import annotations

from dataclasses import replace
from types import NoneType
from typing import TYPE_CHECKING

from chassis.database import snapshot
from chassis.errors import FieldProblem
from chassis.idempotency import Once
from chassis.ids import new_uuid
from customer.domain.parties import (
    SITES_PER_COMPANY,
    Company,
    CompanyAlreadyKnown,
    CompanyTold,
    CompanyUnknown,
    Household,
    HouseholdTold,
    HouseholdUnknown,
    Site,
    SiteInUse,
    SiteUnknown,
    TooManySites,
    check_company,
    check_household,
    check_party_version,
    check_site,
)
from customer.domain.reading_policies import withheld
from customer.domain.relationships import MEMBERS_PER_HOUSEHOLD, OtherEnd
from customer.store import parties as store
from customer.store.holding import decide_once
from customer.store.parties import COMPANY
from customer.store.relationships import relationships_to

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database, Transaction
    from customer.store.seeing import Eyes


async def add_company(
    database: Database, told: CompanyTold, *, once: Once[Company], now: datetime
) -> Company:
    """Add a company.

    Raises `NationalNumberTold`, and `CompanyAlreadyKnown`, which names the one with this number.
    """
    check_company(told)

    async def work(tx: Transaction) -> Company:
        await _refuse_known(tx, told, besides=None)
        company = Company(new_uuid(), told, (), 1, now, now)
        await store.insert_company(tx, company)
        return company

    return await decide_once(database, once, work)


async def change_company(
    database: Database,
    company_id: UUID,
    told: CompanyTold,
    *,
    expected: int | None,
    now: datetime,
) -> Company:
    """Replace what is told of a company.

    Raises `CompanyUnknown`, `PartyChangedMeanwhile`, `CompanyAlreadyKnown` and
    `NationalNumberTold`.
    """
    check_company(told)

    async def work(tx: Transaction) -> Company:
        company = _known(await store.find_company(tx, company_id, hold=True))
        check_party_version(company.version, expected)
        if company.told == told:
            return company
        await _refuse_known(tx, told, besides=company_id)
        changed = replace(company, told=told, version=company.version + 1, updated_at=now)
        await store.update_company(tx, changed)
        return changed

    return await decide_once(database, Once(Company), work)


async def read_company(database: Database, company_id: UUID) -> Company:
    """Read a company with its sites; raises `CompanyUnknown`."""
    async with snapshot(database) as connection:
        return _known(await store.find_company(connection, company_id))


async def list_companies(database: Database, *, before: UUID | None, limit: int) -> list[Company]:
    """List companies without their sites, those told last first."""
    async with snapshot(database) as connection:
        return await store.list_companies(connection, before=before, limit=limit)


async def put_site(database: Database, company_id: UUID, site: Site, *, now: datetime) -> Company:
    """Add a site to a company, or replace it.

    Raises `CompanyUnknown`, `TooManySites` and `NationalNumberTold`.
    """

    async def work(tx: Transaction) -> Company:
        company = _known(await store.find_company(tx, company_id, hold=True))
        check_site(site, company.told.country)
        others = [one for one in company.sites if one.code != site.code]
        if len(others) >= SITES_PER_COMPANY:
            message = f"A company has at most {SITES_PER_COMPANY} sites."
            raise TooManySites(message)
        await store.put_site(tx, company_id, site, now=now)
        sites = sorted([*others, site], key=lambda one: one.code)
        return replace(company, sites=tuple(sites))

    return await decide_once(database, Once(Company), work)


async def delete_site(database: Database, company_id: UUID, code: str) -> None:
    """Delete a site nobody is a contact at.

    Raises `CompanyUnknown`, `SiteUnknown` and `SiteInUse`.
    """

    async def work(tx: Transaction) -> None:
        company = _known(await store.find_company(tx, company_id, hold=True))
        if all(site.code != code for site in company.sites):
            message = "Read the company for its sites."
            raise SiteUnknown(message)
        if await store.has_contacts(tx, company_id, code):
            message = "Delete its contacts first, or move them to another site."
            raise SiteInUse(message)
        await store.delete_site(tx, company_id, code)

    await decide_once(database, Once(NoneType), work)


async def add_household(
    database: Database, told: HouseholdTold, *, once: Once[Household], now: datetime
) -> Household:
    """Add a household, which has no members yet; raises `NationalNumberTold`."""
    check_household(told)

    async def work(tx: Transaction) -> Household:
        household = Household(new_uuid(), told, 1, now, now)
        await store.insert_household(tx, household)
        return household

    return await decide_once(database, once, work)


async def change_household(
    database: Database,
    household_id: UUID,
    told: HouseholdTold,
    *,
    expected: int | None,
    now: datetime,
) -> Household:
    """Replace a household's name and address.

    Raises `HouseholdUnknown`, `PartyChangedMeanwhile` and `NationalNumberTold`.
    """
    check_household(told)

    async def work(tx: Transaction) -> Household:
        household = _known_household(await store.find_household(tx, household_id, hold=True))
        check_party_version(household.version, expected)
        if household.told == told:
            return household
        changed = replace(household, told=told, version=household.version + 1, updated_at=now)
        await store.update_household(tx, changed)
        return changed

    return await decide_once(database, Once(Household), work)


async def read_household(
    database: Database, household_id: UUID, eyes: Eyes
) -> tuple[Household, set[str]]:
    """Read a household and the customers through whom the reader sees it.

    What it is called and where it lives, each of its members told. Who sees neither that nor an
    address of any of them is refused. Raises `HouseholdUnknown`, `PartWithheld`.
    """
    async with snapshot(database) as connection:
        household = _known_household(await store.find_household(connection, household_id))
        members = await relationships_to(
            connection,
            OtherEnd(household_id=household_id),
            type_=None,
            before=None,
            limit=MEMBERS_PER_HOUSEHOLD,
        )
        related = await eyes.told(connection, "relationships", members)
        seen = await eyes.told(connection, "addresses", related)
    if members and not seen:
        what = "the household"
        raise withheld(what)
    return household, {one.customer_id for one in seen}


async def _refuse_known(tx: Transaction, told: CompanyTold, *, besides: UUID | None) -> None:
    if told.vat_number is None:
        return
    known_id = await store.company_with_vat(tx, told.vat_number)
    if known_id is not None and known_id != besides:
        mend = f"It is {COMPANY.show(known_id)}. Change that company, or correct the number."
        raise CompanyAlreadyKnown(mend, fields=[FieldProblem("vat_number", "is known", mend)])


def _known(company: Company | None) -> Company:
    if company is None:
        message = "List the companies for their ids, or add the company first."
        raise CompanyUnknown(message)
    return company


def _known_household(household: Household | None) -> Household:
    if household is None:
        message = "Add the household first, or correct its id."
        raise HouseholdUnknown(message)
    return household
