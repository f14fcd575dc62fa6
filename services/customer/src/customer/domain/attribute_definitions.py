"""The catalogue: what customers may declare, in which form, and for which purposes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from chassis.errors import Conflict, FieldProblem, Invalid, NotFound, PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

Number: TypeAlias = int | float


class AttributeType(StrEnum):
    """In which form the values of an attribute are declared."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    BOOLEAN = "boolean"
    MEASURE = "measure"


class SpecialCategory(StrEnum):
    """The special categories of personal data (GDPR, articles 9 and 10)."""

    HEALTH = "health"
    RELIGION = "religion"
    PHILOSOPHY = "philosophy"
    POLITICS = "politics"
    UNION_MEMBERSHIP = "union-membership"
    ETHNICITY = "ethnicity"
    SEX_LIFE = "sex-life"
    ORIENTATION = "orientation"
    GENETICS = "genetics"
    BIOMETRICS = "biometrics"
    OFFENCES = "offences"


class AttributeUnknown(NotFound):
    slug = "attribute-unknown"
    title = "The catalogue has no such attribute"


class DefinitionNotValid(Invalid):
    slug = "attribute-definition-not-valid"
    title = "The attribute's definition is not valid"


class SensitiveDataUnmarked(Invalid):
    """A special category of personal data would be kept and shown as if it were any other."""

    slug = "sensitive-data-unmarked"
    title = "The attribute holds sensitive data and must be marked as sensitive"


class AttributeInUse(Conflict):
    """Values that are kept would change their meaning, or be shown to more readers."""

    slug = "attribute-in-use"
    title = "Values of the attribute are kept, so this part of its definition is fixed"


class DefinitionChangedMeanwhile(PreconditionFailed):
    slug = "attribute-definition-changed"
    title = "The definition changed since it was read"


@dataclass(frozen=True, slots=True)
class Scale:
    """One system in which a measure is told: numbers from a range, or marks such as S, M, L."""

    system: str
    unit: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """What may be declared under a name; which of the later fields are used depends on the type.

    A yearly date comes again every year, and may be told without its year. `version` is 0 for
    what is shipped.
    """

    name: str
    title: str
    type: AttributeType
    purposes: tuple[str, ...]
    sensitive: bool = False
    special_category: SpecialCategory | None = None
    unit: str | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    choices: tuple[str, ...] = ()
    yearly: bool = False
    scales: tuple[Scale, ...] = ()
    version: int = 0


_TELLTALE_WORDS = frozenset(
    {
        "allergies",
        "allergy",
        "biometric",
        "conviction",
        "disabilities",
        "disability",
        "disease",
        "ethnic",
        "ethnicity",
        "faith",
        "genetic",
        "handicap",
        "health",
        "illness",
        "medical",
        "political",
        "politics",
        "pregnancy",
        "pregnant",
        "race",
        "religion",
        "religious",
        "sexual",
        "sexuality",
    }
)
"""Words that give a special category away; the house's own languages are for it to mind."""

_FIELDS_OF: dict[AttributeType, frozenset[str]] = {
    AttributeType.TEXT: frozenset(),
    AttributeType.NUMBER: frozenset({"unit", "minimum", "maximum"}),
    AttributeType.CHOICE: frozenset({"choices"}),
    AttributeType.CHOICES: frozenset({"choices"}),
    AttributeType.DATE: frozenset({"yearly"}),
    AttributeType.BOOLEAN: frozenset(),
    AttributeType.MEASURE: frozenset({"scales"}),
}
_NEEDED = frozenset({"choices", "scales"})
_FORMS = ("unit", "minimum", "maximum", "choices", "yearly", "scales")


def check_definition(definition: AttributeDefinition) -> None:
    """Refuse a definition that contradicts itself, or hides that it is sensitive.

    Raises `DefinitionNotValid` and `SensitiveDataUnmarked`.
    """
    problems = list(_problems(definition))
    if problems:
        told = "; ".join(f"{problem.field}: {problem.problem}" for problem in problems[:3])
        raise DefinitionNotValid(told, fields=problems)
    if definition.sensitive:
        return
    words = {*definition.name.split("-"), *definition.title.casefold().split()}
    if definition.special_category is not None or words & _TELLTALE_WORDS:
        mend = "Send sensitive: true; only readers with customers:privacy will see its values."
        field = FieldProblem("sensitive", "must be true for a special category of data", mend)
        raise SensitiveDataUnmarked(mend, fields=[field])


def check_change(earlier: AttributeDefinition, later: AttributeDefinition, *, in_use: bool) -> None:
    """Refuse what would change or expose values that are kept; raises `AttributeInUse`."""
    if not in_use:
        return
    if later.type is not earlier.type:
        mend = f"Keep the type {earlier.type.value}, or define an attribute of another name."
        field = FieldProblem("type", "is fixed while values are kept", mend)
        raise AttributeInUse(mend, fields=[field])
    if earlier.sensitive and not later.sensitive:
        mend = "Keep sensitive: true, or define an attribute of another name."
        field = FieldProblem("sensitive", "cannot be lifted from values that are kept", mend)
        raise AttributeInUse(mend, fields=[field])


def _problems(definition: AttributeDefinition) -> Iterator[FieldProblem]:
    used = _FIELDS_OF[definition.type]
    for field in _FORMS:
        given = getattr(definition, field) not in (None, (), False)
        if given and field not in used:
            mend = f"Leave {field} out, or choose a type that has it."
            yield FieldProblem(field, f"does not belong to the type {definition.type.value}", mend)
        if not given and field in used & _NEEDED:
            yield FieldProblem(field, "is empty", f"Name at least one of the {field}.")
    yield from _range_problems("minimum", definition.minimum, definition.maximum)
    systems = [scale.system for scale in definition.scales]
    for field, words in (
        ("purposes", definition.purposes),
        ("choices", definition.choices),
        ("scales", systems),
    ):
        if len(set(words)) < len(words):
            yield FieldProblem(field, "names one thing twice", "Name each of them once.")
    for place, scale in enumerate(definition.scales):
        yield from _range_problems(f"scales.{place}.minimum", scale.minimum, scale.maximum)


def _range_problems(
    field: str, minimum: Number | None, maximum: Number | None
) -> Iterator[FieldProblem]:
    if minimum is not None and maximum is not None and minimum > maximum:
        yield FieldProblem(field, "is above the maximum", "Send a minimum below the maximum.")
