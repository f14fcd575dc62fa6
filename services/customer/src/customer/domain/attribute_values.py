"""Declared values: read by their definition, and which of them is in force."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias, cast
from uuid import UUID

from chassis.errors import FieldProblem, Invalid, NotFound
from customer.domain.attribute_definitions import AttributeDefinition, AttributeType
from customer.domain.national_numbers_told import national_number_in
from customer.domain.owners import ToldOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from customer.domain.attribute_definitions import Number, Scale

Value: TypeAlias = str | int | float | bool | list[str] | dict[str, str | int | float]
"""A value as it is kept, in the form that its attribute's type has."""

_LONGEST_TEXT = 500
_LARGEST = 10**15
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_OF_THE_YEAR = re.compile(r"--\d{2}-\d{2}", re.ASCII)
_LEAP_YEAR = "2000"
_SHARED = frozenset(AttributeType) - {AttributeType.TEXT}


class ValueNotAllowed(Invalid):
    slug = "attribute-value-not-allowed"
    title = "The value is none that the attribute's definition allows"


class PurposeNotAllowed(Invalid):
    """The house may not keep the attribute for this purpose."""

    slug = "purpose-not-allowed"
    title = "The catalogue does not allow the attribute for this purpose"


class ValueNeverInForce(Invalid):
    slug = "value-never-in-force"
    title = "The value would be out of force before it was observed"


class ValueUnknown(NotFound):
    slug = "attribute-value-unknown"
    title = "The customer has no such value"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A value as it is told: by which system, when observed, for what, and until when it holds."""

    value: Value
    source: str
    purpose: str
    observed_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class DeclaredValue:
    """A value as it is kept, with who told it."""

    id: UUID
    name: str
    told: ToldOf
    declaration: Declaration
    received_at: datetime
    client_id: str
    actor: str | None


def check_declaration(definition: AttributeDefinition, declaration: Declaration) -> None:
    """Refuse a purpose that the catalogue does not allow, and an end before the beginning.

    Raises `PurposeNotAllowed` and `ValueNeverInForce`.
    """
    if declaration.purpose not in definition.purposes:
        mend = f"Send one of {', '.join(definition.purposes)}, or have the catalogue allow it."
        field = FieldProblem("purpose", "is not allowed for this attribute", mend)
        raise PurposeNotAllowed(mend, fields=[field])
    until = declaration.valid_until
    if until is not None and until <= declaration.observed_at:
        mend = "Send an end after observed_at, or leave it out."
        raise ValueNeverInForce(mend, fields=[FieldProblem("valid_until", "is past", mend)])


def read_value(definition: AttributeDefinition, told: object) -> Value:
    """Read a value as its definition wants it; raises `ValueNotAllowed`, which says how to mend.

    A date is `YYYY-MM-DD`; a yearly one may be `--MM-DD`. A measure is an amount in a system.
    """
    value = _READ[definition.type](definition, told)
    if value is None:
        wanted = _WANTED[definition.type].format(choices=", ".join(definition.choices))
        raise _refusal("has not the form of the attribute", wanted)
    return value


def is_shared(definition: AttributeDefinition) -> bool:
    """Tell whether values may stand in events: nothing sensitive, and never free text."""
    return definition.type in _SHARED and not definition.sensitive


def in_force(
    values: Iterable[DeclaredValue], catalogue: Mapping[str, AttributeDefinition], now: datetime
) -> dict[str, DeclaredValue]:
    """Give the value observed last of each attribute, for a purpose that is allowed still.

    What was observed at the same instant is taken by when it came, the latest first.
    """
    latest: dict[str, DeclaredValue] = {}
    for value in sorted(values, key=_age):
        definition = catalogue.get(value.name)
        told = value.declaration
        if definition is None or told.purpose not in definition.purposes:
            continue
        if told.valid_until is None or told.valid_until > now:
            latest[value.name] = value
    return latest


def _age(value: DeclaredValue) -> tuple[datetime, datetime, UUID]:
    return value.declaration.observed_at, value.received_at, value.id


def next_on(definition: AttributeDefinition, value: Value, today: date) -> date | None:
    """Give the next day on which a yearly date comes again; a leap day comes on 28 February."""
    if definition.type is not AttributeType.DATE or not definition.yearly:
        return None
    month, day = (int(part) for part in str(value)[-5:].split("-"))
    for year in (today.year, today.year + 1):
        try:
            comes = date(year, month, day)
        except ValueError:
            comes = date(year, month, day - 1)
        if comes >= today:
            return comes
    return None


def _text(_definition: AttributeDefinition, told: object) -> Value | None:
    if not isinstance(told, str):
        return None
    text = unicodedata.normalize("NFC", told).strip()
    if not text or len(text) > _LONGEST_TEXT or not _is_printable(text):
        problem = "is no text that can be kept"
        raise _refusal(problem, f"Send up to {_LONGEST_TEXT} printable characters.")
    if (called := national_number_in(text)) is not None:
        raise _refusal(f"holds a national number ({called})", "Leave it out: it may not be kept.")
    return text


def _is_printable(text: str) -> bool:
    """Tell control characters and halves of surrogate pairs; line breaks and tabs may be."""
    return all(unicodedata.category(one) not in {"Cc", "Cs"} or one in "\n\t" for one in text)


def _number(definition: AttributeDefinition, told: object) -> Value | None:
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    return _in_range(told, definition.minimum, definition.maximum)


def _in_range(told: Number, minimum: Number | None, maximum: Number | None) -> Number:
    low = -_LARGEST if minimum is None else minimum
    high = _LARGEST if maximum is None else maximum
    if not isfinite(told) or not low <= told <= high:
        raise _refusal("is out of range", f"Send a number from {low} to {high}.")
    return told


def _choice(definition: AttributeDefinition, told: object) -> Value | None:
    return told if isinstance(told, str) and told in definition.choices else None


def _choices(definition: AttributeDefinition, told: object) -> Value | None:
    if not isinstance(told, list) or not told:
        return None
    named = cast("list[object]", told)
    if any(one not in definition.choices for one in named):
        return None
    return [choice for choice in definition.choices if choice in named]


def _date(definition: AttributeDefinition, told: object) -> Value | None:
    if not isinstance(told, str):
        return None
    yearly = definition.yearly
    whole = _LEAP_YEAR + told[1:] if yearly and _DAY_OF_THE_YEAR.fullmatch(told) else told
    try:
        date.fromisoformat(whole if _DAY.fullmatch(whole) else "")
    except ValueError:
        forms = "YYYY-MM-DD, or --MM-DD" if yearly else "YYYY-MM-DD"
        raise _refusal("is no day of the calendar", f"Send {forms}.") from None
    return told


def _boolean(_definition: AttributeDefinition, told: object) -> Value | None:
    return told if isinstance(told, bool) else None


def _measure(definition: AttributeDefinition, told: object) -> Value | None:
    if not isinstance(told, dict):
        return None
    parts = cast("dict[str, object]", told)
    if not {"amount", "system"} <= parts.keys() <= {"amount", "system", "unit"}:
        return None
    named = [one for one in definition.scales if one.system == parts["system"]]
    if not named or parts.get("unit") not in (None, named[0].unit):
        systems = ", ".join(_shown(one) for one in definition.scales)
        raise _refusal("is in no system of the attribute", f"Send an amount in one of {systems}.")
    [scale] = named
    measure: dict[str, str | int | float] = {"system": scale.system}
    measure["amount"] = _amount(scale, parts["amount"])
    if scale.unit is not None:
        measure["unit"] = scale.unit
    return measure


def _amount(scale: Scale, told: object) -> str | Number:
    if isinstance(told, str) and told in scale.marks:
        return told
    if isinstance(told, int | float) and not isinstance(told, bool) and not scale.marks:
        return _in_range(told, scale.minimum, scale.maximum)
    wanted = f"one of {', '.join(scale.marks)}" if scale.marks else "a number"
    raise _refusal("has no amount of its system", f"Send {wanted} as the amount.")


def _shown(scale: Scale) -> str:
    return scale.system if scale.unit is None else f"{scale.system} ({scale.unit})"


_READ: dict[AttributeType, Callable[[AttributeDefinition, object], Value | None]] = {
    AttributeType.TEXT: _text,
    AttributeType.NUMBER: _number,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.CHOICE: _choice,
    AttributeType.CHOICES: _choices,
    AttributeType.DATE: _date,
    AttributeType.MEASURE: _measure,
}
"""Each gives None for what has not the form of its type."""

_WANTED = {
    AttributeType.TEXT: "Send a text.",
    AttributeType.NUMBER: "Send a number.",
    AttributeType.BOOLEAN: "Send true or false.",
    AttributeType.CHOICE: "Send one of the choices: {choices}.",
    AttributeType.CHOICES: "Send a list of some of the choices: {choices}.",
    AttributeType.DATE: "Send a day as text, such as 1984-02-29.",
    AttributeType.MEASURE: 'Send an amount in a system, such as {{"amount": 38, "system": "EU"}}.',
}


def _refusal(problem: str, mend: str) -> ValueNotAllowed:
    return ValueNotAllowed(
        f"The value {problem}. {mend}", fields=[FieldProblem("value", problem, mend)]
    )
