"""ETags of what people edit: the version, strong, in quotes."""

from __future__ import annotations

import re

from chassis.errors import FieldProblem, Invalid

_ETAG = re.compile(r'^"(\d{1,18})"$')


class InvalidIfMatch(Invalid):
    slug = "invalid-if-match"
    title = "The If-Match header is not valid"


def etag(version: int) -> str:
    """Write a version as an ETag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """Read the version that a change was made from; None where the caller takes any.

    Raises `InvalidIfMatch` for anything but `*` and an ETag of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.match(if_match.strip())
    if found is None:
        mend = 'Send the ETag of the order as it was read, such as "3", or leave it out.'
        raise InvalidIfMatch(mend, fields=[FieldProblem("If-Match", "is no ETag of ours", mend)])
    return int(found[1])
