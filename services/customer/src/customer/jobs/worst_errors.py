"""The worst errors of an evaluation: customers made of several people, and people torn apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from customer.domain.linkage.model import LinkageModel
    from customer.jobs.evaluate_identity import Case

_TRIED = 40


def worst_errors(
    cases: Sequence[Case], found: Sequence[str], model: LinkageModel, *, most: int
) -> list[dict[str, Any]]:
    """List errors by the number of pairs they make wrong, each with its most telling pair.

    Records are named as the file names them; what they say is not repeated.
    """
    places = [place for place, case in enumerate(cases) if case.person is not None]
    by_customer: dict[Hashable, list[int]] = defaultdict(list)
    by_person: dict[Hashable, list[int]] = defaultdict(list)
    for place in places:
        by_customer[found[place]].append(place)
        by_person[cases[place].person].append(place)
    people = {place: cases[place].person for place in places}
    customers = {place: found[place] for place in places}
    errors = [
        *(("joined", group, people) for group in by_customer.values()),
        *(("parted", group, customers) for group in by_person.values()),
    ]
    weighed = [
        (wrong, kind, group, label)
        for kind, group, label in errors
        if (wrong := _wrong_pairs([label[place] for place in group]))
    ]
    weighed.sort(key=lambda error: (-error[0], error[1], error[2]))
    return [
        {
            "error": kind,
            "wrong_pairs": wrong,
            "records": len(group),
            **_pair(cases, model, *_telling(cases, model, group, label)),
        }
        for wrong, kind, group, label in weighed[:most]
    ]


def _wrong_pairs(labels: Sequence[Hashable]) -> int:
    counts = Counter(labels)
    return (len(labels) ** 2 - sum(count**2 for count in counts.values())) // 2


def _telling(
    cases: Sequence[Case], model: LinkageModel, group: Sequence[int], label: dict[int, Any]
) -> tuple[int, int]:
    """Give the pair across that weighs most: by it they were joined, or should have been."""
    parts: dict[Hashable, list[int]] = defaultdict(list)
    for place in group:
        parts[label[place]].append(place)
    largest, *others = sorted(parts.values(), key=lambda part: (-len(part), part))
    across = product(largest[:_TRIED], [place for part in others for place in part][:_TRIED])
    return max(across, key=lambda pair: model.weigh(cases[pair[0]].traits, cases[pair[1]].traits))


def _pair(cases: Sequence[Case], model: LinkageModel, left: int, right: int) -> dict[str, Any]:
    one, other = cases[left], cases[right]
    parts = model.explain(one.traits, other.traits)
    return {
        "pair": [one.name, other.name],
        "weight": round(sum(part.bits for part in parts), 2),
        "parts": [[part.field, part.level, round(part.bits, 2)] for part in parts],
    }
