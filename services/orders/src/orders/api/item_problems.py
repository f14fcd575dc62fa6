"""Why one of many was refused, as a problem document inside an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from chassis.problems import TYPE_PREFIX

if TYPE_CHECKING:
    from chassis.errors import FieldProblem, Refusal


class ItemFieldProblemOut(BaseModel):
    """A field that cannot be taken, and how to mend it."""

    field: str
    problem: str
    mend: str


class ItemProblemOut(BaseModel):
    """Why one of many was refused, as a problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ItemFieldProblemOut]


def item_problem(refusal: Refusal) -> dict[str, Any]:
    """Write a refusal as `ItemProblemOut` documents it."""
    return {
        "type": TYPE_PREFIX + refusal.slug,
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail or refusal.title,
        "errors": [_field(problem) for problem in refusal.fields],
    }


def _field(problem: FieldProblem) -> dict[str, str]:
    return {"field": problem.field, "problem": problem.problem, "mend": problem.mend}
