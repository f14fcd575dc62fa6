"""`If-Match` on segments: the version that a change was made from."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from chassis.versions import expected_version
from segmentation.use_cases.write_segment import From

_MEND = 'Send the ETag of the segment as it was read, such as "3", or * for any version.'


async def _made_from(
    if_match: Annotated[
        str | None, Header(description="The ETag that the change was made from; `*` for any.")
    ] = None,
) -> From:
    """Read which version a change was made from; raises `InvalidIfMatch`."""
    version = expected_version(if_match, mend=_MEND)
    return From(version=version, any_will_do=version is None and if_match is not None)


MadeFrom = Annotated[From, Depends(_made_from)]
"""The version that a change was made from; a segment that is there needs one."""
