"""Rules as they are written and shown: conditions, told apart by what they are `of`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

from chassis.api import StrictModel
from chassis.problems import told_as
from segmentation.domain.rules import BegunBy, Channel, Rule

_LARGEST = 10**15
_MOST_DAYS = 3660
_MOST_TIMES = 100_000

Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    Field(description="Small letters, digits and hyphens."),
]
Number = (
    Annotated[StrictInt, Field(ge=-_LARGEST, le=_LARGEST)]
    | Annotated[StrictFloat, Field(ge=-_LARGEST, le=_LARGEST, allow_inf_nan=False)]
)
Text = Annotated[StrictStr, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Days = Annotated[int, Field(strict=True, ge=1, le=_MOST_DAYS)]
Times = Annotated[int, Field(strict=True, ge=1, le=_MOST_TIMES)]
Channels = Annotated[tuple[Channel, ...], Field(max_length=8, description="Any if left out.")]


class MeasureBody(StrictModel):
    """An amount in a system, such as 38 in EU."""

    amount: Number | Text
    system: Text


Value = StrictBool | Number | Text | MeasureBody


class DeclaredBody(StrictModel):
    """Who declared an attribute for the segment's purpose; with a test, whose value passes it.

    `equals` is met by a list of choices that has the value. `at_least` and `at_most` take numbers,
    days with a year, measures of one system, and choices in their order. `comes_within_days` is
    met by a date from today on, by a yearly one whenever it comes again.
    """

    of: Literal["declared-attribute"]
    attribute: Slug
    equals: Value | None = None
    one_of: Annotated[tuple[Value, ...], Field(max_length=100)] = ()
    at_least: Value | None = None
    at_most: Value | None = None
    comes_within_days: Annotated[int | None, Field(strict=True, ge=0, le=366)] = None

    @model_validator(mode="after")
    def _is_one_test(self) -> Self:
        has_bounds = self.at_least is not None or self.at_most is not None
        others = (self.equals is not None, bool(self.one_of), self.comes_within_days is not None)
        if has_bounds + sum(others) > 1:
            message = "must have one test: equals, one_of, at_least and at_most, comes_within_days"
            raise ValueError(message)
        return self


class InteractionsBody(StrictModel):
    """Who was in touch so many times, ever or within so many days."""

    of: Literal["interactions"]
    channels: Channels = ()
    begun_by: BegunBy | None = None
    within_days: Days | None = None
    at_least: Times = 1
    at_most: Times | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        return _in_order(self, self.at_least, self.at_most)


class LastInteractionBody(StrictModel):
    """Who was last in touch before or after a day (UTC), or more or less than so many days ago."""

    of: Literal["last-interaction"]
    channels: Channels = ()
    begun_by: BegunBy | None = None
    before: date | None = None
    after: date | None = None
    more_than_days_ago: Days | None = None
    less_than_days_ago: Days | None = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        days = (self.before, self.after, self.more_than_days_ago, self.less_than_days_ago)
        if all(each is None for each in days):
            message = "must have before, after, more_than_days_ago or less_than_days_ago"
            raise ValueError(message)
        return self


class UnansweredBody(StrictModel):
    """Who began a touch that nobody has answered, for so many hours.

    Without channels those count in which one waits: e-mail, chat, message and web.
    """

    of: Literal["unanswered-interaction"]
    channels: Annotated[tuple[Channel, ...] | None, Field(min_length=1, max_length=8)] = None
    for_hours: Annotated[int, Field(strict=True, ge=0, le=24 * _MOST_DAYS)] = 0


class PurchasesBody(StrictModel):
    """Who bought so many times; cancelled orders are no purchases."""

    of: Literal["purchases"]
    at_least: Times = 1
    at_most: Times | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        return _in_order(self, self.at_least, self.at_most)


ConditionBody = Annotated[
    DeclaredBody | InteractionsBody | LastInteractionBody | UnansweredBody | PurchasesBody,
    Field(discriminator="of"),
]
Conditions = Annotated[tuple[ConditionBody, ...], Field(max_length=20)]


class RuleBody(StrictModel):
    """Whom a segment takes: who meets every condition of `all`, one of `any`, and none of `none`.

    `all` or `any` must have a condition: the rule is looked up among what is known of customers,
    and of most people nothing is.
    """

    all: Conditions = ()
    any: Conditions = ()
    none: Conditions = ()

    @model_validator(mode="after")
    def _finds_somebody(self) -> Self:
        if not self.all and not self.any:
            message = "must have a condition in all or in any"
            raise ValueError(message)
        return self

    def rule(self) -> Rule:
        """Give the rule that the domain checks."""
        return told_as(_RULE.validate_python, self.model_dump(exclude_none=True))

    @staticmethod
    def of(rule: Rule) -> RuleBody:
        """Show a rule."""
        return RuleBody.model_validate(asdict(rule))


_RULE = TypeAdapter(Rule)


def _in_order(body: Any, at_least: int, at_most: int | None) -> Any:
    if at_most is not None and at_most < at_least:
        message = "must have an at_most that is not below at_least"
        raise ValueError(message)
    return body
