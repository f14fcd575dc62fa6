"""Term frequencies: how common a value is, for what is alike by being the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from customer.domain.linkage.traits import Traits

KEPT = 4000
"""Values a table keeps, the commonest; the others are as rare as the rest on average."""


def frequencies_of(
    traits: Sequence[Traits],
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Give the share of records that tell a value, by field, and that of a value not kept.

    A word is counted as a name wherever it stands: swapped names are common.
    """
    counts = {
        "given": Counter(word for one in traits for word in (one.given, one.solo) if word),
        "family": Counter(word for one in traits for word in (one.family, one.solo) if word),
        "place": _count(one.place for one in traits),
        "occupation": _count(one.occupation for one in traits),
        "postcode": _count(one.postcode for one in traits),
        "city": _count(one.city for one in traits),
        "street": _count(one.street for one in traits),
        "birth": _count(one.birth for one in traits),
    }
    tables: dict[str, dict[str, float]] = {}
    rare: dict[str, float] = {}
    for name, counted in counts.items():
        total = sum(counted.values())
        if total == 0:
            continue
        kept = counted.most_common(KEPT)
        tables[name] = {value: count / total for value, count in kept if count > 1}
        others = [count for count in counted.values() if count == 1] or [1]
        rare[name] = max(sum(others) / len(others), 1.0) / total
    return tables, rare


def _count(values: Iterable[str]) -> Counter[str]:
    return Counter(value for value in values if value)
