"""How right a partition of records is, measured against the truth.

Pairwise counts pairs of records: of those put together, how many belong together, and of those
that belong together, how many were put so. B-cubed (Bagga and Baldwin 1998) asks the same of each
record's own cluster and takes the mean, so that large clusters do not outweigh all others. Both
are computed from how many records each cluster shares with each person, never from pairs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of what was said, how much is true; of what is true, how much was said; their mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Give the harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_json(self) -> dict[str, float]:
        """Give plain values."""
        return {
            "precision": round(self.precision, 6),
            "recall": round(self.recall, 6),
            "f1": round(self.f1, 6),
        }


def pairwise(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Accuracy:
    """Compare by pairs; without any pair to find or found nothing is wrong."""
    together = _pairs(Counter(zip(found, truth, strict=True)).values())
    said, true = _pairs(Counter(found).values()), _pairs(Counter(truth).values())
    return Accuracy(
        precision=together / said if said else 1.0,
        recall=together / true if true else 1.0,
    )


def b_cubed(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Accuracy:
    """Compare by records; of no records at all nothing is wrong."""
    if not found:
        return Accuracy(1.0, 1.0)
    clusters, people = Counter(found), Counter(truth)
    shared = Counter(zip(found, truth, strict=True))
    precision = sum(count**2 / clusters[cluster] for (cluster, _), count in shared.items())
    recall = sum(count**2 / people[person] for (_, person), count in shared.items())
    return Accuracy(precision / len(found), recall / len(found))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
