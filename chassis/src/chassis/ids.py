"""Ids of everything but customers: UUIDv7 inside, `ord_…` at the API (TypeID text form)."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import PydanticCustomError, core_schema

from chassis.errors import FieldProblem, Invalid

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_TEXT_LENGTH = 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InvalidId(Invalid):
    """The text is not an id of the type that is asked for."""

    slug = "invalid-id"
    title = "The id is not valid"


def new_uuid(*, at: datetime | None = None) -> UUID:
    """Draw a UUIDv7 (RFC 9562): milliseconds first, so that ids sort by age, then random bits.

    `at` is the moment that it tells, where that is another than now; nothing is before 1970.
    """
    milliseconds = time.time_ns() // 1_000_000 if at is None else _milliseconds(at)
    random_bits = int.from_bytes(os.urandom(10))
    high = random_bits >> 62 & 0xFFF
    low = random_bits & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def first_uuid(at: datetime) -> UUID:
    """Give what all UUIDv7 of a moment and later are above, and all earlier ones below."""
    return UUID(int=_milliseconds(at) << 80)


def _milliseconds(at: datetime) -> int:
    return max(0, (at - _EPOCH) // timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class IdType:
    """A kind of id, known by its prefix; also the pydantic annotation for fields of that kind.

    `OrderId = Annotated[UUID, IdType("ord")]` reads `ord_…` and shows `ord_…` in JSON.
    """

    prefix: str

    def new(self, *, at: datetime | None = None) -> UUID:
        """Draw a new id of this kind; `at` is the moment that it tells, which is now without it."""
        return new_uuid(at=at)

    def show(self, uuid: UUID) -> str:
        """Show the id as `prefix_` and 26 lower-case Crockford characters."""
        value = uuid.int
        return self.prefix + "_" + "".join([_ALPHABET[value >> shift & 31] for shift in _SHIFTS])

    def read(self, text: str) -> UUID:
        """Read an id of this kind; raises `InvalidId` when it is of another kind or form."""
        prefix, _, body = text.partition("_")
        if prefix != self.prefix or len(body) != _TEXT_LENGTH or body[0] > "7":
            raise self._invalid()
        value = 0
        for character in body:
            digit = _VALUE.get(character)
            if digit is None:
                raise self._invalid()
            value = value << 5 | digit
        return UUID(int=value)

    @property
    def schema(self) -> IdType:
        """The pydantic annotation: the kind itself."""
        return self

    def _invalid(self) -> InvalidId:
        problem = f"is not an id of the form {self.prefix}_ followed by 26 characters"
        mend = "Send the id exactly as it was given."
        return InvalidId(
            f"The id {problem}. {mend}", fields=[FieldProblem(f"{self.prefix}_id", problem, mend)]
        )

    def _read_any(self, value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        if not isinstance(value, str):
            message = f"must be an id such as {self.prefix}_01h455vb4pex5vsknk084sn02q"
            raise ValueError(message)  # noqa: TRY004 - pydantic turns only ValueError into a refusal
        try:
            return self.read(value)
        except InvalidId as refusal:
            [wrong] = refusal.fields
            told = {"problem": wrong.problem, "mend": wrong.mend}
            raise PydanticCustomError("typed_id", "{problem}", told) from refusal

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read and show this kind of id in pydantic models."""
        return core_schema.no_info_plain_validator_function(
            self._read_any,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.show, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe this kind of id as a string with its pattern."""
        return {
            "type": "string",
            "pattern": f"^{self.prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$",
            "examples": [f"{self.prefix}_01h455vb4pex5vsknk084sn02q"],
        }


_SHIFTS = tuple(range(125, -1, -5))
