"""The golden record: for each attribute the value told most recently, with who told it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from customer.domain.claims import Normalised, RecordKey
from customer.domain.text import fold, scripts

_FAMILY_NAME_FIRST_SCRIPTS = frozenset({"CJK", "HANGUL", "HIRAGANA"})
_FAMILY_NAME_FIRST_COUNTRIES = frozenset({"HU", "VN"})
VALUES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class TellingRecord:
    """A source record as survivorship reads it."""

    id: UUID
    key: RecordKey
    observed_at: datetime
    normalised: Normalised


@dataclass(frozen=True, slots=True)
class Told:
    """A surviving value and the source record that told it."""

    value: object
    record: TellingRecord


GoldenRecord = dict[str, list[Told]]
"""Each known attribute's surviving values: one, or for lists all, the most recent first."""

_SINGLE = {
    "given_name": attrgetter("names.given"),
    "family_name": attrgetter("names.family"),
    "full_name": attrgetter("names.full"),
    "given_name_kana": attrgetter("names.given_kana"),
    "family_name_kana": attrgetter("names.family_kana"),
    "birth_date": attrgetter("birth_date"),
    "gender": attrgetter("gender"),
    "birth_place": attrgetter("birth_place"),
    "occupation": attrgetter("occupation"),
    "country": attrgetter("country"),
    "language": attrgetter("language"),
}
_LISTS: dict[str, Callable[[Normalised], Sequence[Hashable]]] = {
    "emails": attrgetter("emails"),
    "phones": attrgetter("phones"),
    "cards": attrgetter("cards"),
    "addresses": attrgetter("addresses"),
}


def golden_record(records: Sequence[TellingRecord]) -> GoldenRecord:
    """Let the most recent non-empty value of each attribute survive.

    Recent is what its source observed last; records observed at the same instant are taken by
    id, the youngest first, so that the outcome never depends on the order of the rows.
    """
    recent = sorted(records, key=lambda record: (record.observed_at, record.id), reverse=True)
    golden: GoldenRecord = {}
    for attribute, read in _SINGLE.items():
        for record in recent:
            value = read(record.normalised)
            if value is not None:
                golden[attribute] = [Told(value, record)]
                break
    for attribute, read_all in _LISTS.items():
        told: dict[Hashable, Told] = {}
        for record in recent:
            for value in read_all(record.normalised):
                told.setdefault(_spelt_alike(value), Told(value, record))
        if told:
            golden[attribute] = list(told.values())[:VALUES_SHOWN]
    return golden


def _spelt_alike(value: Hashable) -> Hashable:
    """Give one form to spellings that differ in case and spaces: only the latest is shown."""
    return value.casefold().replace(" ", "") if isinstance(value, str) else value


def is_anonymous(golden: GoldenRecord) -> bool:
    """Tell whether nothing is known that could tell this customer from another."""
    return golden.keys() <= {"country", "language", "gender"}


def display_name(golden: GoldenRecord) -> str | None:
    """Give the name to show: its parts in the order of their script or country, else the whole."""
    given, family = _text(golden, "given_name"), _text(golden, "family_name")
    if given is None or family is None:
        return _text(golden, "full_name") or given or family
    if (
        scripts(fold(family)) & _FAMILY_NAME_FIRST_SCRIPTS
        or _text(golden, "country") in _FAMILY_NAME_FIRST_COUNTRIES
    ):
        return f"{family} {given}"
    return f"{given} {family}"


def _text(golden: GoldenRecord, attribute: str) -> str | None:
    return str(golden[attribute][0].value) if attribute in golden else None
