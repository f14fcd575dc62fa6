"""Which team a complaint goes to: an ordered table of rules, and why one of them matched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import FieldProblem, Invalid, PreconditionFailed
from complaints.domain.report import Channel, Report
from complaints.domain.words import contains, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


class RoutingRulesContradict(Invalid):
    slug = "routing-rules-contradict"
    title = "The routing rules contradict each other or name what does not exist"


class RoutingRulesChanged(PreconditionFailed):
    slug = "routing-rules-changed"
    title = "The routing rules changed since they were read"


@dataclass(frozen=True, slots=True)
class Team:
    """People who answer complaints together."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """A team, and the conditions that send a complaint to it; all that are given must hold.

    A condition holds when one of its values does; an empty one always holds. A language holds
    for its regional variants too (`fr` for `fr-CA`).
    """

    slug: str
    priority: int
    team: str
    channels: tuple[Channel, ...] = ()
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    subject_words: tuple[str, ...] = ()

    @property
    def is_unconditional(self) -> bool:
        """A rule without conditions would hide every rule after it and the default team."""
        return not (
            self.channels
            or self.categories
            or self.countries
            or self.languages
            or self.brands
            or self.subject_words
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingTable:
    """One version of all the rules; the default team takes what no rule matches."""

    version: int
    default_team: str
    rules: tuple[RoutingRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where a complaint goes and why; `rule` is None when the default team takes it."""

    team: str
    rule: str | None
    reasons: tuple[str, ...]
    table_version: int


def decide(report: Report, table: RoutingTable) -> Decision:
    """Give the team of the first rule, by ascending priority, whose conditions all hold."""
    for rule in sorted(table.rules, key=lambda rule: rule.priority):
        reasons = _match(rule, report)
        if reasons is not None:
            return Decision(
                team=rule.team, rule=rule.slug, reasons=reasons, table_version=table.version
            )
    return Decision(
        team=table.default_team,
        rule=None,
        reasons=("no rule matches, so the default team takes it",),
        table_version=table.version,
    )


def _match(rule: RoutingRule, report: Report) -> tuple[str, ...] | None:
    """Give a sentence for each condition that is given and holds, or None when one does not."""
    subject = fold(report.subject)
    language = (report.language or "").lower()
    conditions: tuple[tuple[Sequence[str], str | None, str], ...] = (
        (rule.channels, report.channel.value, "the channel is {}"),
        (rule.categories, report.category, "the category is {}"),
        (rule.countries, report.country, "the country is {}"),
        (
            rule.languages,
            next((tag for tag in rule.languages if _speaks(language, tag.lower())), None),
            "the language is {}",
        ),
        (rule.brands, report.brand, "the brand is {}"),
        (
            rule.subject_words,
            next((word for word in rule.subject_words if contains(subject, word)), None),
            "the subject contains {}",
        ),
    )
    if any(wanted and found not in wanted for wanted, found, _ in conditions):
        return None
    return tuple(sentence.format(found) for wanted, found, sentence in conditions if wanted)


def _speaks(language: str, tag: str) -> bool:
    return language == tag or language.startswith(f"{tag}-")


def check(table: RoutingTable, teams: Collection[Team]) -> None:
    """Raise `RoutingRulesContradict`, with every problem, unless the table can be followed."""
    problems = [*_unknown_teams(table, {team.slug for team in teams}), *_clashes(table)]
    if problems:
        raise RoutingRulesContradict(
            "Mend the fields named here and send all rules again.", fields=problems
        )


def _unknown_teams(table: RoutingTable, known: Collection[str]) -> Iterator[FieldProblem]:
    named = [("default_team", table.default_team)]
    named += [(f"rules.{index}.team", rule.team) for index, rule in enumerate(table.rules)]
    for field, team in named:
        if team not in known:
            yield FieldProblem(
                field, f"there is no team {team!r}", f"Name one of {', '.join(sorted(known))}."
            )


def _clashes(table: RoutingTable) -> Iterator[FieldProblem]:
    slugs = Counter(rule.slug for rule in table.rules)
    priorities = Counter(rule.priority for rule in table.rules)
    for index, rule in enumerate(table.rules):
        if slugs[rule.slug] > 1:
            yield FieldProblem(
                f"rules.{index}.slug", "another rule has it too", "Give each rule its own slug."
            )
        if priorities[rule.priority] > 1:
            yield FieldProblem(
                f"rules.{index}.priority",
                "another rule has it too",
                "Give each rule its own priority, so that their order is certain.",
            )
        for position, word in enumerate(rule.subject_words):
            if not fold(word):
                yield FieldProblem(
                    f"rules.{index}.subject_words.{position}",
                    "nothing is left of it without accents, so it would stand in every subject",
                    "Write a word.",
                )
        if rule.is_unconditional:
            yield FieldProblem(
                f"rules.{index}",
                "has no condition, so that no rule after it could ever match",
                "Give it a condition, or name its team as default_team.",
            )
