"""The fields that requests of this service are made of, each refused with a mend."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


def _without_control_characters(text: str) -> str:
    if _CONTROL.search(text):
        message = "must be text without control characters"
        raise ValueError(message)
    return text


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
LongText = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_without_control_characters)
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
