"""Companies with their sites, and households, as they are kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from chassis.ids import IdType
from customer.domain.claims import Address
from customer.domain.parties import Company, CompanyTold, Household, HouseholdTold, Site
from customer.store.tables.relations import companies, company_sites, households, relationships

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

COMPANY = IdType("cpy")
HOUSEHOLD = IdType("hsh")
_ADDRESS = TypeAdapter(Address)


async def insert_company(tx: Transaction, company: Company) -> None:
    """Keep a company."""
    await tx.execute(insert(companies).values(**_company_row(company)))


async def update_company(tx: Transaction, company: Company) -> None:
    """Write a held company anew."""
    mine = companies.c.id == company.id
    await tx.execute(update(companies).where(mine).values(**_company_row(company)))


async def find_company(
    connection: AsyncConnection, company_id: UUID, *, hold: bool = False
) -> Company | None:
    """Find a company with its sites; held, until the transaction ends."""
    query = select(companies).where(companies.c.id == company_id)
    if hold:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    sites = select(company_sites).where(company_sites.c.company_id == company_id)
    rows = await connection.execute(sites.order_by(company_sites.c.code))
    return _company(row, tuple(_site(site) for site in rows))


async def company_with_vat(connection: AsyncConnection, vat_number: str) -> UUID | None:
    """Find whose VAT number it is."""
    query = select(companies.c.id).where(companies.c.vat_number == vat_number)
    return await connection.scalar(query)


async def list_companies(
    connection: AsyncConnection, *, before: UUID | None, limit: int
) -> list[Company]:
    """List companies without their sites, those told last first."""
    query = select(companies).order_by(companies.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(companies.c.id < before)
    return [_company(row, ()) for row in await connection.execute(query)]


async def put_site(tx: Transaction, company_id: UUID, site: Site, *, now: datetime) -> None:
    """Keep a site of a held company, or replace it."""
    values = {
        "name": site.name,
        "address": None if site.address is None else asdict(site.address),
        "updated_at": now,
    }
    statement = insert_or_update(company_sites).values(
        company_id=company_id, code=site.code, **values
    )
    key = [company_sites.c.company_id, company_sites.c.code]
    await tx.execute(statement.on_conflict_do_update(index_elements=key, set_=values))


async def delete_site(tx: Transaction, company_id: UUID, code: str) -> None:
    """Forget a site of a held company."""
    await tx.execute(
        delete(company_sites).where(
            company_sites.c.company_id == company_id, company_sites.c.code == code
        )
    )


async def has_contacts(tx: Transaction, company_id: UUID, code: str) -> bool:
    """Tell whether anybody is a contact at a site."""
    named = exists().where(
        relationships.c.to_company_id == company_id, relationships.c.site == code
    )
    return bool(await tx.scalar(select(named)))


async def insert_household(tx: Transaction, household: Household) -> None:
    """Keep a household."""
    await tx.execute(insert(households).values(**_household_row(household)))


async def update_household(tx: Transaction, household: Household) -> None:
    """Write a held household anew."""
    mine = households.c.id == household.id
    await tx.execute(update(households).where(mine).values(**_household_row(household)))


async def find_household(
    connection: AsyncConnection, household_id: UUID, *, hold: bool = False
) -> Household | None:
    """Find a household; held, until the transaction ends."""
    query = select(households).where(households.c.id == household_id)
    if hold:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    told = HouseholdTold(row.name, _address(row.address))
    return Household(row.id, told, row.version, row.created_at, row.updated_at)


def _company_row(company: Company) -> dict[str, Any]:
    return {
        "id": company.id,
        **asdict(company.told),
        "version": company.version,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
    }


def _company(row: Row[Any], sites: tuple[Site, ...]) -> Company:
    told = CompanyTold(
        row.name, row.country, row.vat_number, row.registration_number, row.key_account
    )
    return Company(row.id, told, sites, row.version, row.created_at, row.updated_at)


def _household_row(household: Household) -> dict[str, Any]:
    address = household.told.address
    return {
        "id": household.id,
        "name": household.told.name,
        "address": None if address is None else asdict(address),
        "version": household.version,
        "created_at": household.created_at,
        "updated_at": household.updated_at,
    }


def _site(row: Row[Any]) -> Site:
    return Site(row.code, row.name, _address(row.address))


def _address(kept: dict[str, Any] | None) -> Address | None:
    return None if kept is None else _ADDRESS.validate_python(kept)
