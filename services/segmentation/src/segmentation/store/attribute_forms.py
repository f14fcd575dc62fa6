"""In which form each attribute is declared, as it was told last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import driver
from segmentation.domain.attribute_forms import AttributeForm, AttributeType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chassis.database import Transaction

_PUT = """
INSERT INTO attribute_forms AS known (attribute, type, choices, is_yearly, told_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (attribute) DO UPDATE SET (type, choices, is_yearly, told_at)
    = (excluded.type, excluded.choices, excluded.is_yearly, excluded.told_at)
WHERE excluded.told_at > known.told_at AND (known.type, known.choices, known.is_yearly)
    IS DISTINCT FROM (excluded.type, excluded.choices, excluded.is_yearly)
RETURNING attribute
"""
_ALL = "SELECT attribute, type, choices, is_yearly, told_at FROM attribute_forms"


async def load_all(tx: Transaction) -> dict[str, AttributeForm]:
    """Give the form of every attribute of which a value was ever told."""
    connection = await driver(tx)
    return {
        row["attribute"]: AttributeForm(
            attribute=row["attribute"],
            type=AttributeType(row["type"]),
            choices=tuple(row["choices"]),
            is_yearly=row["is_yearly"],
            told_at=row["told_at"],
        )
        for row in await connection.fetch(_ALL)
    }


async def are_new(tx: Transaction, forms: Collection[AttributeForm]) -> bool:
    """Tell whether a form is among these that is not known yet, and may change who is where."""
    if not forms:
        return False
    known = await load_all(tx)
    return any(
        (before := known.get(form.attribute)) is None or not _is_alike(before, form)
        for form in forms
    )


async def keep(tx: Transaction, forms: Iterable[AttributeForm]) -> set[str]:
    """Keep the forms that were told last; gives the attributes whose form changed by it."""
    latest: dict[str, AttributeForm] = {}
    for form in sorted(forms, key=lambda each: each.told_at):
        latest[form.attribute] = form
    if not latest:
        return set()
    known = await load_all(tx)
    connection = await driver(tx)
    changed: set[str] = set()
    for name in sorted(latest):
        form = latest[name]
        if (before := known.get(name)) is not None and _is_alike(before, form):
            continue
        values = form.type, list(form.choices), form.is_yearly, form.told_at
        changed.update(row["attribute"] for row in await connection.fetch(_PUT, name, *values))
    return changed


def _is_alike(one: AttributeForm, other: AttributeForm) -> bool:
    return (one.type, one.choices, one.is_yearly) == (other.type, other.choices, other.is_yearly)
