"""What pydantic refuses, told in the client's words: the field it sent, the problem, the mend."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from chassis.errors import FieldProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic_core import ErrorDetails

NOT_KNOWN = object()
"""Stands for what was told, where a refusal is made without having it."""

_LOCATIONS = {"body", "path", "query", "header", "cookie"}
_MENDS = {
    "missing": "Add this field.",
    "extra_forbidden": "Remove this field, or correct its name.",
    "greater_than": "Send a value greater than {gt}.",
    "greater_than_equal": "Send a value of {ge} or more.",
    "less_than": "Send a value less than {lt}.",
    "less_than_equal": "Send a value of {le} or less.",
    "string_too_short": "Send at least {min_length} characters.",
    "string_too_long": "Send at most {max_length} characters.",
    "too_short": "Send at least {min_length} items.",
    "too_long": "Send at most {max_length} items.",
    "int_from_float": "Send a whole number.",
    "int_type": "Send a whole number.",
    "int_parsing": "Send a whole number.",
    "bool_type": "Send true or false.",
    "float_type": "Send a number.",
    "float_parsing": "Send a number.",
    "string_type": "Send a text.",
    "list_type": "Send a list.",
    "tuple_type": "Send a list.",
    "dict_type": "Send an object.",
    "model_type": "Send an object.",
    "model_attributes_type": "Send an object.",
    "union_tag_not_found": "Add {discriminator}, which says what is meant.",
    "union_tag_invalid": "Send one of {expected_tags} as {discriminator}.",
    "timezone_aware": "Add the offset from UTC, such as 2026-03-01T10:15:00+09:00.",
    "datetime_from_date_parsing": "Send an RFC 3339 instant such as 2026-03-01T10:15:00+09:00.",
    "datetime_parsing": "Send an RFC 3339 instant such as 2026-03-01T10:15:00+09:00.",
    "date_from_datetime_parsing": "Send a day such as 1984-02-29.",
    "date_parsing": "Send a day such as 1984-02-29.",
    "date_past": "Send a day in the past.",
    "enum": "Send one of {expected}.",
    "literal_error": "Send one of {expected}.",
}
_PROBLEMS: dict[str, str] = dict.fromkeys(
    ("model_type", "model_attributes_type", "dict_type"), "should be an object"
)
"""Said in our words where pydantic's name a class."""

_MOST_FIELDS = 50
_LONGEST_NAME = 200
_DEFAULT_MEND = "Correct this field and send the request again."
_OTHER_TYPES = frozenset({"int_from_float", "is_instance_of", "none_required"})
_OF_THE_KEY = "[key]"


@dataclass(frozen=True, slots=True)
class _Problem:
    """A problem at a path into what was told; `forms` names the forms of a union that led there.

    pydantic tries each form that a field may have, and puts its own name of the form into the
    path; those names are no part of what the client sent.
    """

    path: tuple[str | int, ...]
    forms: tuple[tuple[int, str], ...]
    error: ErrorDetails | Mapping[str, Any]

    @property
    def union(self) -> tuple[str | int, ...]:
        """Give the path of the first union on the way; of none, the whole path."""
        return self.path[: self.forms[0][0]] if self.forms else self.path

    @property
    def is_of_another_type(self) -> bool:
        """Tell whether the form was not even meant: what was told has another type."""
        kind = str(self.error["type"])
        at_union = bool(self.forms) and len(self.path) == self.forms[0][0]
        return at_union and (kind.endswith(("_type", "_parsing")) or kind in _OTHER_TYPES)


def field_problems(
    errors: Iterable[ErrorDetails | Mapping[str, Any]], *, told: object = NOT_KNOWN
) -> tuple[FieldProblem, ...]:
    """Name each field that pydantic refused, what is wrong with it and how to mend it.

    Paths lead into `told`, the body that was read; without it they are pydantic's. Of a field
    with several forms only the form that was meant is spoken of. Values are never repeated: they
    may be personal. The first problems are told and the others counted, so that no refusal grows
    larger than what it refuses.
    """
    found = [_located(error, told) for error in errors]
    listed: list[FieldProblem] = []
    for _, group in groupby(found, key=lambda one: (one.union, bool(one.forms))):
        listed += _of_one_field(list(group))
    if len(listed) > _MOST_FIELDS:
        problem = f"{len(listed) - _MOST_FIELDS} more problems are not told"
        mend = "Mend those told and send the request again."
        listed[_MOST_FIELDS:] = [FieldProblem("body", problem, mend)]
    return tuple(listed)


def _located(error: ErrorDetails | Mapping[str, Any], told: object) -> _Problem:
    loc: list[str | int] = list(error["loc"])
    if loc and loc[0] in _LOCATIONS:
        in_body = loc.pop(0) == "body"
        if not in_body:
            return _Problem(tuple(loc[:1]), (), error)
    if told is NOT_KNOWN:
        return _Problem(tuple(loc), (), error)
    path: list[str | int] = []
    forms: list[tuple[int, str]] = []
    value = told
    for place, step in enumerate(loc):
        is_last = place == len(loc) - 1
        if _is_in(value, step):
            value = cast("Any", value)[step]
            path.append(step)
        elif is_last and error["type"] == "missing":
            path.append(step)
        elif step != _OF_THE_KEY:
            forms.append((len(path), str(step)))
    return _Problem(tuple(path), tuple(forms), error)


def _is_in(value: object, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(cast("list[object]", value))
    return isinstance(value, dict) and step in value


def _of_one_field(problems: Sequence[_Problem]) -> list[FieldProblem]:
    """Choose the form that was meant: of those of the right type the one with fewest problems."""
    if not problems[0].forms:
        return [_told(one) for one in problems]
    forms: dict[str, list[_Problem]] = {}
    for one in problems:
        forms.setdefault(one.forms[0][1], []).append(one)
    meant = [form for form in forms.values() if not any(one.is_of_another_type for one in form)]
    if meant:
        inner = [_within(one) for one in min(meant, key=len)]
        return [
            problem
            for _, group in groupby(inner, key=lambda one: (one.union, bool(one.forms)))
            for problem in _of_one_field(list(group))
        ]
    told = list(dict.fromkeys(_told(one) for one in problems))
    if len(told) == 1:
        return told
    mends = list(dict.fromkeys(one.mend.rstrip(".") for one in told))
    either = ", or ".join([mends[0], *(mend[:1].lower() + mend[1:] for mend in mends[1:])])
    return [FieldProblem(told[0].field, "has none of the forms it may have", f"{either}.")]


def _within(problem: _Problem) -> _Problem:
    return _Problem(problem.path, problem.forms[1:], problem.error)


def _told(found: _Problem) -> FieldProblem:
    error = found.error
    said = _PROBLEMS.get(error["type"], str(error["msg"]))
    problem = said.removeprefix("Value error, ").removeprefix("Input ")
    context: dict[str, Any] = error.get("ctx", {})
    template = context.get("mend") or _MENDS.get(error["type"])
    if template is None:
        mend = problem[:1].upper() + problem[1:] + "." if "must " in problem else _DEFAULT_MEND
    else:
        mend = template.format(**context)
    field = ".".join(str(step) for step in found.path)
    return FieldProblem(field[:_LONGEST_NAME] or "body", problem, mend)
