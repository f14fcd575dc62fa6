"""Files of people with the truth beside each record: who it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from customer.adapters.country_guess import likely_country
from customer.adapters.day_order import day_reader
from customer.adapters.file_layouts import (
    FIELDS,
    KNOWN,
    Layout,
    LayoutUnclear,
    adapt,
    choose_layout,
)
from customer.adapters.person_files import PersonFile
from customer.domain.claims import UNKNOWN_COUNTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_TRUTHS = {"febrl": "rec_id", "historical-figures": "cluster", "fake-1000": "cluster"}
_FEBRL_ID = re.compile(r"^(rec-\d+)-(org|dup-\d+)\Z")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One record, and whom the file says it is; without a label it is read but not counted.

    `name` is what the file calls the record, `body` as a source would send it.
    """

    name: str
    body: dict[str, Any]
    person: str | None


class Labels:
    """How a file is read: which columns tell the fields, and which the truth."""

    def __init__(
        self,
        *,
        truth: str | None = None,
        mapped: Sequence[tuple[str, str]] = (),
        constants: Sequence[tuple[str, str]] = (),
        labelled: bool = True,
    ) -> None:
        """`mapped` are fields and their columns; without any, known files are recognised.

        Without `labelled` no truth is looked for.
        """
        self._labelled = labelled
        self._truth = truth
        self._mapped = mapped
        self._constants = constants

    def read(self, file: Path) -> list[Labelled]:
        """Read all records of a file; raises `LayoutUnclear`, and what DuckDB raises."""
        people = PersonFile(file)
        layout = self._layout(people.columns)
        labels = self._read_labels(people, layout, file)
        records: list[Labelled] = []
        for reading, person in zip(people.read(layout, source="evaluation"), labels, strict=True):
            body = reading.body or {}
            records.append(Labelled(str(body.get("external_id", "")), body, person))
        return _with_country(_with_days(records, file))

    def _read_labels(self, people: PersonFile, layout: Layout, file: Path) -> Iterable[str | None]:
        if not self._labelled:
            return [None] * people.count()
        truth = self._truth or _TRUTHS.get(layout.source)
        if truth is None:
            message = f"Say which column of {file.name} tells who a record is: --truth COLUMN."
            raise LayoutUnclear(message)
        return map(_person, people.cells(_column(truth, people.columns, "--truth")))

    def _layout(self, columns: Sequence[str]) -> Layout:
        recognised = choose_layout(columns, file_name="file")
        if self._mapped:
            constants = recognised.constants if recognised in KNOWN else {"channel": "import"}
            recognised = Layout(source=recognised.source, columns={}, constants=constants)
        names = {name for name, _ in self._mapped}
        unknown = names - {*FIELDS}
        if unknown:
            message = (
                f"There is no field {min(unknown)!r} for --map. "
                f"The fields are: {', '.join(FIELDS)}."
            )
            raise LayoutUnclear(message)
        told = dict(self._constants)
        if "country" not in recognised.columns and "country" not in names:
            told.setdefault("country", recognised.constants.get("country", UNKNOWN_COUNTRY))
        if "external_id" not in recognised.columns and "external_id" not in names:
            told["external_id"] = "-"
        return adapt(
            recognised,
            columns,
            mapped=[(field, _column(column, columns, "--map")) for field, column in self._mapped],
            constants=list(told.items()),
        )


def _column(name: str, columns: Sequence[str], option: str) -> str:
    """Find a column by its name, whatever spaces stand around it; `a+b` are two, joined."""
    if name not in columns and "+" in name:
        return "+".join(_column(part, columns, option) for part in name.split("+"))
    for column in columns:
        if column.strip() == name.strip():
            return column
    message = f"{option} names no column {name!r}. The file has: {', '.join(columns)}."
    raise LayoutUnclear(message)


def _person(label: str) -> str | None:
    """Give the person a label names: of `rec-7-org` and `rec-7-dup-0` it is `rec-7`."""
    febrl = _FEBRL_ID.match(label)
    return febrl.group(1) if febrl else label or None


def _with_days(records: Iterable[Labelled], file: Path) -> list[Labelled]:
    """Write birth dates as YYYY-MM-DD where the file's own order makes that clear."""
    found = list(records)
    read = day_reader(day for record in found if (day := _day(record.body)))
    named: list[Labelled] = []
    for line, record in enumerate(found, start=1):
        body = dict(record.body)
        extra = dict(body.pop("extra", None) or {})
        if told := body.pop("birth_date", None) or extra.get("birth_date"):
            body["birth_date"] = read(str(told))
        name = record.name if record.name not in {"", "-"} else f"{file.name} record {line}"
        named.append(Labelled(name, body, record.person))
    return named


def _with_country(records: list[Labelled]) -> list[Labelled]:
    """Say where numbers are dialled, if the file does not: as most of them can be read."""
    silent = [record.body for record in records if record.body.get("country") == UNKNOWN_COUNTRY]
    country = likely_country(phone for body in silent for phone in body.get("phones", ()))
    for body in silent:
        body["country"] = country
    return records


def _day(body: dict[str, Any]) -> str | None:
    extra: dict[str, str] = body.get("extra") or {}
    told: str | None = body.get("birth_date") or extra.get("birth_date")
    return told or None
