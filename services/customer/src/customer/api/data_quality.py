"""The data quality report, for stewards: counts of fields and problems, nothing of any person."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.api import DatabaseDep, requires
from customer.domain.data_quality import DataQuality
from customer.use_cases.report_data_quality import ask_for_data_quality, read_data_quality

router = APIRouter(
    prefix="/v1/data-quality",
    tags=["data quality"],
    dependencies=[requires("customers:steward")],
)

Rate = Annotated[float, Field(description="1 - customers / records.")]


class _Counted(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProblemCountOut(_Counted):
    """How often a problem was flagged."""

    problem: str
    count: int


class FieldQualityOut(_Counted):
    """How a field is told: `told`, `usable` and `flagged` count records.

    `distinct` counts values, `shared` those that several customers have; null where values are
    not compared. What is flagged may be usable with a doubt.
    """

    field: str
    told: int
    usable: int
    flagged: int
    distinct: int | None
    shared: int | None
    problems: Annotated[list[ProblemCountOut], Field(description="The commonest.")]


class CustomersOfSizeOut(_Counted):
    """How many customers have so many records; 6 stands for six and more."""

    records: int
    customers: int


class MonthCountOut(_Counted):
    """How many records were observed in a month."""

    month: Annotated[str, Field(examples=["2026-03"])]
    records: int


class SourceQualityOut(_Counted):
    """How good the records of a source are, or of all where `source` is null."""

    source: str | None
    records: int
    customers: int
    duplicates_rate: Rate
    customers_by_records: list[CustomersOfSizeOut]
    joined_by_identifier: int
    joined_by_likeness: int
    candidates_open: Annotated[int, Field(description="Pairs that wait for a person.")]
    months: Annotated[list[MonthCountOut], Field(description="The last 24.")]
    records_before: Annotated[int, Field(description="Observed earlier than that.")]
    fields: list[FieldQualityOut]


class DataQualityOut(_Counted):
    """The whole report; of very many sources the hundred largest stand in it one by one."""

    made_at: AwareDatetime
    seconds: Annotated[float, Field(description="How long counting took.")]
    whole: SourceQualityOut
    sources: list[SourceQualityOut]
    sources_left_out: int
    records_left_out: int

    @classmethod
    def of(cls, report: DataQuality) -> Self:
        return cls.model_validate(report)


class DataQualityAskedOut(BaseModel):
    """That a report is made; it is there once its `made_at` is not before `asked_at`."""

    asked_at: AwareDatetime
    made_at: datetime | None


@router.get("")
async def get_data_quality(database: DatabaseDep) -> DataQualityOut:
    """Read the last report: per source and field how complete, valid and distinct values are.

    The worker makes one each day, and whenever it is asked to.
    """
    return DataQualityOut.of(await read_data_quality(database))


@router.post("", status_code=HTTPStatus.ACCEPTED)
async def post_data_quality(database: DatabaseDep) -> DataQualityAskedOut:
    """Have a new report made; asking again meanwhile has no further effect."""
    asked = await ask_for_data_quality(database)
    return DataQualityAskedOut(asked_at=asked.asked_at, made_at=asked.made_at)
