"""Routing: the first rule whose conditions all hold names the team, and says why."""

from dataclasses import replace
from typing import Any

import pytest

from complaints.domain.report import Channel, Report
from complaints.domain.routing import (
    Decision,
    RoutingRule,
    RoutingRulesContradict,
    RoutingTable,
    Team,
    check,
    decide,
)
from complaints.domain.words import contains, fold

REPORT = Report(
    channel=Channel.EMAIL,
    source="mailbox",
    external_ref=None,
    category="delivery",
    subject="Colis jamais arrivé",
    language="fr-CA",
    country="CA",
    store=None,
    brand="maison",
    legal_entity="house",
    home_region="house",
    order_id=None,
    filed_at=None,
)


def decision(*rules: RoutingRule, **changes: Any) -> Decision:
    table = RoutingTable(version=3, default_team="care", rules=rules)
    return decide(replace(REPORT, **changes), table)


def rule(
    slug: str = "one", priority: int = 10, team: str = "delivery", **conditions: Any
) -> RoutingRule:
    return RoutingRule(slug=slug, priority=priority, team=team, **conditions)


def test_the_lowest_priority_that_matches_wins_whatever_the_order() -> None:
    late = rule("late", 20, "late", channels=(Channel.EMAIL,))
    early = rule("early", 10, "early", channels=(Channel.EMAIL,))
    assert decision(late, early).team == decision(early, late).team == "early"


def test_the_default_team_takes_what_no_rule_matches_and_says_so() -> None:
    found = decision(rule(countries=("JP",)))
    assert (found.team, found.rule) == ("care", None)
    assert found.reasons == ("no rule matches, so the default team takes it",)


def test_all_conditions_of_a_rule_must_hold() -> None:
    both = rule(channels=(Channel.EMAIL,), countries=("FR",))
    assert decision(both).rule is None
    assert decision(both, country="FR").rule == "one"


def test_the_decision_names_its_rule_its_version_and_each_reason() -> None:
    found = decision(
        rule(
            channels=(Channel.WEB, Channel.EMAIL),
            categories=("delivery",),
            countries=("FR", "CA"),
            languages=("fr",),
            brands=("maison",),
            subject_words=("parcel", "colis"),
        )
    )
    assert found == Decision(
        team="delivery",
        rule="one",
        reasons=(
            "the channel is email",
            "the category is delivery",
            "the country is CA",
            "the language is fr",
            "the brand is maison",
            "the subject contains colis",
        ),
        table_version=3,
    )


@pytest.mark.parametrize(
    ("language", "matches"), [("fr", True), ("fr-CA", True), ("frr", False), (None, False)]
)
def test_a_language_holds_for_its_regional_variants_only(
    language: str | None, *, matches: bool
) -> None:
    assert (decision(rule(languages=("fr",)), language=language).rule == "one") is matches


def test_a_condition_on_what_was_not_told_does_not_hold() -> None:
    assert decision(rule(categories=("delivery",)), category=None).rule is None


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("Where is my PARCEL?", "parcel", True),
        ("Parcels are late", "parcel", False),
        ("Réparation refusée", "reparation", True),
        ("Demande de données  personnelles", "donnees personnelles", True),
        ("ＲＥＦＵＮＤ please", "refund", True),
        ("荷物が届かない", "届かない", True),
        ("ガラスが割れた", "カラス", False),
        ("C++ manual (torn)", "c++", True),
        ("", "parcel", False),
    ],
)
def test_a_word_is_found_whatever_its_case_accents_width_and_script(
    text: str, word: str, *, found: bool
) -> None:
    assert contains(fold(text), word) is found


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (RoutingTable(version=2, default_team="nobody", rules=()), "default_team"),
        (
            RoutingTable(
                version=2, default_team="care", rules=(rule(team="nobody", brands=("x",)),)
            ),
            "rules.0.team",
        ),
        (
            RoutingTable(
                version=2,
                default_team="care",
                rules=(
                    rule(team="care", brands=("x",)),
                    rule(team="care", priority=20, brands=("y",)),
                ),
            ),
            "rules.1.slug",
        ),
        (
            RoutingTable(
                version=2,
                default_team="care",
                rules=(
                    rule(team="care", brands=("x",)),
                    rule("two", team="care", brands=("y",)),
                ),
            ),
            "rules.0.priority",
        ),
        (RoutingTable(version=2, default_team="care", rules=(rule(team="care"),)), "rules.0"),
        (
            RoutingTable(
                version=2,
                default_team="care",
                rules=(rule(team="care", subject_words=("\u0301",)),),
            ),
            "rules.0.subject_words.0",
        ),
    ],
)
def test_rules_that_cannot_be_followed_are_refused_by_field(
    table: RoutingTable, field: str
) -> None:
    with pytest.raises(RoutingRulesContradict) as refused:
        check(table, [Team("care", "Care")])
    assert field in [problem.field for problem in refused.value.fields]
