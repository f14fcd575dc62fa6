"""Whether a rule can be met: each value in the form that its attribute is declared in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid
from segmentation.domain.attribute_forms import AttributeType
from segmentation.domain.rules import Declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segmentation.domain.attribute_forms import AttributeForm
    from segmentation.domain.rules import Rule, Value

_ORDERED = frozenset(
    {AttributeType.NUMBER, AttributeType.CHOICE, AttributeType.DATE, AttributeType.MEASURE}
)
_NO_YEAR = "--"


class RuleNotValid(Invalid):
    slug = "segment-rule-not-valid"
    title = "The rule of the segment can be met by nobody as it stands"


def check_rule(rule: Rule, forms: Mapping[str, AttributeForm]) -> None:
    """Refuse a rule that its attributes' forms contradict; raises `RuleNotValid`.

    Of an attribute that nobody declared so far no form is known, and nothing is refused.
    """
    problems = list(_problems(rule, forms))
    if problems:
        told = "; ".join(f"{each.field}: {each.problem}" for each in problems[:3])
        raise RuleNotValid(told, fields=problems)


def never_declared(rule: Rule, forms: Mapping[str, AttributeForm]) -> list[str]:
    """Name the attributes of which no value was ever told here: misspelt, sensitive or new."""
    return sorted(rule.attributes - forms.keys())


def _problems(rule: Rule, forms: Mapping[str, AttributeForm]) -> Iterator[FieldProblem]:
    for place, condition in rule.conditions:
        if isinstance(condition, Declared) and condition.attribute in forms:
            for problem in _of_attribute(condition, forms[condition.attribute]):
                field = f"rule.{place}.{problem.field}"
                yield FieldProblem(field, problem.problem, problem.mend)


def _of_attribute(condition: Declared, form: AttributeForm) -> Iterator[FieldProblem]:
    if condition.comes_within_days is not None and form.type is not AttributeType.DATE:
        mend = f"{form.attribute} is a {form.type.value}; choose an attribute that is a date."
        yield FieldProblem("comes_within_days", "is asked of what is no date", mend)
    if form.type is AttributeType.TEXT:
        mend = "Leave the values out: of a text it is known here only that it was declared."
        yield from (FieldProblem(field, "is a text's", mend) for field, _ in condition.values)
        return
    for field, value in condition.values:
        if (mend := _mend(form, value)) is not None:
            yield FieldProblem(field, f"is no {form.type.value} of this attribute", mend)
    for field, value in condition.bounds:
        if (mend := _mend_of_bound(form, value)) is not None:
            yield FieldProblem(field, "asks for an order that there is not", mend)


def _mend_of_bound(form: AttributeForm, value: Value) -> str | None:
    """Say how to mend a value that others are to lie beyond; None where they can."""
    if form.type not in _ORDERED:
        return "Use equals or one_of; the values of this attribute have no order."
    if form.type is AttributeType.DATE and str(value).startswith(_NO_YEAR):
        return "Send a day with its year, such as 1984-02-29, or use comes_within_days."
    if isinstance(value, dict) and isinstance(value["amount"], str):
        return "Use equals or one_of; only amounts that are numbers have an order."
    return None


def _mend(form: AttributeForm, value: Value) -> str | None:
    """Say how to mend a value; None where it has the attribute's form."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match form.type:
        case AttributeType.CHOICE | AttributeType.CHOICES:
            choices = ", ".join(form.choices)
            return None if value in form.choices else f"Send one of {choices}."
        case AttributeType.NUMBER:
            return None if is_number else "Send a number."
        case AttributeType.BOOLEAN:
            return None if isinstance(value, bool) else "Send true or false."
        case AttributeType.MEASURE:
            mend = 'Send an amount in a system, such as {"amount": 38, "system": "EU"}.'
            return None if isinstance(value, dict) else mend
        case _:
            return None if _is_day(value) else "Send a day such as 1984-02-29."


def _is_day(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    whole = f"2000{value[1:]}" if value.startswith(_NO_YEAR) else value
    try:
        return len(whole) == len("2000-01-01") and bool(date.fromisoformat(whole))
    except ValueError:
        return False
