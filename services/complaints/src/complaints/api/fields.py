"""Kinds of text that bodies and parameters carry, each refused with a sentence that mends it."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from chassis.iso import instant_in_words

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*\Z")
_LINE_BREAKS = "\n\r\t"


def _slug(text: str) -> str:
    if not _SLUG.match(text):
        message = "must be lower-case letters and digits joined by hyphens, such as customer-care"
        raise ValueError(message)
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        message = "must be one line of text without control characters"
        raise ValueError(message)
    return text


def _prose(text: str) -> str:
    for character in text:
        if unicodedata.category(character) == "Cc" and character not in _LINE_BREAKS:
            message = "must be text without control characters"
            raise ValueError(message)
    return text


def _utc(instant: datetime) -> datetime:
    if not _EARLIEST <= instant < _LATEST:
        message = "must be an instant between the years 1990 and 2100"
        raise ValueError(message)
    return instant.astimezone(UTC)


_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_TRIMMED = StringConstraints(strip_whitespace=True, min_length=1)

Slug = Annotated[
    str,
    Field(max_length=64),
    AfterValidator(_slug),
    WithJsonSchema({"type": "string", "maxLength": 64, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Word = Annotated[str, _TRIMMED, Field(max_length=64), AfterValidator(_one_line)]
Name = Annotated[str, _TRIMMED, Field(max_length=100), AfterValidator(_one_line)]
Subject = Annotated[str, _TRIMMED, Field(max_length=300), AfterValidator(_one_line)]
Prose = Annotated[str, _TRIMMED, Field(max_length=50_000), AfterValidator(_prose)]
Instant = Annotated[AwareDatetime, BeforeValidator(instant_in_words), AfterValidator(_utc)]
