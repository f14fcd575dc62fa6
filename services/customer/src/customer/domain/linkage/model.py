"""The linkage model: what each likeness weighs, in bits, and how many bits it takes to link.

Fellegi and Sunter (1969): a level of likeness that matches have with probability m and strangers
with probability u speaks log2(m/u) bits for one person. A value that many have speaks less than
a rare one (term frequencies). Fields that depend on each other are damped: the second to agree
says less than it would alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2
from typing import TYPE_CHECKING, Any

from customer.domain.linkage.comparing import (
    FIELDS,
    LEVELS,
    NOT_TOLD,
    compare,
)
from customer.domain.linkage.restraints import RESTRAINTS, taken_back
from customer.domain.linkage.shared_values import SHARED_VALUES

if TYPE_CHECKING:
    from customer.domain.linkage.traits import Traits

_SMALLEST_BASE = 1024
_FRESH_HOUSE = 65536
_SAME = 0
_FEWEST_PARTNERS = 0.25
_MARGIN = 0.5
_UNTRAINED = 5.5
_GREY = 5.0
_LOOSER = 6.5
_ALONE = 1.0
_RARE = 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """What one field contributed to a weight: names of kinds, never values."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """In bits: enough to link, enough to be looked at, and the least mean for customers to join."""

    link: float
    review: float
    join: float


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How probable a level is between two records of one person, and of two."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        """Give what the level speaks for one person, before any damping."""
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class LinkageModel:
    """A frozen model.

    `fitted_on` is the number of records that it was fitted on, `partners` how many other records
    of the same person a record had there on average: both make the odds before any evidence.
    `has_households` tells that people who share an address and a family name were seen there, or
    that nobody has looked.
    """

    version: str
    likelihoods: Mapping[str, Mapping[str, Likelihood]]
    damping: Mapping[str, float]
    frequencies: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict[str, Mapping[str, float]]
    )
    rare: Mapping[str, float] = field(default_factory=dict[str, float])
    partners: float = 1.0
    fitted_on: int = 0
    has_households: bool = True
    bits: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)
    """Of each field the damped bits of its levels, and at last those of a field not told, 0."""
    _alone: float = field(init=False, repr=False, compare=False)
    _tables: Mapping[int, tuple[float, float, float, Mapping[str, float]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Turn likelihoods into damped bits once."""
        bits = tuple(self._bits_of(name) for name in FIELDS)
        tables = {
            position: (
                self.damping.get(name, 1.0),
                log2(self.likelihoods[name][LEVELS[name][_SAME]].m),
                self.rare[name],
                self.frequencies[name],
            )
            for position, name in enumerate(FIELDS)
            if name in self.frequencies
        }
        short = _ALONE if self.has_households else -_RARE
        short += 0.0 if self.fitted_on else _UNTRAINED
        object.__setattr__(self, "_alone", self.thresholds(0).link - short)
        object.__setattr__(self, "bits", bits)
        object.__setattr__(self, "_tables", tables)

    def _bits_of(self, name: str) -> tuple[float, ...]:
        """Give the damped bits of a field's levels, and 0 for a field that is not told.

        Swapped names are one event seen in two fields, and too rare among strangers to be
        counted: each says no more than a nickname does.
        """
        damping = self.damping.get(name, 1.0)
        found = {level: damping * self.likelihoods[name][level].bits for level in LEVELS[name]}
        if "swapped" in found and "nickname" in found:
            found["swapped"] = min(found["swapped"], found["nickname"])
        return (*found.values(), 0.0)

    def weigh(self, left: Traits, right: Traits) -> float:
        """Give the bits that speak for one person; negative speaks for two."""
        levels = compare(left, right)
        bits = self.bits_of_levels(levels, left, right)
        return sum(bits) - sum(self._take_back(levels, bits))

    def explain(self, left: Traits, right: Traits) -> tuple[Part, ...]:
        """Give what each field contributes, and what is taken back; the sum is the weight."""
        levels = compare(left, right)
        bits = self.bits_of_levels(levels, left, right)
        told = [
            Part(name, LEVELS[name][level], found)
            for name, level, found in zip(FIELDS, levels, bits, strict=True)
            if level != NOT_TOLD
        ]
        back = [
            Part("restraint", name, -found)
            for name, found in zip(RESTRAINTS, self._take_back(levels, bits), strict=True)
            if found > 0.0
        ]
        return (*told, *back)

    def bits_of_levels(self, levels: tuple[int, ...], left: Traits, right: Traits) -> list[float]:
        """Give the bits of the levels of the first fields, before anything is taken back."""
        tables = self._tables
        return [
            self.bits_of_value(position, SHARED_VALUES[position](left, right))
            if level == _SAME and position in tables
            else self.bits[position][level]
            for position, level in enumerate(levels)
        ]

    def bits_of_value(self, position: int, value: str) -> float:
        """Give the bits of telling the same value, by how common it is where that is known."""
        if position not in self._tables:
            return self.bits[position][_SAME]
        damping, m, rare, table = self._tables[position]
        return damping * (m - log2(table.get(value, rare)))

    def _take_back(self, levels: tuple[int, ...], bits: list[float]) -> tuple[float, ...]:
        return taken_back(levels, bits, alone=self._alone, has_households=self.has_households)

    def thresholds(self, base_size: int) -> Thresholds:
        """Follow the size of the base: each doubling of it takes one bit more.

        A model that was not trained on the house asks for more than one that was.
        """
        base = max(base_size, self.fitted_on or _FRESH_HOUSE, _SMALLEST_BASE)
        margin = _MARGIN if self.fitted_on else _MARGIN + _UNTRAINED
        link = log2(base / max(self.partners, _FEWEST_PARTNERS)) + margin
        return Thresholds(link=link, review=link - _GREY, join=link - _LOOSER)

    def to_json(self) -> dict[str, Any]:
        """Give plain values, to be stored."""
        return {
            "version": self.version,
            "fitted_on": self.fitted_on,
            "partners": self.partners,
            "has_households": self.has_households,
            "likelihoods": {
                name: {level: [one.m, one.u] for level, one in levels.items()}
                for name, levels in self.likelihoods.items()
            },
            "damping": dict(self.damping),
            "frequencies": {name: dict(table) for name, table in self.frequencies.items()},
            "rare": dict(self.rare),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> LinkageModel:
        """Read a stored model."""
        return cls(
            version=told["version"],
            likelihoods={
                name: {level: Likelihood(m, u) for level, (m, u) in levels.items()}
                for name, levels in told["likelihoods"].items()
            },
            damping=told["damping"],
            frequencies=told["frequencies"],
            rare=told["rare"],
            partners=told["partners"],
            has_households=told["has_households"],
            fitted_on=told["fitted_on"],
        )


def _table(name: str, m: tuple[float, ...], u: tuple[float, ...]) -> dict[str, Likelihood]:
    return {
        level: Likelihood(mine, theirs)
        for level, mine, theirs in zip(LEVELS[name], m, u, strict=True)
    }


_WORDS = (0.80, 0.04, 0.06, 0.01, 0.03, 0.01, 0.05)

DEFAULT_MODEL = LinkageModel(
    version="default-1",
    likelihoods={
        "given": _table("given", _WORDS, (0.01, 0.004, 0.004, 0.002, 0.03, 0.01, 0.94)),
        "family": _table("family", _WORDS, (0.003, 0.002, 0.002, 0.002, 0.02, 0.01, 0.961)),
        "middle": _table("middle", (0.8, 0.12, 0.08), (0.02, 0.08, 0.9)),
        "native": _table("native", (0.9, 0.05, 0.05), (0.0005, 0.01, 0.9895)),
        "birth": _table(
            "birth",
            (0.85, 0.02, 0.07, 0.01, 0.02, 0.01, 0.02),
            (0.00004, 0.0005, 0.001, 0.0001, 0.01, 0.015, 0.9734),
        ),
        "gender": _table("gender", (0.97, 0.03), (0.5, 0.5)),
        "place": _table("place", (0.8, 0.03, 0.04, 0.13), (0.01, 0.002, 0.01, 0.978)),
        "occupation": _table("occupation", (0.7, 0.05, 0.25), (0.03, 0.02, 0.95)),
        "postcode": _table(
            "postcode", (0.70, 0.07, 0.08, 0.05, 0.10), (0.0005, 0.001, 0.003, 0.02, 0.9755)
        ),
        "city": _table("city", (0.8, 0.04, 0.04, 0.12), (0.02, 0.002, 0.008, 0.97)),
        "street": _table("street", (0.6, 0.15, 0.1, 0.15), (0.0005, 0.001, 0.02, 0.9785)),
        "email": _table("email", (0.7, 0.04, 0.06, 0.2), (0.0001, 0.0005, 0.0005, 0.9989)),
        "phone": _table("phone", (0.7, 0.03, 0.27), (0.0002, 0.0002, 0.9996)),
        "card": _table("card", (0.8, 0.2), (0.0001, 0.9999)),
        "id": _table("id", (0.95, 0.05), (0.00001, 0.99999)),
    },
    damping={"given": 0.8, "family": 0.8, "middle": 0.4, "place": 0.8, "postcode": 0.8},
)
"""For a house that has not trained its own yet: careful, and nobody's frequencies."""
