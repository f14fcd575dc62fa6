"""How claims, readings and flags are written as JSON in the database, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from chassis.errors import FieldProblem
from customer.domain.claims import Normalised
from customer.domain.names import Names
from customer.domain.official_ids import OfficialId

_NORMALISED = TypeAdapter(Normalised)
_NAMES = TypeAdapter(Names)
_OFFICIAL_IDS = TypeAdapter(tuple[OfficialId, ...])
_FLAGS = TypeAdapter(tuple[FieldProblem, ...])


def normalised_json(normalised: Normalised) -> dict[str, Any]:
    """Write a normalised claim without its empty attributes."""
    return _NORMALISED.dump_python(normalised, mode="json", exclude_defaults=True)


def read_normalised(json: object) -> Normalised:
    """Read a normalised claim back."""
    return _NORMALISED.validate_python(json)


def read_names(json: object) -> Names:
    """Read the names of a normalised claim back; a claim may have none."""
    return Names() if json is None else _NAMES.validate_python(json)


def read_official_ids(json: object) -> tuple[OfficialId, ...]:
    """Read the official ids of a normalised claim back; a claim may have none."""
    return () if json is None else _OFFICIAL_IDS.validate_python(json)


def flags_json(flags: Sequence[FieldProblem]) -> list[dict[str, str]]:
    """Write flags."""
    return _FLAGS.dump_python(tuple(flags), mode="json")


def read_flags(json: object) -> tuple[FieldProblem, ...]:
    """Read flags back."""
    return _FLAGS.validate_python(json)
