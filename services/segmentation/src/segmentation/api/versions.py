"""ETags of segments: the version, strong, in quotes."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from chassis.errors import FieldProblem, Invalid
from segmentation.use_cases.write_segment import From

_ETAG = re.compile(r'"(\d{1,18})"', re.ASCII)
_MEND = 'Send the ETag of the segment as it was read, such as "3", or * for any version.'


class InvalidIfMatch(Invalid):
    slug = "invalid-if-match"
    title = "The If-Match header is not valid"


def etag(version: int) -> str:
    """Write a version as an ETag."""
    return f'"{version}"'


async def _made_from(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from; `*` for any.")
    ] = None,
) -> From:
    """Read which version a change was made from; raises `InvalidIfMatch`."""
    told = None if if_match is None else if_match.strip()
    if told is None or told == "*":
        return From(version=None, any_will_do=told is not None)
    found = _ETAG.fullmatch(told)
    if found is None:
        raise InvalidIfMatch(_MEND, fields=[FieldProblem("If-Match", "is no ETag of ours", _MEND)])
    return From(version=int(found[1]), any_will_do=False)


MadeFrom = Annotated[From, Depends(_made_from)]
"""The version that a change was made from; a segment that is there needs one."""
