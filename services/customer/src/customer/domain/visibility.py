"""What is left of a golden record or a source record for one who may not see all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chassis.errors import FieldProblem
from customer.domain.golden_attributes import GoldenAttribute
from customer.domain.reading_policies import Access, Sight
from customer.domain.survivorship import GoldenRecord, Told

_NAMES = {
    "given": GoldenAttribute.GIVEN_NAME,
    "family": GoldenAttribute.FAMILY_NAME,
    "full": GoldenAttribute.FULL_NAME,
    "given_kana": GoldenAttribute.GIVEN_NAME_KANA,
    "family_kana": GoldenAttribute.FAMILY_NAME_KANA,
    "given_latin": GoldenAttribute.GIVEN_NAME_LATIN,
    "family_latin": GoldenAttribute.FAMILY_NAME_LATIN,
}
_TOLD_AS: dict[str, str] = {
    "birth_year": GoldenAttribute.BIRTH_DATE,
    "birth_month": GoldenAttribute.BIRTH_DATE,
    "birth_day": GoldenAttribute.BIRTH_DATE,
    "birth_parts": GoldenAttribute.BIRTH_DATE,
}
_SHOWN_AT_THE_END = 2
_MASK = "…"


def visible(golden: GoldenRecord, sight: Sight) -> GoldenRecord:
    """Keep of a golden record what is shown, and the ends of what is masked."""
    if sight.is_whole:
        return golden
    kept: GoldenRecord = {}
    for name, values in golden.items():
        seen = [shown for told in values if (shown := _seen(told, sight.of(name))) is not None]
        if seen:
            kept[name] = seen
    return kept


def visible_as_told(raw: dict[str, Any], sight: Sight) -> dict[str, Any]:
    """Keep of a source record's told fields those that are shown; a masked one is left out."""
    if sight.is_whole:
        return raw
    return {name: value for name, value in raw.items() if _is_shown(name, sight)}


def visible_normalised(normalised: dict[str, Any], sight: Sight) -> dict[str, Any]:
    """Keep of a normalised claim what is shown; its names stand together in `names`."""
    if sight.is_whole:
        return normalised
    kept = visible_as_told({k: v for k, v in normalised.items() if k != "names"}, sight)
    told: dict[str, Any] = normalised.get("names", {})
    names = {
        part: value
        for part, value in told.items()
        if sight.of(_NAMES.get(part, "full_name")) is Access.SHOWN
    }
    return {"names": names, **kept} if names else kept


def visible_flags(flags: tuple[FieldProblem, ...], sight: Sight) -> tuple[FieldProblem, ...]:
    """Keep the flags of fields that are shown."""
    return tuple(flag for flag in flags if _is_shown(flag.field.partition(".")[0], sight))


def withheld(golden: GoldenRecord, sight: Sight) -> frozenset[str]:
    """Name the attributes of which anything is kept back."""
    return frozenset(name for name in golden if sight.of(name) is not Access.SHOWN)


def masked(value: object) -> object | None:
    """Give the end of a value, enough to say "the one that ends in 42?"; None for what has none."""
    match value:
        case str() if "@" in value:
            return _MASK + value[value.rindex("@") :]
        case str():
            end = value[-_SHOWN_AT_THE_END:] if len(value) > 2 * _SHOWN_AT_THE_END else ""
            return _MASK + end
        case _:
            return None


def _is_shown(name: str, sight: Sight) -> bool:
    return sight.of(_TOLD_AS.get(name, name)) is Access.SHOWN


def _seen(told: Told, access: Access) -> Told | None:
    match access:
        case Access.SHOWN:
            return told
        case Access.MASKED:
            value = masked(told.value)
            return None if value is None else replace(told, value=value)
        case Access.HIDDEN:
            return None
