"""Ids that people read aloud: eleven random Crockford base-32 characters and a check character.

The check character makes the weighted sum of all twelve characters zero in the field GF(32),
with powers of a primitive element as weights. A single wrong character changes the sum by a
non-zero multiple of a unit; swapping characters i and j changes it by
(a - b)(w_i - w_j), which is zero only when a equals b. So every substitution and every
transposition, neighbouring or not, is caught.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.errors import FieldProblem, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_RANDOM_BITS = 55
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IGNORED = str.maketrans("", "", "-\u2010\u2011\u2012\u2013 ")
_PRIMITIVE_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, so that 2 generates the 31 units
_PATTERN = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$"


class InvalidGlobalId(Invalid):
    """The text is not an id of this form, or its check character is wrong."""

    slug = "invalid-global-id"
    title = "The global customer id is not valid"


def _times_two(value: int) -> int:
    doubled = value << 1
    return doubled ^ _PRIMITIVE_POLYNOMIAL if doubled & 32 else doubled


def _weighted_tables() -> tuple[tuple[int, ...], ...]:
    """Give for each position the product of each of the 32 values with the position's weight."""
    row = list(range(32))
    tables: list[tuple[int, ...]] = []
    for _ in range(LENGTH):
        tables.append(tuple(row))
        row = [_times_two(value) for value in row]
    return tuple(reversed(tables))  # the check character's weight is 1


_WEIGHTED = _weighted_tables()


def _weighted_sum(characters: str) -> int:
    total = 0
    for position, character in enumerate(characters):
        total ^= _WEIGHTED[position][_VALUE[character]]
    return total


def new_global_id(random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """Draw a new id in its stored form: twelve characters without hyphens."""
    drawn = random_bits(_RANDOM_BITS)
    body = "".join(ALPHABET[(drawn >> shift) & 31] for shift in range(_RANDOM_BITS - 5, -1, -5))
    return body + ALPHABET[_weighted_sum(body)]


def read_global_id(text: str) -> str:
    """Read an id as a person may have typed it, and give its stored form.

    Case, hyphens, spaces, O for 0 and I or L for 1 are forgiven. Raises `InvalidGlobalId`
    before any look-up when the length, a character or the check character is wrong.
    """
    characters = text.translate(_IGNORED).upper().translate(_FORGIVEN)
    if len(characters) != LENGTH:
        raise _invalid(f"has {len(characters)} characters instead of {LENGTH}")
    if not _VALUE.keys() >= set(characters):
        raise _invalid("has a character outside the Crockford base-32 alphabet")
    if _weighted_sum(characters) != 0:
        raise _invalid("has a wrong check character")
    return characters


def show_global_id(stored: str) -> str:
    """Show a stored id as people read it: `7K3M-92QX-F4TF`."""
    return f"{stored[:4]}-{stored[4:8]}-{stored[8:]}"


def _invalid(problem: str) -> InvalidGlobalId:
    mend = "Type the twelve characters again as shown on the customer's card or screen."
    return InvalidGlobalId(
        f"The global customer id {problem}. {mend}",
        fields=[FieldProblem("customer_id", problem, mend)],
    )


def _read(value: object) -> str:
    if not isinstance(value, str):
        message = "must be a global customer id such as 7K3M-92QX-F4TF"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only ValueError into a refusal
    try:
        return read_global_id(value)
    except InvalidGlobalId as refusal:
        [wrong] = refusal.fields
        raise PydanticCustomError("global_id", "{problem}", _told(wrong)) from refusal


def _told(wrong: FieldProblem) -> dict[str, str]:
    return {"problem": wrong.problem, "mend": wrong.mend}


GlobalId = Annotated[
    str,
    BeforeValidator(_read),
    PlainSerializer(show_global_id, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _PATTERN,
            "description": "Global customer id; the last character is a check.",
            "examples": ["7K3M-92QX-F4TF"],
        }
    ),
]
"""A global id in a pydantic model: read forgivingly, held in stored form, shown with hyphens."""
