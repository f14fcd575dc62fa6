"""ETags of what people edit: the version, strong, in quotes."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from chassis.errors import FieldProblem, Invalid, PreconditionRequired

_ETAG = re.compile(r'"(\d{1,18})"', re.ASCII)
_READ_FIRST = 'Read it, make your change, and send the ETag as it was given, such as "3".'


class InvalidIfMatch(Invalid):
    slug = "invalid-if-match"
    title = "The If-Match header is not valid"


def etag(version: int) -> str:
    """Write a version as an ETag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """Read the version that a change was made from; None where the caller takes any, or says none.

    Raises `InvalidIfMatch` for anything but `*` and an ETag of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        field = FieldProblem("If-Match", "is no ETag of ours", _READ_FIRST)
        raise InvalidIfMatch(_READ_FIRST, fields=[field])
    return int(found[1])


async def _optional(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from.")
    ] = None,
) -> int | None:
    return expected_version(if_match)


async def _required(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from; `*` for any.")
    ] = None,
) -> int | None:
    if if_match is None:
        field = FieldProblem("If-Match", "is missing", _READ_FIRST)
        raise PreconditionRequired(_READ_FIRST, fields=[field])
    return expected_version(if_match)


IfMatch = Annotated[int | None, Depends(_optional)]
"""The version that the change was made from, where the caller says so."""

IfMatchNeeded = Annotated[int | None, Depends(_required)]
"""The version that the change was made from; without the header 428."""
