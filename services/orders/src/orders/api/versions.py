"""`If-Match` on orders: the version that a change was made from, where the caller says so."""

from __future__ import annotations

from chassis import versions

_MEND = 'Send the ETag of the order as it was read, such as "3", or leave it out.'


def expected_version(if_match: str | None) -> int | None:
    """Read the version; None where the caller takes any. Raises `InvalidIfMatch`."""
    return versions.expected_version(if_match, mend=_MEND)
