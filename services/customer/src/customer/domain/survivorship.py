"""The golden record: what survives of each attribute by rule, with who told it and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.claims import UNKNOWN_COUNTRY, UNKNOWN_LANGUAGE, Normalised, RecordKey
from customer.domain.golden_attributes import LISTS, SINGLE, GoldenAttribute
from customer.domain.sights import NOWHERE, Home
from customer.domain.survivorship_rules import (
    DEFAULT_RULE,
    SurvivorshipMethod,
    SurvivorshipRule,
    SurvivorshipRules,
)
from customer.domain.text import fold, scripts

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from customer.domain.attribute_locks import AttributeLock

_FAMILY_NAME_FIRST_SCRIPTS = frozenset({"CJK", "HANGUL", "HIRAGANA"})
_FAMILY_NAME_FIRST_COUNTRIES = frozenset({"HU", "VN"})
_UNTOLD = frozenset({None, UNKNOWN_COUNTRY, UNKNOWN_LANGUAGE})
_COUNTRY = GoldenAttribute.COUNTRY
_IN_ORDER = (_COUNTRY, *(one for one in (*SINGLE, *LISTS) if one != _COUNTRY))
VALUES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class TellingRecord:
    """A source record as survivorship reads it."""

    id: UUID
    key: RecordKey
    observed_at: datetime
    normalised: Normalised
    channel: str = ""
    home: Home = NOWHERE


@dataclass(frozen=True, slots=True)
class Told:
    """A surviving value, the source record that told it, and the rule that chose it.

    A value that a person locked has no record.
    """

    value: object
    record: TellingRecord | None
    rule: SurvivorshipRule = DEFAULT_RULE
    lock: AttributeLock | None = None


GoldenRecord = dict[str, list[Told]]
"""Each known attribute's surviving values: one, or for lists all, the best first."""


@dataclass(frozen=True, slots=True)
class Survivorship:
    """What decides: the rules, the customer's brand, and the locks in force by attribute."""

    rules: SurvivorshipRules
    brand: str
    locks: Mapping[str, AttributeLock]


def golden_record(
    records: Iterable[TellingRecord], survivorship: Survivorship | None = None
) -> GoldenRecord:
    """Let one value of each attribute survive, of lists all.

    A lock comes before every rule. Values that a rule holds equal are taken by the latest record:
    recent is what its source observed last; of records observed at the same instant the one with
    the greatest id, so that the outcome never depends on the order of the rows.
    """
    return _survivors(records, survivorship)[0]


def golden_record_with_others(
    records: Iterable[TellingRecord], survivorship: Survivorship | None = None
) -> tuple[GoldenRecord, GoldenRecord]:
    """Give the golden record, and of each attribute the other values, the next best first."""
    return _survivors(records, survivorship)


def _survivors(
    records: Iterable[TellingRecord], survivorship: Survivorship | None
) -> tuple[GoldenRecord, GoldenRecord]:
    by = survivorship or Survivorship(SurvivorshipRules(), "", {})
    recent = sorted(records, key=lambda record: (record.observed_at, record.id), reverse=True)
    golden: GoldenRecord = {}
    others: GoldenRecord = {}
    for attribute in _IN_ORDER:
        told, lock = _told(recent, attribute), by.locks.get(attribute)
        if not told and lock is None:
            continue
        rule = by.rules.rule_for(attribute, brand=by.brand, country=_text(golden, _COUNTRY))
        ranked = _ranked(told, rule, lock)
        shown = VALUES_SHOWN if attribute in LISTS else 1
        golden[attribute] = ranked[:shown]
        others[attribute] = [] if attribute in LISTS else ranked[1 : VALUES_SHOWN + 1]
    return golden, {attribute: told for attribute, told in others.items() if told}


def _told(recent: Iterable[TellingRecord], attribute: str) -> list[tuple[Hashable, TellingRecord]]:
    """List what records tell of an attribute, the most recent first."""
    if attribute in SINGLE:
        read = SINGLE[attribute]
        told = ((read(record.normalised), record) for record in recent)
        return [(value, record) for value, record in told if value not in _UNTOLD]
    read_all = LISTS[attribute]
    return [(value, record) for record in recent for value in read_all(record.normalised)]


def _ranked(
    told: Sequence[tuple[Hashable, TellingRecord]],
    rule: SurvivorshipRule,
    lock: AttributeLock | None,
) -> list[Told]:
    """Give each different value once, as it was spelt last, the best first."""
    values: dict[Hashable, Told] = {}
    for value, record in told:
        values.setdefault(spelt_alike(value), Told(value, record, rule))
    ranked = _by_rule(values, told, rule)
    if lock is None:
        return ranked
    locked = Told(lock.value, None, rule, lock)
    same = spelt_alike(locked.value)
    return [locked, *(one for one in ranked if spelt_alike(one.value) != same)]


def _by_rule(
    values: Mapping[Hashable, Told],
    told: Sequence[tuple[Hashable, TellingRecord]],
    rule: SurvivorshipRule,
) -> list[Told]:
    match rule.method:
        case SurvivorshipMethod.MOST_RECENT:
            return list(values.values())
        case SurvivorshipMethod.LONGEST:
            return sorted(values.values(), key=lambda one: -len(str(one.value)))
        case SurvivorshipMethod.MOST_FREQUENT:
            counts = Counter(spelt_alike(value) for value, _ in told)
            return [values[alike] for alike in sorted(values, key=lambda alike: -counts[alike])]
        case SurvivorshipMethod.MOST_TRUSTED:
            trusted: dict[Hashable, Told] = {}
            for value, record in sorted(told, key=lambda one: rule.trust(one[1].key.source)):
                trusted.setdefault(spelt_alike(value), Told(value, record, rule))
            return list(trusted.values())


def spelt_alike(value: object) -> Hashable:
    """Give one form to spellings that differ in case and spaces: only the latest is shown."""
    return value.casefold().replace(" ", "") if isinstance(value, str) else value


def is_anonymous(golden: GoldenRecord) -> bool:
    """Tell whether nothing is known that could tell this customer from another."""
    return golden.keys() <= _NOBODYS


_NOBODYS = {"country", "language", "gender", "preferred_channel", "languages_by_channel"}


def display_name(golden: GoldenRecord) -> str | None:
    """Give the name to show: its parts in the order of their script or country, else the whole."""
    given, family = _text(golden, "given_name"), _text(golden, "family_name")
    if given is None or family is None:
        return _text(golden, "full_name") or given or family
    if (
        scripts(fold(family)) & _FAMILY_NAME_FIRST_SCRIPTS
        or _text(golden, _COUNTRY) in _FAMILY_NAME_FIRST_COUNTRIES
    ):
        return f"{family} {given}"
    return f"{given} {family}"


def _text(golden: GoldenRecord, attribute: str) -> str | None:
    return str(golden[attribute][0].value) if attribute in golden else None
