"""What is left of a golden record or a source record for one who may not see all of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from customer.domain.claims import Normalised, RecordKey
from customer.domain.golden_attributes import LISTS, SINGLE, GoldenAttribute
from customer.domain.preferences import LANGUAGES_BY_CHANNEL, PREFERRED_CHANNEL
from customer.domain.reading_policies import ELSEWHERE, EXTERNAL_ID, Access
from customer.domain.sights import NOWHERE
from customer.domain.survivorship import spelt_alike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chassis.errors import FieldProblem
    from customer.domain.reading_policies import Sight
    from customer.domain.sights import Home, Sights
    from customer.domain.survivorship import GoldenRecord, TellingRecord, Told
    from customer.domain.telling import Telling

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
_WITHOUT_ENDS = frozenset(
    {
        GoldenAttribute.BIRTH_DATE,
        GoldenAttribute.GENDER,
        GoldenAttribute.ADDRESSES,
        LANGUAGES_BY_CHANNEL,
    }
)
"""What cannot be masked: masked, it is hidden."""

_NOTHING = Normalised()
_OTHER_FIELDS = tuple(field.name for field in fields(Normalised) if field.name != "names")
_SHOWN_AT_THE_END = 2
_MASK = "…"


class Seen(NamedTuple):
    """A golden record as a reader sees it, and the attributes of which something is kept back."""

    golden: GoldenRecord
    others: GoldenRecord
    withheld: frozenset[str]


def seen(telling: Telling, sights: Sights) -> Seen:
    """Compose a golden record of what a reader may see, each value by its own source record.

    What is hidden never survives, so that another record's value may; of what is masked the end is
    left, unless another record tells the same and shows it. Interactions count for the preferred
    channel only where nothing is kept back.
    """
    if sights.are_whole:
        return Seen(*telling.golden(), frozenset())
    shown = replace(
        telling,
        records=tuple(
            replace(record, normalised=kept(record.normalised, _hidden_by(sight)))
            for record in telling.records
            if not (sight := sights.of(record.home)).is_closed
        ),
        locks=tuple(
            lock
            for lock in telling.locks
            if _access(sights.of(lock.home), lock.attribute) is not Access.HIDDEN
        ),
        used=None if telling.used is None else {},
    )
    golden, others = (_masked(one, shown.records, sights) for one in shown.golden())
    return Seen(golden, others, _withheld(telling, sights))


def shown_only(record: TellingRecord, sight: Sight) -> Normalised:
    """Keep of a record what is shown in full."""
    return kept(record.normalised, lambda name: sight.of(name) is not Access.SHOWN)


def kept(normalised: Normalised, is_hidden: Callable[[str], bool]) -> Normalised:
    """Keep of a normalised claim the attributes that are not hidden."""
    names = {part: None for part, attribute in _NAMES.items() if is_hidden(attribute)}
    others: dict[str, Any] = {
        name: getattr(_NOTHING, name)
        for name in _OTHER_FIELDS
        if is_hidden(_TOLD_AS.get(name, name))
    }
    if not names and not others:
        return normalised
    return replace(normalised, names=replace(normalised.names, **names), **others)


def visible_as_told(raw: dict[str, Any], sight: Sight) -> dict[str, Any]:
    """Keep of a source record's told fields those that are shown; a masked one is left out."""
    if sight.is_whole:
        return raw
    return {name: value for name, value in raw.items() if _is_shown(name, sight)}


def visible_normalised(normalised: dict[str, Any], sight: Sight) -> dict[str, Any]:
    """Keep of a normalised claim what is shown; its names stand together in `names`."""
    if sight.is_whole:
        return normalised
    others = visible_as_told({k: v for k, v in normalised.items() if k != "names"}, sight)
    told: dict[str, Any] = normalised.get("names", {})
    names = {
        part: value
        for part, value in told.items()
        if sight.of(_NAMES.get(part, "full_name")) is Access.SHOWN
    }
    return {"names": names, **others} if names else others


def visible_key(key: RecordKey, sight: Sight) -> RecordKey:
    """Give the key of a source record as it is shown; of a hidden id only that there is one."""
    match sight.of(EXTERNAL_ID):
        case Access.SHOWN:
            return key
        case Access.MASKED:
            return replace(key, external_id=str(masked(key.external_id)))
        case Access.HIDDEN:
            return replace(key, external_id=_MASK)


def visible_flags(flags: tuple[FieldProblem, ...], sight: Sight) -> tuple[FieldProblem, ...]:
    """Keep the flags of fields that are shown."""
    return tuple(flag for flag in flags if _is_shown(flag.field.partition(".")[0], sight))


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


def _access(sight: Sight, name: str) -> Access:
    access = sight.of(name)
    return Access.HIDDEN if access is Access.MASKED and name in _WITHOUT_ENDS else access


def _hidden_by(sight: Sight) -> Callable[[str], bool]:
    if sight.is_whole:
        return lambda _name: False
    return lambda name: _access(sight, name) is Access.HIDDEN


def _masked(golden: GoldenRecord, records: Sequence[TellingRecord], sights: Sights) -> GoldenRecord:
    seen = {
        name: [
            _told_by_shown(one, sights)
            for told in values
            if (one := _end(told, name, records, sights)) is not None
        ]
        for name, values in golden.items()
    }
    return {name: values for name, values in seen.items() if values}


def _end(told: Told, name: str, records: Sequence[TellingRecord], sights: Sights) -> Told | None:
    """Leave the end of a masked value, or give it as a record tells it that shows it."""
    match _access(sights.of(_home_of(told)), name):
        case Access.SHOWN:
            return told
        case Access.HIDDEN:
            return None
        case Access.MASKED:
            openly = _told_openly(told, name, records, sights)
            return openly or replace(told, value=masked(told.value))


def _told_by_shown(told: Told, sights: Sights) -> Told:
    record = told.record
    if record is None:
        return told
    key = visible_key(record.key, sights.of(record.home))
    return told if key is record.key else replace(told, record=replace(record, key=key))


def _told_openly(
    told: Told, name: str, records: Sequence[TellingRecord], sights: Sights
) -> Told | None:
    alike = spelt_alike(told.value)
    for record in records:
        if sights.of(record.home).of(name) is Access.SHOWN:
            for value in _values(record, name):
                if spelt_alike(value) == alike:
                    return replace(told, value=value, record=record, lock=None)
    return None


def _home_of(told: Told) -> Home:
    if told.record is not None:
        return told.record.home
    return NOWHERE if told.lock is None else told.lock.home


def _withheld(telling: Telling, sights: Sights) -> frozenset[str]:
    """Name the attributes of which anything is kept back, and what lies elsewhere.

    Facts elsewhere are not told apart by source record, so that one record keeps back all.
    """
    told = [
        *((record.home, name) for record in telling.records for name in _told_by(record)),
        *((lock.home, lock.attribute) for lock in telling.locks),
    ]
    if telling.used is not None:
        told += [(record.home, PREFERRED_CHANNEL) for record in telling.records if record.channel]
        told += [(home, part) for home in telling.homes for part in ELSEWHERE]
    return frozenset(name for home, name in told if sights.of(home).of(name) is not Access.SHOWN)


def _told_by(record: TellingRecord) -> Iterator[str]:
    return (name for name in (*SINGLE, *LISTS) if _values(record, name))


def _values(record: TellingRecord, name: str) -> Sequence[object]:
    if name in LISTS:
        return LISTS[name](record.normalised)
    value = SINGLE[name](record.normalised) if name in SINGLE else None
    return () if value is None else (value,)
