"""How large the body of an order or a return may be."""

from __future__ import annotations

from chassis.errors import FieldProblem, TooLarge

LARGEST_BODY_BYTES = 800_000
"""So that the event, which repeats the lines, stays within what every bus takes."""


class OrderTooLarge(TooLarge):
    slug = "order-too-large"
    title = "The order or return is too large"


def bounded(body: bytes) -> bytes:
    """Give a body back; raises `OrderTooLarge`."""
    if len(body) > LARGEST_BODY_BYTES:
        mend = f"Send at most {LARGEST_BODY_BYTES} bytes; split it."
        raise OrderTooLarge(mend, fields=[FieldProblem("body", "is too large", mend)])
    return body
