"""Survivorship rules and locks: which value wins, and why, whatever the order of the records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.attribute_locks import AttributeLock, locks_in_force
from customer.domain.claims import Normalised, RecordKey
from customer.domain.golden_attributes import GoldenAttribute
from customer.domain.names import Names
from customer.domain.preferences import ChannelLanguage, preferences
from customer.domain.stewards import Steward
from customer.domain.survivorship import (
    Survivorship,
    TellingRecord,
    golden_record,
    golden_record_with_others,
)
from customer.domain.survivorship_rules import (
    SurvivorshipMethod,
    SurvivorshipRule,
    SurvivorshipRules,
    SurvivorshipRuleUnusable,
    check,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RECENT, TRUSTED, FREQUENT, LONGEST = SurvivorshipMethod
GIVEN = GoldenAttribute.GIVEN_NAME


def telling(number: int, given: str | None = None, **told: object) -> TellingRecord:
    """Give a record observed so many days ago as its number says."""
    normalised = replace(Normalised(names=Names(given)), **told)
    key = RecordKey(f"source-{number}", str(number))
    return TellingRecord(UUID(int=number), key, NOW - timedelta(days=number), normalised, "shop")


def by(*rules: SurvivorshipRule, **locks: AttributeLock) -> Survivorship:
    return Survivorship(SurvivorshipRules(1, rules), "house", locks)


def lock(told_with: str, value: object = "Fixed", *, days_ago: int = 0) -> AttributeLock:
    at = NOW - timedelta(days=days_ago)
    return AttributeLock(told_with, GIVEN, value, "she said so", at, Steward("desk"))


PEOPLE = [telling(1, "M."), telling(2, "Marie"), telling(3, "Maria"), telling(4, "marie")]


@pytest.mark.parametrize(
    ("rule", "survivor", "others"),
    [
        (SurvivorshipRule(RECENT), "M.", ["Marie", "Maria"]),
        (SurvivorshipRule(LONGEST, GIVEN), "Marie", ["Maria", "M."]),
        (SurvivorshipRule(FREQUENT), "Marie", ["M.", "Maria"]),
        (SurvivorshipRule(TRUSTED, sources=("crm", "source-3")), "Maria", ["M.", "Marie"]),
        (SurvivorshipRule(TRUSTED, sources=("source-4", "source-*")), "marie", ["M.", "Maria"]),
    ],
)
def test_a_rule_chooses_the_value_and_ranks_the_others(
    rule: SurvivorshipRule, survivor: str, others: list[str]
) -> None:
    golden, left = golden_record_with_others(PEOPLE, by(rule))

    assert (golden[GIVEN][0].value, golden[GIVEN][0].rule) == (survivor, rule)
    assert [told.value for told in left[GIVEN]] == others


def test_a_rule_orders_a_list_and_drops_nothing() -> None:
    records = [
        telling(1, emails=("new@x.fr",)),
        telling(2, emails=("old@x.fr", "new@x.fr")),
        telling(3, emails=("old@x.fr",)),
        telling(4, emails=("old@x.fr",)),
    ]

    def emails(rule: SurvivorshipRule) -> list[object]:
        return [told.value for told in golden_record(records, by(rule))["emails"]]

    assert emails(SurvivorshipRule(RECENT)) == ["new@x.fr", "old@x.fr"]
    assert emails(SurvivorshipRule(FREQUENT)) == ["old@x.fr", "new@x.fr"]
    assert emails(SurvivorshipRule(TRUSTED, sources=("source-3",))) == ["old@x.fr", "new@x.fr"]


def test_the_most_particular_rule_decides() -> None:
    rules = [
        SurvivorshipRule(RECENT),
        SurvivorshipRule(FREQUENT, GIVEN),
        SurvivorshipRule(LONGEST, GIVEN, brand="house"),
        SurvivorshipRule(TRUSTED, country="JP", sources=("crm",)),
        SurvivorshipRule(TRUSTED, GIVEN, country="JP", sources=("till",)),
    ]
    house = SurvivorshipRules(1, tuple(rules))

    def chosen(attribute: str, brand: str, country: str | None) -> SurvivorshipRule:
        return house.rule_for(attribute, brand=brand, country=country)

    assert chosen("gender", "other", "FR") is rules[0]
    assert chosen("gender", "house", "JP") is rules[3]
    assert chosen(GIVEN, "other", None) is rules[1]
    assert chosen(GIVEN, "house", "JP") is rules[2]
    assert chosen(GIVEN, "other", "JP") is rules[4]


def test_the_country_that_rules_ask_for_is_the_surviving_one() -> None:
    records = [telling(1, "B", country="ZZ"), telling(2, "Aa", country="JP")]
    rule = SurvivorshipRule(LONGEST, GIVEN, country="JP")

    golden = golden_record(records, by(rule))

    assert (golden["country"][0].value, golden[GIVEN][0].value) == ("JP", "Aa")


def test_a_lock_comes_before_every_rule_and_first_in_a_list() -> None:
    records = [telling(1, "Aiko", emails=("a@x.fr", "B@x.fr"))]
    fixed = replace(lock("A", "b@x.fr"), attribute="emails")

    golden, others = golden_record_with_others(
        records, by(SurvivorshipRule(RECENT), given_name=lock("A"), emails=fixed)
    )

    assert [(told.value, told.record) for told in golden[GIVEN]] == [("Fixed", None)]
    assert [told.value for told in others[GIVEN]] == ["Aiko"]
    assert [told.value for told in golden["emails"]] == ["b@x.fr", "a@x.fr"]


def test_the_survivors_lock_wins_else_the_latest_of_the_others() -> None:
    own, old, new = lock("A", "own", days_ago=9), lock("B", "old", days_ago=2), lock("C", "new")

    assert locks_in_force([new, own, old], "A") == {GIVEN: own}
    assert locks_in_force([new, old], "A") == {GIVEN: new}


@given(
    order=st.permutations(range(8)),
    names=st.lists(st.sampled_from(["Al", "al", "Alexandre", "Bo"]), min_size=8, max_size=8),
    days=st.lists(st.integers(0, 2), min_size=8, max_size=8),
    rule=st.sampled_from(
        [
            SurvivorshipRule(RECENT),
            SurvivorshipRule(FREQUENT),
            SurvivorshipRule(LONGEST, GIVEN),
            SurvivorshipRule(TRUSTED, sources=("source-5", "source-2")),
        ]
    ),
)
def test_the_order_of_records_changes_nothing(
    order: list[int], names: list[str], days: list[int], rule: SurvivorshipRule
) -> None:
    records = [
        replace(telling(n, names[n], emails=(names[n],)), observed_at=NOW - timedelta(days[n]))
        for n in range(8)
    ]
    shuffled = [records[n] for n in order]

    assert golden_record_with_others(shuffled, by(rule)) == golden_record_with_others(
        records, by(rule)
    )
    assert preferences(shuffled, {}, {}) == preferences(records, {}, {})


@given(st.permutations([lock("A"), lock("B", days_ago=1), lock("C", days_ago=1)]))
def test_the_order_of_locks_changes_nothing(locks: list[AttributeLock]) -> None:
    assert locks_in_force(locks, "D") == {GIVEN: lock("A")}
    assert locks_in_force(locks[1:], "D") == locks_in_force(locks[:0:-1], "D")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([SurvivorshipRule(RECENT), SurvivorshipRule(FREQUENT)], "rules.0"),
        ([SurvivorshipRule(TRUSTED)], "rules.0.sources"),
        ([SurvivorshipRule(RECENT, sources=("crm",))], "rules.0.sources"),
        ([SurvivorshipRule(LONGEST)], "rules.0.attribute"),
        ([SurvivorshipRule(LONGEST, GoldenAttribute.BIRTH_DATE)], "rules.0.attribute"),
        ([SurvivorshipRule(RECENT, GoldenAttribute.PREFERRED_CHANNEL)], "rules.0.attribute"),
        ([SurvivorshipRule(RECENT, GoldenAttribute.COUNTRY, country="FR")], "rules.0.country"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(
    rules: list[SurvivorshipRule], field: str
) -> None:
    with pytest.raises(SurvivorshipRuleUnusable) as refused:
        check(rules)

    assert refused.value.fields[0].field == field


def channel(number: int, channel: str, language: str | None = None) -> TellingRecord:
    return replace(telling(number, language=language), channel=channel)


@pytest.mark.parametrize(
    ("interactions", "preferred"),
    [({}, "shop"), ({"phone": 2}, "phone"), ({"phone": 1, "web": 1}, "web"), ({"mail": 9}, "mail")],
)
def test_the_preferred_channel_is_the_one_most_used(
    interactions: Mapping[str, int], preferred: str
) -> None:
    records = [channel(3, "shop"), channel(4, "shop"), channel(1, "web"), channel(2, "phone")]

    [told] = preferences(records, interactions, {})["preferred_channel"]

    assert told.value == preferred


def test_the_language_of_a_channel_is_the_one_told_last() -> None:
    records = [channel(1, "shop"), channel(2, "shop", "ja"), channel(3, "shop", "fr")]
    records += [channel(4, "web", "en"), channel(5, "phone", "und")]

    told = preferences(records, {}, {})["languages_by_channel"]

    assert [one.value for one in told] == [
        ChannelLanguage("shop", "ja"),
        ChannelLanguage("web", "en"),
    ]


def test_a_birth_date_survives_as_a_date() -> None:
    golden = golden_record([telling(1, birth_date=date(1984, 2, 29))], by())

    assert golden["birth_date"][0].value == date(1984, 2, 29)
