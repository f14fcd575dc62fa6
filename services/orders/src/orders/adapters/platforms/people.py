"""Who bought and whom to write to, in the two forms in which the house takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from chassis.iso import Country, LanguageTag
from orders.adapters.platforms.told import without_none, word
from orders.adapters.tracking.reading import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orders.domain.platform_orders import Shop

_LONGEST = 100
_COUNTRY: TypeAdapter[str] = TypeAdapter(Country)
_LANGUAGE: TypeAdapter[str] = TypeAdapter(LanguageTag)
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """By which names a platform tells an address."""

    lines: tuple[str, str, str]
    postcode: str
    region: str
    country: str


def country_of(address: Mapping[str, Any], fields: Fields) -> str | None:
    """Give an address's country by ISO 3166-1; None where it tells none."""
    return _valid(_COUNTRY, text(address, fields.country))


def language_of(told: str | None) -> str | None:
    """Give a language by BCP 47; None where it is none."""
    return _valid(_LANGUAGE, told and told.replace("_", "-"))


def contact_of(
    address: Mapping[str, Any],
    fields: Fields,
    *,
    email: str | None,
    phone: str | None,
    language: str | None,
) -> dict[str, Any] | None:
    """Give whom to write to about an order, without what nobody could write to."""
    told_phone = phone or text(address, "phone")
    return (
        without_none(
            name=_name(address),
            email=email if email and _EMAIL.fullmatch(email) else None,
            phone=told_phone and told_phone[:_LONGEST],
            language=language,
            address=_postal(address, fields, postcode="postal_code", region=None),
        )
        or None
    )


def claim_of(
    person: Mapping[str, Any],
    addresses: list[Mapping[str, Any]],
    fields: Fields,
    *,
    shop: Shop,
    external_id: str,
    country: str,
    email: str | None,
    phones: list[str | None],
    language: str | None,
) -> dict[str, Any]:
    """Give the claim of who bought: a source record of the shop, with all that it tells."""
    postal = [_postal(one, fields, postcode="postcode", region=fields.region) for one in addresses]
    by_names = [person, *addresses]
    named = next((one for one in by_names if text(one, "last_name")), person)
    company = next((text(one, "company") for one in addresses if text(one, "company")), None)
    return without_none(
        source=shop.source,
        external_id=external_id,
        channel=shop.channel.value,
        country=country,
        language=language,
        brand=shop.brand,
        legal_entity=shop.legal_entity,
        home_region=shop.home_region,
        given_name=text(named, "first_name"),
        family_name=text(named, "last_name"),
        emails=[email] if email else None,
        phones=list(dict.fromkeys(phone for phone in phones if phone)),
        addresses=[one for place, one in enumerate(postal) if one and one not in postal[:place]],
        company_name=company,
    )


def _valid(adapter: TypeAdapter[str], told: str | None) -> str | None:
    try:
        return None if told is None else adapter.validate_python(told)
    except ValidationError:
        return None


def _name(address: Mapping[str, Any]) -> str | None:
    parts = (text(address, "first_name"), text(address, "last_name"))
    return " ".join(filter(None, parts)) or text(address, "name")


def _postal(
    address: Mapping[str, Any], fields: Fields, *, postcode: str, region: str | None
) -> dict[str, Any] | None:
    country = country_of(address, fields)
    lines = [text(address, name) for name in fields.lines]
    if country is None or not any(lines):
        return None
    told = without_none(
        lines=[line for line in lines if line],
        city=word(address, "city"),
        country=country,
        region=None if region is None else text(address, region),
    )
    code = word(address, fields.postcode)
    return told if code is None else told | {postcode: code}
