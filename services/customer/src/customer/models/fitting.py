"""Fitting a linkage model to records without knowing who is who, by expectation-maximisation.

Winkler (1988) for the two classes of Fellegi and Sunter. The comparisons are the very ones that
weigh later: `comparing.compare`. Pairs that share a blocking key are a mixture of matches and of
strangers who are somewhat alike; random pairs tell how alike strangers are. Both classes of the
mixture are estimated, and of it only the matches are kept.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from customer.domain.linkage.blocking import BLOCK_CAP, blocking_keys
from customer.domain.linkage.comparing import FIELDS, LEVELS, NOT_TOLD, compare
from customer.domain.linkage.frequencies import frequencies_of
from customer.domain.linkage.model import DEFAULT_MODEL, Likelihood, LinkageModel
from customer.models.households import has_households

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from customer.domain.linkage.traits import Traits

_RANDOM_PAIRS = 300_000
_BLOCKED_PAIRS = 400_000
_ROUNDS = 40
_SETTLED = 1e-5
_STRENGTH_OF_PRIOR = 20.0
_STRENGTH_OF_U = 5.0

Pattern = tuple[int, ...]


def blocked_pairs(traits: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """Give each pair of records that share a key which is not past its cap, once."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for position, one in enumerate(traits):
        for key in blocking_keys(one):
            blocks[key].append(position)
    seen: set[int] = set()
    count = len(traits)
    for block in blocks.values():
        if len(block) <= BLOCK_CAP:
            for left, right in combinations(block, 2):
                pair = left * count + right
                if pair not in seen:
                    seen.add(pair)
                    yield left, right


def fit(
    traits: Sequence[Traits], *, version: str, base: int | None = None, seed: int = 0
) -> LinkageModel:
    """Fit a model to records; a field that they do not tell keeps what the default model knows.

    `base` is how many records there are when these are a sample of them.
    """
    chooser = random.Random(seed)  # noqa: S311 - a sample, not a secret
    strangers: Counter[Pattern] = Counter()
    if len(traits) > 1:
        for _ in range(min(_RANDOM_PAIRS, len(traits) * 20)):
            left, right = chooser.sample(range(len(traits)), 2)
            strangers[compare(traits[left], traits[right])] += 1
    pairs, met = _sampled(blocked_pairs(traits), chooser)
    blocked = Counter(compare(traits[left], traits[right]) for left, right in pairs)
    return _model(traits, strangers, blocked, met, version=version, base=base or len(traits))


def _sampled(
    pairs: Iterable[tuple[int, int]], chooser: random.Random
) -> tuple[list[tuple[int, int]], int]:
    """Keep so many of the pairs that each had the same chance; and count them."""
    kept: list[tuple[int, int]] = []
    met = 0
    for pair in pairs:
        met += 1
        if len(kept) < _BLOCKED_PAIRS:
            kept.append(pair)
        elif (place := chooser.randrange(met)) < _BLOCKED_PAIRS:
            kept[place] = pair
    return kept, met


@dataclass(slots=True)
class _Class:
    """The probabilities of levels in one class of the mixture."""

    levels: dict[str, list[float]]

    def of(self, pattern: Pattern) -> float:
        product = 1.0
        for name, level in zip(FIELDS, pattern, strict=True):
            if level != NOT_TOLD:
                product *= self.levels[name][level]
        return product


def _model(
    traits: Sequence[Traits],
    strangers: Counter[Pattern],
    blocked: Counter[Pattern],
    met: int,
    *,
    version: str,
    base: int,
) -> LinkageModel:
    told = {name: [one.u for one in _known(name)] for name in FIELDS}
    u = _estimate(strangers, dict.fromkeys(strangers, 1.0), told, _STRENGTH_OF_U)
    m = {name: [one.m for one in _known(name)] for name in FIELDS}
    matches, alike = _Class(m), _Class(u)
    share = 0.3
    for _ in range(_ROUNDS):
        chances: dict[Pattern, float] = {}
        for pattern in blocked:
            yes, no = share * matches.of(pattern), (1 - share) * alike.of(pattern)
            chances[pattern] = yes / (yes + no)
        before = matches.levels
        matches = _Class(_estimate(blocked, chances, m, _STRENGTH_OF_PRIOR))
        rest = {pattern: 1 - chance for pattern, chance in chances.items()}
        alike = _Class(_estimate(blocked, rest, u, _STRENGTH_OF_PRIOR))
        total = sum(blocked.values()) or 1
        share = sum(chances[pattern] * count for pattern, count in blocked.items()) / total
        share = min(max(share, 1e-4), 0.999)
        if _moved(before, matches.levels) < _SETTLED:
            break
    partners = 2 * share * met / max(len(traits), 1)
    u = _without_matches(strangers, matches, _Class(u), told, partners / max(len(traits), 1))
    tables, rare = frequencies_of(traits)
    return LinkageModel(
        version=version,
        likelihoods={
            name: {
                level: Likelihood(matches.levels[name][place], u[name][place])
                for place, level in enumerate(LEVELS[name])
            }
            for name in FIELDS
        },
        damping=DEFAULT_MODEL.damping,
        frequencies=tables,
        rare=rare,
        partners=partners * base / max(len(traits), 1),
        fitted_on=base,
        has_households=has_households(blocked),
    )


def _without_matches(
    pairs: Counter[Pattern],
    matches: _Class,
    strangers: _Class,
    told: Mapping[str, Sequence[float]],
    share: float,
) -> dict[str, list[float]]:
    """Estimate u again without the few random pairs that are of one person."""
    rest: dict[Pattern, float] = {}
    for pattern in pairs:
        yes, no = share * matches.of(pattern), (1 - share) * strangers.of(pattern)
        rest[pattern] = no / (yes + no)
    return _estimate(pairs, rest, told, _STRENGTH_OF_U)


def _known(name: str) -> list[Likelihood]:
    return [DEFAULT_MODEL.likelihoods[name][level] for level in LEVELS[name]]


def _estimate(
    counts: Mapping[Pattern, int],
    chances: Mapping[Pattern, float],
    prior: Mapping[str, Sequence[float]],
    strength: float,
) -> dict[str, list[float]]:
    """Count levels, each pattern with its chance; the prior counts as so many pairs."""
    sums = {name: [strength * one for one in prior[name]] for name in FIELDS}
    for pattern, count in counts.items():
        weight = count * chances[pattern]
        for name, level in zip(FIELDS, pattern, strict=True):
            if level != NOT_TOLD:
                sums[name][level] += weight
    return {name: [one / sum(row) for one in row] for name, row in sums.items()}


def _moved(before: Mapping[str, Sequence[float]], now: Mapping[str, Sequence[float]]) -> float:
    return max(
        abs(one - other)
        for name in FIELDS
        for one, other in zip(before[name], now[name], strict=True)
    )
