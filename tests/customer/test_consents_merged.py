"""Consents when customers become one and two again, and in whatever order we are told."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer.domain.consent_state import (
    ConsentState,
    StandingMerge,
    present_states,
    state_of,
)
from customer.domain.consents import Basis, Consent, ConsentChannel, Decision, ToldConsent
from tests.customer.conftest import House

START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = ("A", "B", "C", "D")
CHANNELS = (None, ConsentChannel.EMAIL, ConsentChannel.SMS)


def decision(
    number: int,
    hour: int,
    decided: Decision,
    origin: str = "A",
    channel: ConsentChannel | None = None,
) -> Consent:
    at = START + timedelta(hours=hour)
    told = ToldConsent("marketing", decided, Basis.CONSENT, "till", channel=channel, decided_at=at)
    return Consent(UUID(int=number), told, None, origin, origin, at, at, "till")


DECISIONS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from(Decision),
        st.sampled_from(PEOPLE),
        st.sampled_from(CHANNELS),
    ),
    max_size=12,
).map(
    lambda told: [
        decision(number, hour, decided, origin, channel)
        for number, (hour, decided, origin, channel) in enumerate(told)
    ]
)
MERGES = st.lists(st.integers(0, 6), min_size=3, max_size=3).map(
    lambda hours: [
        StandingMerge(retired, survivor, START + timedelta(hours=hour))
        for (retired, survivor), hour in zip(
            (("B", "A"), ("D", "C"), ("C", "A")), sorted(hours), strict=True
        )
    ]
)


def said(states: list[ConsentState]) -> list[tuple[Any, ...]]:
    return [(one.purpose, one.channel, one.consent.id) for one in states]


@given(consents=DECISIONS, merges=MERGES, data=st.data())
def test_what_holds_does_not_depend_on_the_order_of_arrival(
    consents: list[Consent], merges: list[StandingMerge], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(consents))
    mixed = data.draw(st.permutations(merges))

    assert said(present_states(shuffled, mixed)) == said(present_states(consents, merges))


@given(consents=DECISIONS, merges=MERGES)
def test_after_the_last_merge_the_strictest_of_all_holds_until_somebody_decides(
    consents: list[Consent], merges: list[StandingMerge]
) -> None:
    late = [
        StandingMerge(one.retired_id, one.survivor_id, START + timedelta(days=2)) for one in merges
    ]
    each = [
        state_of([c for c in consents if c.origin_id == who], [], "marketing", None)
        for who in PEOPLE
    ]
    alone = [state.decision.strictness for state in each if state is not None]

    together = state_of(consents, late, "marketing", None)

    assert (together is None) == (not alone)
    assert together is None or together.decision.strictness == max(alone)


@given(consents=DECISIONS, merges=MERGES, decided=st.sampled_from(Decision))
def test_a_newer_decision_always_holds(
    consents: list[Consent], merges: list[StandingMerge], decided: Decision
) -> None:
    newest = decision(99, 48, decided, "D")

    holds = state_of([*consents, newest], merges, "marketing", None)

    assert holds is not None
    assert holds.consent == newest


async def decide(house: House, customer_id: str, decided: str, **fields: Any) -> None:
    body = {
        "purpose": "marketing",
        "channel": "email",
        "source": "till",
        "basis": "legitimate-interest",
        "decision": decided,
        **fields,
    }
    answer = await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)
    assert answer.status_code == 201, answer.text


async def holds(house: House, customer_id: str) -> tuple[str, str, int]:
    answer = (await house.http.get(f"/v1/customers/{customer_id}/consents")).json()
    [state] = answer["state"]
    return answer["customer_id"], state["decision"], len(answer["history"])


async def merge(house: House, customer_id: str, other_id: str) -> None:
    body = {"other_customer_id": other_id, "reason": "same passport"}
    answer = await house.http.post(f"/v1/customers/{customer_id}/merge", json=body)
    assert answer.status_code == 200, answer.text


async def test_a_merge_never_loses_a_withdrawal_and_an_unmerge_gives_each_its_own(
    house: House,
) -> None:
    older = (await house.put("1", given_name="Anna"))["customer_id"]
    younger = (await house.put("2", given_name="Paul"))["customer_id"]
    await decide(house, younger, "withdrawn", decided_at="2026-03-01T10:00:00Z")
    await decide(house, older, "granted", decided_at="2026-03-02T10:00:00Z", external_id="1")

    await merge(house, older, younger)
    together = await holds(house, younger)
    undone = await house.http.post(
        f"/v1/customers/{older}/unmerge", json={"retired_id": younger, "reason": "two cousins"}
    )

    assert together == (older, "withdrawn", 2)
    assert undone.status_code == 200, undone.text
    assert await holds(house, older) == (older, "granted", 1)
    assert await holds(house, younger) == (younger, "withdrawn", 1)


async def test_a_newer_decision_ends_the_strictness_and_follows_its_record(house: House) -> None:
    older = (await house.put("1", given_name="Anna"))["customer_id"]
    younger = (await house.put("2", given_name="Paul"))["customer_id"]
    await decide(house, younger, "refused", decided_at="2026-03-01T10:00:00Z")
    await merge(house, older, younger)

    await decide(house, older, "granted", external_id="2")

    assert await holds(house, older) == (older, "granted", 2)
    await house.http.post(
        f"/v1/customers/{older}/unmerge", json={"retired_id": younger, "reason": "two cousins"}
    )
    assert await holds(house, younger) == (younger, "granted", 2)
    consents = (await house.http.get(f"/v1/customers/{older}/consents")).json()
    assert (consents["state"], consents["history"]) == ([], [])


async def test_records_that_a_merge_moved_keep_whose_they_were(house: House) -> None:
    older = (await house.put("1", given_name="Anna"))["customer_id"]
    younger = (await house.put("2", given_name="Paul"))["customer_id"]
    await decide(house, younger, "withdrawn", decided_at="2026-03-01T10:00:00Z", external_id="2")
    await decide(house, older, "granted", decided_at="2026-03-02T10:00:00Z", external_id="1")

    await merge(house, older, younger)

    assert await holds(house, older) == (older, "withdrawn", 2)


async def test_a_source_record_brings_its_consents_with_it(house: House) -> None:
    known = await house.put(
        "1",
        observed_at="2026-03-01T10:00:00Z",
        consents=[
            {"purpose": "marketing", "decision": "refused"},
            {
                "purpose": "profiling",
                "decision": "granted",
                "text_version": "1",
                "proof": {"how": "paper"},
            },
        ],
    )

    answer = await house.http.get(f"/v1/customers/{known['customer_id']}/consents")

    assert [(one["purpose"], one["decision"]) for one in answer.json()["state"]] == [
        ("marketing", "refused"),
        ("profiling", "granted"),
    ]
    assert answer.json()["history"][0]["decided_at"] == "2026-03-01T10:00:00Z"
    assert known["flags"] == []


async def test_a_record_put_again_does_not_overrule_what_was_decided_since(house: House) -> None:
    told = [
        {"purpose": "marketing", "channel": "email", "decision": "granted", "basis": "contract"}
    ]
    known = await house.put("1", consents=told, observed_at="2026-03-01T10:00:00Z")
    await decide(house, known["customer_id"], "withdrawn", decided_at="2026-03-02T10:00:00Z")

    await house.put("1", consents=told, given_name="Anna", observed_at="2026-03-03T10:00:00Z")

    assert await holds(house, known["customer_id"]) == (known["customer_id"], "withdrawn", 2)


async def test_a_grant_without_proof_is_flagged_and_a_no_is_kept(house: House) -> None:
    known = await house.put(
        "1",
        consents=[
            {"purpose": "marketing", "decision": "granted"},
            {"purpose": "profiling", "decision": "refused", "decided_at": "2199-01-01T00:00:00Z"},
        ],
    )

    answer = await house.http.get(f"/v1/customers/{known['customer_id']}/consents")

    assert [(one["purpose"], one["decision"]) for one in answer.json()["state"]] == [
        ("profiling", "refused")
    ]
    assert [flag["field"] for flag in known["flags"]] == [
        "consents.0.text_version",
        "consents.0.proof",
        "consents.1.decided_at",
    ]


async def test_consents_of_many_records_in_one_batch_are_kept(house: House) -> None:
    records = [
        {
            "source": "till",
            "external_id": str(number),
            "channel": "shop",
            "country": "FR",
            "emails": ["shared@example.com"],
            "consents": [
                {
                    "purpose": "marketing",
                    "decision": "withdrawn" if number == 0 else "refused",
                    "decided_at": f"2026-03-01T10:00:0{number}Z",
                }
            ],
        }
        for number in range(4)
    ]

    answer = await house.http.post("/v1/source-records/batch", json=records)

    assert answer.status_code == 200, answer.text
    [customer_id] = {one["result"]["customer_id"] for one in answer.json()}
    consents = (await house.http.get(f"/v1/customers/{customer_id}/consents")).json()
    assert [one["decision"] for one in consents["state"]] == ["refused"]
    assert len(consents["history"]) == 4
    sequences = [sequence for _, key, sequence, _ in await house.events() if key == customer_id]
    assert sequences == sorted(set(sequences))


async def test_whatever_order_decisions_arrive_in_the_same_holds(house: House) -> None:
    random = Random(7)
    told: list[dict[str, Any]] = [
        {
            "decided": random.choice(["granted", "refused", "withdrawn"]),
            "channel": random.choice(["email", "sms", None]),
            "decided_at": f"2026-03-0{random.randint(1, 4)}T10:00:00Z",
        }
        for _ in range(10)
    ]
    outcomes: set[str] = set()

    for number in range(4):
        customer_id = (await house.put(str(number)))["customer_id"]
        for one in random.sample(told, len(told)):
            await decide(house, customer_id, **one)
        answer = (await house.http.get(f"/v1/customers/{customer_id}/consents")).json()
        outcomes.add(
            str([(one["channel"], one["decision"], one["decided_at"]) for one in answer["state"]])
        )

    assert len(outcomes) == 1


async def test_merged_and_apart_again_everybody_has_what_they_decided(house: House) -> None:
    random = Random(11)
    people = [(await house.put(str(number)))["customer_id"] for number in range(3)]
    for number, customer_id in enumerate(people * 4):
        fields = {"external_id": str(number % 3)} if random.random() < 0.5 else {}
        decided = random.choice(["granted", "refused", "withdrawn"])
        day = random.randint(1, 9)
        await decide(house, customer_id, decided, decided_at=f"2026-03-0{day}T10:00:00Z", **fields)
    before = [await whole(house, customer_id) for customer_id in people]
    strictest = max(one["state"][0]["decision"] for one in before)  # withdrawn, refused, granted

    await merge(house, people[1], people[2])
    await merge(house, people[0], people[1])
    together = await whole(house, people[2])
    for retired_id in (people[1], people[2]):
        survivor_id = people[0] if retired_id == people[1] else people[1]
        undone = await house.http.post(
            f"/v1/customers/{survivor_id}/unmerge",
            json={"retired_id": retired_id, "reason": "three cousins"},
        )
        assert undone.status_code == 200, undone.text

    assert together["state"][0]["decision"] == strictest
    assert len(together["history"]) == sum(len(one["history"]) for one in before)
    assert [await whole(house, customer_id) for customer_id in people] == before


async def whole(house: House, customer_id: str) -> dict[str, Any]:
    return (await house.http.get(f"/v1/customers/{customer_id}/consents")).json()


async def test_decisions_that_race_a_merge_are_all_kept(house: House) -> None:
    older = (await house.put("1", given_name="Anna"))["customer_id"]
    younger = (await house.put("2", given_name="Paul"))["customer_id"]

    await asyncio.gather(
        merge(house, older, younger),
        *(
            decide(house, customer_id, "refused", decided_at=f"2026-03-01T10:00:{second:02}Z")
            for second, customer_id in enumerate([older, younger] * 5)
        ),
    )

    assert await holds(house, younger) == (older, "refused", 10)
    sequences = [sequence for _, key, sequence, _ in await house.events() if key == older]
    assert sequences == sorted(set(sequences))
