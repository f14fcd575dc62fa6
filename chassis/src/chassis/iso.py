"""International forms at the edges: countries, currencies, languages, and instants (ISO 8601)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Annotated

import phonenumbers
from iso4217 import Currency as Iso4217
from pydantic import AfterValidator, WithJsonSchema

_WITHOUT_TELEPHONE = frozenset({"AQ", "BV", "GS", "HM", "PN", "TF", "UM"})
_TELEPHONE_ONLY = frozenset({"AC", "TA"})  # numbering regions that are no ISO 3166-1 countries
_COUNTRIES = (frozenset(phonenumbers.SUPPORTED_REGIONS) | _WITHOUT_TELEPHONE) - _TELEPHONE_ONLY
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?\Z")


def _country(text: str) -> str:
    code = text.upper()
    if not text.isascii() or code not in _COUNTRIES:  # the ligature ﬁ is no FI, nor ß SS
        message = "must be an ISO 3166-1 alpha-2 country code such as FR or JP"
        raise ValueError(message)
    return code


@cache
def minor_digits(currency: str) -> int:
    """Give the ISO 4217 exponent of a currency: JPY 0, EUR 2, KWD 3.

    Raises `ValueError` for a code that is no currency or has no minor unit (gold, test codes).
    """
    try:
        exponent = Iso4217(currency).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        message = "must be an ISO 4217 currency code such as EUR, USD or JPY"
        raise ValueError(message)
    return exponent


def _currency(text: str) -> str:
    code = text.upper()
    minor_digits(code)
    return code


def _language(text: str) -> str:
    if not _LANGUAGE.match(text):
        message = "must be a BCP 47 language tag such as fr, ja or pt-BR"
        raise ValueError(message)
    language, *rest = text.split("-")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    return part.title() if len(part) == 4 else part.upper()  # noqa: PLR2004 - scripts have four letters


def instant_in_words(value: object) -> object:
    """Refuse numbers, even as texts, which pydantic would take for seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    message = "must be a text such as 2026-03-01T10:15:00+09:00"
    raise ValueError(message)


Country = Annotated[
    str,
    AfterValidator(_country),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1"}),
]
Currency = Annotated[
    str,
    AfterValidator(_currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"}),
]
LanguageTag = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema({"type": "string", "description": "BCP 47", "examples": ["fr", "pt-BR"]}),
]
