"""Where the data quality report finds each field: as told, in normal form, and its values."""

from __future__ import annotations

from typing import NamedTuple


class Reading(NamedTuple):
    """Conditions on a source record: something was told, something of it can be used."""

    told: str
    usable: str


def _named(*told: str, usable: str) -> Reading:
    return Reading(_any_of("raw", told), _any_of("normalised", (usable,)))


def _any_of(column: str, keys: tuple[str, ...]) -> str:
    return f"jsonb_exists_any({column}, '{{{', '.join(keys)}}}')"


def _name(part: str) -> Reading:
    forms = ("", "_kana", "_latin")
    return Reading(
        _any_of("raw", tuple(f"{part}_name{form}" for form in forms)),
        _any_of("(normalised -> 'names')", tuple(f"{part}{form}" for form in forms)),
    )


def _of_address(key: str) -> Reading:
    path = f"'$.addresses[*].{key}'"
    return Reading(f"jsonb_path_exists(raw, {path})", f"jsonb_path_exists(normalised, {path})")


_SINGLE = ("gender", "birth_place", "occupation", "country", "language", "company_name")
_LISTS = ("emails", "phones", "cards", "accounts", "devices", "addresses")
_LAST = ("vat_number", "company_registration_id", "official_ids", "referred_by")
_AS_TOLD = ("consents", "observed_at", "extra")

READINGS: dict[str, Reading] = {
    "given_name": _name("given"),
    "family_name": _name("family"),
    "full_name": Reading(
        _any_of("raw", ("full_name",)), "normalised #> '{names,full}' IS NOT NULL"
    ),
    "birth_date": Reading(
        _any_of("raw", ("birth_date", "birth_year", "birth_month", "birth_day")),
        _any_of("normalised", ("birth_date", "birth_parts")),
    ),
    "postcode": _of_address("postcode"),
    "city": _of_address("city"),
    **{key: _named(key, usable=key) for key in (*_SINGLE, *_LISTS, *_LAST)},
    **{key: Reading(_any_of("raw", (key,)), "false") for key in _AS_TOLD},
}


def _value(field: str, expression: str) -> str:
    return f"('{field}', hashtextextended({expression}, 0))"


_NAME = """coalesce(r.normalised #>> '{{names,{0}}}', r.normalised #>> '{{names,{0}_latin}}',
    r.normalised #>> '{{names,{0}_kana}}')"""

VALUES = (
    _value("given_name", _NAME.format("given")),
    _value("family_name", _NAME.format("family")),
    _value("full_name", "r.normalised #>> '{names,full}'"),
    _value("birth_date", "r.normalised ->> 'birth_date'"),
    *(
        _value(key, f"r.normalised ->> '{key}'")
        for key in (*_SINGLE, "vat_number", "company_registration_id", "referred_by")
    ),
)
"""Of each record; identifiers are compared in their own table."""

VALUES_OF_ADDRESSES = (
    _value("addresses", "address::text"),
    _value("postcode", "address ->> 'postcode'"),
    _value("city", "address ->> 'city'"),
)
