"""The fields that requests of this service are made of, each refused with a mend."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from chassis.iso import Country, LanguageTag, instant_in_words
from customer.domain.claims import UNKNOWN_COUNTRY, UNKNOWN_LANGUAGE
from customer.domain.text import tidy

_COUNTRY = TypeAdapter[str](Country)
_LANGUAGE = TypeAdapter[str](LanguageTag)
_CACHED = 4_096
_GREATEST = 10**18 - 1
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


def _without_control_characters(text: str) -> str:
    if _CONTROL.search(text):
        message = "must be text without control characters"
        raise ValueError(message)
    return text


@lru_cache(maxsize=_CACHED)
def country_of(told: str) -> str:
    """Read an ISO 3166-1 code in any case and width; `ZZ` for what is none."""
    try:
        return _COUNTRY.validate_python(tidy(told) or "")
    except ValidationError:
        return UNKNOWN_COUNTRY


@lru_cache(maxsize=_CACHED)
def language_of(told: str) -> str:
    """Read a BCP 47 tag, written with hyphens or underscores; `und` for what is none."""
    try:
        return _LANGUAGE.validate_python((tidy(told) or "").replace("_", "-"))
    except ValidationError:
        return UNKNOWN_LANGUAGE


def _storable(value: int | str) -> int | str:
    if isinstance(value, int) and not -_GREATEST <= value <= _GREATEST:
        message = "must be a whole number of at most 18 digits"
        raise ValueError(message)
    return value


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.match(value):
        message = "must be a day of the calendar written YYYY-MM-DD"
        raise ValueError(message)
    try:
        return date.fromisoformat(value)
    except ValueError:
        message = "must be a day of the calendar written YYYY-MM-DD"
        raise ValueError(message) from None


Source = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"),
    Field(description="The system that told us, such as till-paris or webshop."),
]
ExternalId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE),
    Field(description="The source's own id of its record; the same for ever."),
]
Word = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:-]*$")
]
ShortText = Annotated[
    str, StringConstraints(max_length=64), AfterValidator(_without_control_characters)
]
Text = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(_without_control_characters)
]
DatePart = Annotated[int | ShortText, AfterValidator(_storable)]
LongText = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_without_control_characters)
]
Instant = Annotated[AwareDatetime, BeforeValidator(instant_in_words)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
