"""The data quality report: how complete, valid and free of duplicates the records are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from chassis.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SOURCES = 100
MOST_PROBLEMS = 5
MOST_RECORDS = 6
"""Customers with so many records, or more, are counted together."""

MONTHS = 24
EARLIER = ""
"""The month of all that was observed before the last 24."""

FIELDS = (
    "given_name",
    "family_name",
    "full_name",
    "birth_date",
    "gender",
    "birth_place",
    "occupation",
    "country",
    "language",
    "emails",
    "phones",
    "cards",
    "accounts",
    "devices",
    "addresses",
    "postcode",
    "city",
    "company_name",
    "vat_number",
    "company_registration_id",
    "official_ids",
    "referred_by",
    "consents",
    "observed_at",
    "extra",
)
"""In the sequence of the report; a name's kana and Latin forms, and parts of a birth date, count
for the field that they stand for."""

AS_TOLD = frozenset({"consents", "observed_at", "extra"})
"""Fields without a normal form: usable is what was told and not flagged."""


class Measure(StrEnum):
    """What is counted, of a source or of all."""

    RECORDS = "records"
    BY_IDENTIFIER = "by-identifier"
    BY_LIKENESS = "by-likeness"
    TOLD = "told"
    USABLE = "usable"
    FLAGGED = "flagged"
    PROBLEM = "problem"
    DISTINCT = "distinct"
    SHARED = "shared"
    CUSTOMERS = "customers"
    CANDIDATES = "candidates"
    MONTH = "month"


class Tally(NamedTuple):
    """One count. Without a source it is of all; `of` is a field, a month or a number of records."""

    source: str | None
    measure: Measure
    of: str
    problem: str
    number: int


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How often a problem was flagged."""

    problem: str
    count: int


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How a field is told: the first three count records, the next two values.

    `distinct` and `shared` (by several customers) are None where values are not compared.
    """

    field: str
    told: int
    usable: int
    flagged: int
    distinct: int | None
    shared: int | None
    problems: tuple[ProblemCount, ...]


@dataclass(frozen=True, slots=True)
class CustomersOfSize:
    """How many customers have so many records; `records` is 6 for six and more."""

    records: int
    customers: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many records were observed in a month, written 2026-03."""

    month: str
    records: int


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """How good the records of one source are, or of all where `source` is None.

    `duplicates_rate` is 1 - customers / records: the share of records that told of somebody whom
    another one had told of.
    """

    source: str | None
    records: int
    customers: int
    duplicates_rate: float
    customers_by_records: tuple[CustomersOfSize, ...]
    joined_by_identifier: int
    joined_by_likeness: int
    candidates_open: int
    months: tuple[MonthCount, ...]
    records_before: int
    fields: tuple[FieldQuality, ...]


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The whole report, as of the instant at which counting began."""

    made_at: datetime
    seconds: float
    whole: SourceQuality
    sources: tuple[SourceQuality, ...]
    sources_left_out: int
    records_left_out: int


class DataQualityNotKnown(NotFound):
    """No report has been made yet."""

    slug = "data-quality-not-known"
    title = "There is no data quality report yet"


class _Counts:
    def __init__(self, tallies: Iterable[Tally]) -> None:
        self._counts: dict[tuple[str | None, Measure], dict[str, int]] = defaultdict(dict)
        self._problems: dict[tuple[str | None, str], list[ProblemCount]] = defaultdict(list)
        for source, measure, of, problem, number in tallies:
            if measure is Measure.PROBLEM:
                self._problems[source, of].append(ProblemCount(problem, number))
            else:
                self._counts[source, measure][of] = number

    def one(self, source: str | None, measure: Measure, of: str = "") -> int:
        return self._counts[source, measure].get(of, 0)

    def maybe(self, source: str | None, measure: Measure, of: str) -> int | None:
        return self._counts[source, measure].get(of)

    def each(self, source: str | None, measure: Measure) -> list[tuple[str, int]]:
        return sorted(self._counts[source, measure].items())

    def sources(self) -> list[str]:
        """Give the sources, those with the most records first."""
        found = {
            source: counts[""]
            for (source, measure), counts in self._counts.items()
            if source is not None and measure is Measure.RECORDS
        }
        return sorted(found, key=lambda source: (-found[source], source))

    def problems(self, source: str | None, of: str) -> tuple[ProblemCount, ...]:
        listed = sorted(self._problems[source, of], key=lambda one: (-one.count, one.problem))
        return tuple(listed[:MOST_PROBLEMS])


def assemble(tallies: Iterable[Tally], *, made_at: datetime, seconds: float) -> DataQuality:
    """Put the report together; only the largest sources stand in it one by one."""
    counts = _Counts(tallies)
    sources = counts.sources()
    left_out = sources[MOST_SOURCES:]
    return DataQuality(
        made_at=made_at,
        seconds=seconds,
        whole=_source(counts, None),
        sources=tuple(_source(counts, source) for source in sources[:MOST_SOURCES]),
        sources_left_out=len(left_out),
        records_left_out=sum(counts.one(source, Measure.RECORDS) for source in left_out),
    )


def _source(counts: _Counts, source: str | None) -> SourceQuality:
    records = counts.one(source, Measure.RECORDS)
    sizes = tuple(
        CustomersOfSize(int(size), customers)
        for size, customers in counts.each(source, Measure.CUSTOMERS)
    )
    customers = sum(size.customers for size in sizes)
    months = counts.each(source, Measure.MONTH)
    return SourceQuality(
        source=source,
        records=records,
        customers=customers,
        duplicates_rate=round(1 - customers / records, 4) if records else 0.0,
        customers_by_records=sizes,
        joined_by_identifier=counts.one(source, Measure.BY_IDENTIFIER),
        joined_by_likeness=counts.one(source, Measure.BY_LIKENESS),
        candidates_open=counts.one(source, Measure.CANDIDATES),
        months=tuple(MonthCount(month, count) for month, count in months if month != EARLIER),
        records_before=counts.one(source, Measure.MONTH, EARLIER),
        fields=tuple(_field(counts, source, field) for field in FIELDS),
    )


def _field(counts: _Counts, source: str | None, field: str) -> FieldQuality:
    told = counts.one(source, Measure.TOLD, field)
    flagged = counts.one(source, Measure.FLAGGED, field)
    usable = counts.one(source, Measure.USABLE, field)
    return FieldQuality(
        field=field,
        told=told,
        usable=max(told - flagged, 0) if field in AS_TOLD else usable,
        flagged=flagged,
        distinct=counts.maybe(source, Measure.DISTINCT, field),
        shared=counts.maybe(source, Measure.SHARED, field),
        problems=counts.problems(source, field),
    )
