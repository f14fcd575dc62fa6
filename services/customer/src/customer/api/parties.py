"""Companies with their sites, and households: parties that customers are related to."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, Field

from chassis.api import DatabaseDep, Now, StrictModel, requires
from chassis.idempotency import Once, once_of
from chassis.iso import Country
from chassis.paging import Cursor, Limit, Page
from chassis.versions import etag
from customer.api.customer_out import AddressOut
from customer.api.fields import ShortText, Text
from customer.api.places import read_last, write_last
from customer.api.readers import ReadingDep
from customer.api.source_record_parts import AddressIn
from customer.api.told_fields import OpaqueId, Slug
from customer.api.versions import IfMatchNeeded
from customer.domain.claims import Address
from customer.domain.parties import (
    Company,
    CompanyTold,
    Household,
    HouseholdTold,
    Site,
    company_told,
)
from customer.domain.reads import Seen
from customer.store.parties import COMPANY, HOUSEHOLD
from customer.use_cases import tell_parties as telling

router = APIRouter(prefix="/v1", tags=["relationships"])

_WRITES = [requires("customers:write")]
_READS = [requires("customers:read")]

CompanyId = Annotated[UUID, COMPANY.schema]
HouseholdId = Annotated[UUID, HOUSEHOLD.schema]


class CompanyIn(StrictModel):
    """A company; `key_account` is the associate who looks after it."""

    name: Annotated[Text, Field(min_length=1)]
    country: Country
    vat_number: ShortText | None = None
    registration_number: ShortText | None = None
    key_account: OpaqueId | None = None

    def told(self) -> CompanyTold:
        """Give the company that the domain keeps."""
        return company_told(
            self.name,
            self.country,
            vat_number=self.vat_number,
            registration_number=self.registration_number,
            key_account=self.key_account,
        )


class SiteIn(StrictModel):
    """A place of a company."""

    name: Annotated[Text, Field(min_length=1)]
    address: AddressIn | None = None


class SiteOut(BaseModel):
    """A place of a company, under the house's code for it."""

    code: str
    name: str
    address: AddressOut | None


class CompanyOut(BaseModel):
    """A company with its sites."""

    company_id: CompanyId
    name: str
    country: str
    vat_number: str | None
    registration_number: str | None
    key_account: str | None
    sites: list[SiteOut]
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, company: Company) -> CompanyOut:
        told = company.told
        return cls(
            company_id=company.id,
            name=told.name,
            country=told.country,
            vat_number=told.vat_number,
            registration_number=told.registration_number,
            key_account=told.key_account,
            sites=[
                SiteOut(code=site.code, name=site.name, address=_shown(site.address))
                for site in company.sites
            ],
            version=company.version,
            created_at=company.created_at,
            updated_at=company.updated_at,
        )


class HouseholdIn(StrictModel):
    """What a household is called, and the address that its members share."""

    name: Text | None = None
    address: AddressIn | None = None

    def told(self) -> HouseholdTold:
        """Give the household that the domain keeps."""
        return HouseholdTold(self.name or None, _address(self.address))


class HouseholdOut(BaseModel):
    """A household; its members are listed as its relationships."""

    household_id: HouseholdId
    name: str | None
    address: AddressOut | None
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, household: Household) -> HouseholdOut:
        return cls(
            household_id=household.id,
            name=household.told.name,
            address=_shown(household.told.address),
            version=household.version,
            created_at=household.created_at,
            updated_at=household.updated_at,
        )


@router.post("/companies", status_code=201, dependencies=_WRITES)
async def post_company(
    body: CompanyIn,
    database: DatabaseDep,
    once: Annotated[Once[Company], once_of(Company)],
    now: Now,
    response: Response,
) -> CompanyOut:
    """Add a company; a VAT number that another one has is refused (409)."""
    return _company(await telling.add_company(database, body.told(), once=once, now=now), response)


@router.get("/companies", dependencies=_READS)
async def get_companies(
    database: DatabaseDep, cursor: Cursor = None, limit: Limit = 50
) -> Page[CompanyOut]:
    """List companies without their sites, those told last first."""
    found = await telling.list_companies(
        database, before=read_last(cursor, COMPANY), limit=limit + 1
    )
    last = found[limit - 1] if len(found) > limit else None
    return Page(
        items=[CompanyOut.of(company) for company in found[:limit]],
        next_cursor=None if last is None else write_last(last.id, COMPANY),
    )


@router.get("/companies/{company_id}", dependencies=_READS)
async def get_company(
    company_id: CompanyId, database: DatabaseDep, response: Response
) -> CompanyOut:
    """Read a company with its sites; its ETag is what `If-Match` takes."""
    return _company(await telling.read_company(database, company_id), response)


@router.put("/companies/{company_id}", dependencies=_WRITES)
async def put_company(
    company_id: CompanyId,
    body: CompanyIn,
    database: DatabaseDep,
    expected: IfMatchNeeded,
    now: Now,
    response: Response,
) -> CompanyOut:
    """Replace what is told of a company, if it is as it was read; its sites stay."""
    changed = await telling.change_company(
        database, company_id, body.told(), expected=expected, now=now
    )
    return _company(changed, response)


@router.put("/companies/{company_id}/sites/{code}", dependencies=_WRITES)
async def put_site(
    company_id: CompanyId,
    code: Annotated[Slug, Path()],
    body: SiteIn,
    database: DatabaseDep,
    now: Now,
) -> CompanyOut:
    """Add a site to a company, or replace it."""
    site = Site(code, body.name, _address(body.address))
    return CompanyOut.of(await telling.put_site(database, company_id, site, now=now))


@router.delete("/companies/{company_id}/sites/{code}", status_code=204, dependencies=_WRITES)
async def delete_site(
    company_id: CompanyId, code: Annotated[Slug, Path()], database: DatabaseDep
) -> Response:
    """Delete a site nobody is a contact at."""
    await telling.delete_site(database, company_id, code)
    return Response(status_code=204)


@router.post("/households", status_code=201, dependencies=_WRITES)
async def post_household(
    body: HouseholdIn,
    database: DatabaseDep,
    once: Annotated[Once[Household], once_of(Household)],
    now: Now,
    response: Response,
) -> HouseholdOut:
    """Add a household; its members are related to it one by one."""
    household = await telling.add_household(database, body.told(), once=once, now=now)
    return _household(household, response)


@router.get("/households/{household_id}", dependencies=_READS)
async def get_household(
    household_id: HouseholdId, database: DatabaseDep, reading: ReadingDep, response: Response
) -> HouseholdOut:
    """Read a household; its ETag is what `If-Match` takes.

    It is seen by who sees the relationship and the addresses of one of its members.
    """
    household, members = await telling.read_household(database, household_id, reading.eyes)
    for customer_id in members:
        reading.note(customer_id, Seen.HOUSEHOLD)
    return _household(household, response)


@router.put("/households/{household_id}", dependencies=_WRITES)
async def put_household(
    household_id: HouseholdId,
    body: HouseholdIn,
    database: DatabaseDep,
    expected: IfMatchNeeded,
    now: Now,
    response: Response,
) -> HouseholdOut:
    """Replace a household's name and address, if it is as it was read."""
    changed = await telling.change_household(
        database, household_id, body.told(), expected=expected, now=now
    )
    return _household(changed, response)


def _company(company: Company, response: Response) -> CompanyOut:
    response.headers["ETag"] = etag(company.version)
    return CompanyOut.of(company)


def _household(household: Household, response: Response) -> HouseholdOut:
    response.headers["ETag"] = etag(household.version)
    return HouseholdOut.of(household)


def _shown(address: Address | None) -> AddressOut | None:
    return None if address is None else AddressOut.of(address)


def _address(address: AddressIn | None) -> Address | None:
    if address is None:
        return None
    return Address(
        lines=tuple(address.lines),
        city=address.city,
        region=address.region,
        postcode=address.postcode,
        country=address.country,
        kind=address.kind,
    )
