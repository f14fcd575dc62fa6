"""ETags of what people edit: the version, strong, in quotes; `If-Match` brings it back."""

from __future__ import annotations

import re

from chassis.errors import FieldProblem, Invalid

_ETAG = re.compile(r'"(\d{1,18})"', re.ASCII)


class InvalidIfMatch(Invalid):
    """The header holds neither `*` nor an ETag of ours."""

    slug = "invalid-if-match"
    title = "The If-Match header is not valid"


def etag(version: int) -> str:
    """Write a version as an ETag."""
    return f'"{version}"'


def read_etag(text: str) -> int | None:
    """Read a version back from its ETag; None where the text is no ETag of ours."""
    found = _ETAG.fullmatch(text.strip())
    return None if found is None else int(found[1])


def expected_version(if_match: str | None, *, mend: str) -> int | None:
    """Read the version that a change was made from; None where the caller takes any, or says none.

    Raises `InvalidIfMatch`, with how to mend it, for anything but `*` and an ETag of ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    version = read_etag(if_match)
    if version is None:
        raise InvalidIfMatch(mend, fields=[FieldProblem("If-Match", "is no ETag of ours", mend)])
    return version
