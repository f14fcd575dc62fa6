"""`If-Match` on what people edit: the version that a change was made from."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from chassis.errors import FieldProblem, PreconditionRequired
from chassis.versions import expected_version

_READ_FIRST = 'Read it, make your change, and send the ETag as it was given, such as "3".'


async def _optional(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from.")
    ] = None,
) -> int | None:
    return expected_version(if_match, mend=_READ_FIRST)


async def _required(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from; `*` for any.")
    ] = None,
) -> int | None:
    if if_match is None:
        field = FieldProblem("If-Match", "is missing", _READ_FIRST)
        raise PreconditionRequired(_READ_FIRST, fields=[field])
    return expected_version(if_match, mend=_READ_FIRST)


IfMatch = Annotated[int | None, Depends(_optional)]
"""The version that the change was made from, where the caller says so."""

IfMatchNeeded = Annotated[int | None, Depends(_required)]
"""The version that the change was made from; without the header 428."""
