"""Parties that are no persons: companies with their sites, and households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound, PreconditionFailed
from customer.domain.claims import Address
from customer.domain.companies import read_company_id, read_vat_number
from customer.domain.identifiers import Unusable
from customer.domain.national_numbers_told import refuse_national_numbers

SITES_PER_COMPANY = 200


class CompanyUnknown(NotFound):
    slug = "company-unknown"
    title = "There is no such company"


class SiteUnknown(NotFound):
    slug = "site-unknown"
    title = "The company has no such site"


class HouseholdUnknown(NotFound):
    slug = "household-unknown"
    title = "There is no such household"


class CompanyAlreadyKnown(Conflict):
    """A VAT number names one company."""

    slug = "company-already-known"
    title = "Another company has this VAT number"


class SiteInUse(Conflict):
    slug = "site-in-use"
    title = "The site has contacts"


class TooManySites(Conflict):
    slug = "too-many-sites"
    title = "The company has as many sites as are kept"


class PartyChangedMeanwhile(PreconditionFailed):
    slug = "party-changed"
    title = "The company or household changed since it was read"


class CompanyNumberNotValid(Invalid):
    slug = "company-number-not-valid"
    title = "The company's number is not in the form of its country"


@dataclass(frozen=True, slots=True)
class CompanyTold:
    """What is told of a company; `key_account` is the associate who looks after it."""

    name: str
    country: str
    vat_number: str | None
    registration_number: str | None
    key_account: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a company: its seat, a boutique, a warehouse."""

    code: str
    name: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Company:
    """A company as it is kept, with its sites by their code."""

    id: UUID
    told: CompanyTold
    sites: tuple[Site, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class HouseholdTold:
    """What is told of a household: what it is called, and the address that its members share."""

    name: str | None
    address: Address | None


@dataclass(frozen=True, slots=True)
class Household:
    """A household as it is kept."""

    id: UUID
    told: HouseholdTold
    version: int
    created_at: datetime
    updated_at: datetime


def company_told(
    name: str,
    country: str,
    *,
    vat_number: str | None,
    registration_number: str | None,
    key_account: str | None,
) -> CompanyTold:
    """Read a company's numbers as registers write them; raises `CompanyNumberNotValid`."""
    field = "vat_number"
    try:
        vat = None if vat_number is None else read_vat_number(vat_number, country)
        field = "registration_number"
        registered = None if registration_number is None else read_company_id(registration_number)
    except Unusable as unusable:
        problem, mend = str(unusable.problem), unusable.mend
        raise CompanyNumberNotValid(mend, fields=[FieldProblem(field, problem, mend)]) from None
    return CompanyTold(name, country, vat, registered, key_account)


def check_company(told: CompanyTold) -> None:
    """Refuse what may not be kept; its numbers are a register's. Raises `NationalNumberTold`."""
    refuse_national_numbers({"name": told.name, "key_account": told.key_account}, told.country)


def check_site(site: Site, country: str) -> None:
    """Refuse what may not be kept of a company of a country; raises `NationalNumberTold`."""
    refuse_national_numbers({"code": site.code, **_texts(site.name, site.address)}, country)


def check_household(told: HouseholdTold) -> None:
    """Refuse what may not be kept; raises `NationalNumberTold`."""
    country = None if told.address is None else told.address.country
    refuse_national_numbers(_texts(told.name, told.address), country)


def _texts(name: str | None, address: Address | None) -> dict[str, str | None]:
    if address is None:
        return {"name": name}
    lines = {f"address.lines.{place}": line for place, line in enumerate(address.lines)}
    parts = ("city", "region", "postcode", "kind")
    return {"name": name, **lines, **{f"address.{one}": getattr(address, one) for one in parts}}


def check_party_version(version: int, expected: int | None) -> None:
    """Refuse a change made from another version; raises `PartyChangedMeanwhile`."""
    if expected is not None and expected != version:
        message = f"It is at version {version}. Read it again, then send its new ETag."
        raise PartyChangedMeanwhile(message)
