"""Answers as text for people, where the caller asks for it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Header, Query


async def _wants_text(
    form: Annotated[
        Literal["json", "text"] | None,
        Query(alias="format", description="`text` gives lines for people."),
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> bool:
    if form is not None:
        return form == "text"
    return accept.partition(",")[0].partition(";")[0].strip() == "text/plain"


WantsText = Annotated[bool, Depends(_wants_text)]
"""Whether the answer is read by people: `?format=text`, or `Accept: text/plain`."""
