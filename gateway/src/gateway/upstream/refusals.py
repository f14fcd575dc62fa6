"""What the gateway answers when a part of the suite cannot."""

from __future__ import annotations

from chassis.errors import Unavailable

_RETRY_AFTER_SECONDS = 2
UNKNOWN_EFFECT = "Whether the request took effect is not known: repeat it with an Idempotency-Key."


class PartOutOfReach(Unavailable):
    """A part, named, did not answer."""

    def __init__(self, part: str, detail: str) -> None:
        """Blame `part`, and say in `detail` what it did."""
        super().__init__(f"{part} {detail}", retry_after_seconds=_RETRY_AFTER_SECONDS)
        self.blamed = part


class PartDown(PartOutOfReach):
    """No connection to the part can be made or holds; asking again does no harm (503)."""

    slug = "part-down"
    title = "A part of the suite is down"


class PartBusy(PartOutOfReach):
    """Every connection to the part is taken, and as many requests wait as may (503)."""

    slug = "part-busy"
    title = "A part of the suite is too busy"


class PartSlow(PartOutOfReach):
    """The part took the request and did not answer in time (504)."""

    status = 504
    slug = "part-slow"
    title = "A part of the suite did not answer in time"


class PartBroke(PartOutOfReach):
    """The part took the request and broke off, or answered what is no HTTP (502)."""

    status = 502
    slug = "part-broke"
    title = "A part of the suite broke off its answer"
