"""Survivorship rules: which source wins an attribute, in the whole house, a brand or a country."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid, PreconditionFailed
from customer.domain.golden_attributes import TEXTS, GoldenAttribute

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANY_ENDING = "*"


class SurvivorshipMethod(StrEnum):
    """How the surviving value is chosen; what is equal by it goes to the most recent."""

    MOST_RECENT = "most-recent"
    MOST_TRUSTED = "most-trusted"
    MOST_FREQUENT = "most-frequent"
    LONGEST = "longest"


class SurvivorshipRulesChanged(PreconditionFailed):
    """Somebody else replaced the rules meanwhile."""

    slug = "survivorship-rules-changed"
    title = "The survivorship rules changed since they were read"


class SurvivorshipRuleUnusable(Invalid):
    """A rule cannot be followed."""

    slug = "survivorship-rule-unusable"
    title = "A survivorship rule cannot be followed"


@dataclass(frozen=True, slots=True)
class SurvivorshipRule:
    """How an attribute, or each, survives; for the customers of a brand or a country, or for all.

    `sources` are those of `most-trusted`, the most trusted first; `till-*` stands for all whose
    name begins so. Sources that are not named come last.
    """

    method: SurvivorshipMethod
    attribute: GoldenAttribute | None = None
    brand: str | None = None
    country: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def scope(self) -> tuple[GoldenAttribute | None, str | None, str | None]:
        """Give what the rule is for."""
        return self.attribute, self.brand, self.country

    def trust(self, source: str) -> int:
        """Rank a source, 0 for the most trusted."""
        for place, name in enumerate(self.sources):
            if name == source or (name.endswith(_ANY_ENDING) and source.startswith(name[:-1])):
                return place
        return len(self.sources)


DEFAULT_RULE = SurvivorshipRule(SurvivorshipMethod.MOST_RECENT)


@dataclass(frozen=True, slots=True)
class SurvivorshipRules:
    """All rules of the house, as one version."""

    version: int = 0
    rules: tuple[SurvivorshipRule, ...] = ()

    def rule_for(self, attribute: str, *, brand: str, country: str | None) -> SurvivorshipRule:
        """Find the rule of an attribute, the most particular one.

        A rule that names the attribute comes before those that do not, then one that names the
        brand, then one that names the country.
        """
        if not self.rules:
            return DEFAULT_RULE
        fitting = [
            rule
            for rule in self.rules
            if rule.attribute in {None, attribute}
            and rule.brand in {None, brand}
            and rule.country in {None, country}
        ]
        return max(
            fitting,
            key=lambda rule: [named is not None for named in rule.scope],
            default=DEFAULT_RULE,
        )


def check(rules: Sequence[SurvivorshipRule]) -> None:
    """Refuse rules that cannot be followed; raises `SurvivorshipRuleUnusable`."""
    scopes = Counter(rule.scope for rule in rules)
    for place, rule in enumerate(rules):
        path = f"rules.{place}"
        if scopes[rule.scope] > 1:
            raise _unusable(path, "is for the same as another one", "Keep one of them.")
        trusting = rule.method is SurvivorshipMethod.MOST_TRUSTED
        if trusting != bool(rule.sources):
            problem = "lacks the sources in order of trust" if trusting else "ranks no sources"
            mend = "Name sources for most-trusted, and only for it."
            raise _unusable(f"{path}.sources", problem, mend)
        if rule.method is SurvivorshipMethod.LONGEST and rule.attribute not in TEXTS:
            mend = f"Name an attribute that is a text: {', '.join(sorted(TEXTS))}."
            raise _unusable(f"{path}.attribute", "has no length", mend)
        if rule.attribute is GoldenAttribute.PREFERRED_CHANNEL:
            mend = "Lock the attribute where a customer told it."
            raise _unusable(f"{path}.attribute", "is counted, not told by sources", mend)
        if rule.attribute is GoldenAttribute.COUNTRY and rule.country is not None:
            mend = "Leave `country` out, or name another attribute."
            raise _unusable(f"{path}.country", "depends on what the rule decides", mend)


def _unusable(field: str, problem: str, mend: str) -> SurvivorshipRuleUnusable:
    return SurvivorshipRuleUnusable(mend, fields=[FieldProblem(field, problem, mend)])
