"""Consents over HTTP: proof, history, what holds, and what is announced."""

import asyncio
from typing import Any

import pytest

from chassis.global_ids import new_global_id
from tests.customer.conftest import House

PROVED = {"text_version": "2026-03", "proof": {"how": "checkbox", "reference": "form 12"}}


async def write_text(house: House, purpose: str = "marketing", **words: str) -> None:
    answer = await house.http.put(
        f"/v1/consent-texts/{purpose}/2026-03", json={"words": words or {"fr": "J'accepte."}}
    )
    assert answer.status_code == 200, answer.text


async def decide(house: House, customer_id: str, **fields: Any) -> dict[str, Any]:
    body = {"purpose": "marketing", "source": "till", "decision": "granted", **PROVED, **fields}
    answer = await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def read(house: House, customer_id: str, **params: Any) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/consents", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def holds(house: House, customer_id: str, channel: str | None = None) -> str | None:
    states = (await read(house, customer_id))["state"]
    return next((one["decision"] for one in states if one["channel"] == channel), None)


async def somebody(house: House, external_id: str = "1", **fields: Any) -> str:
    return (await house.put(external_id, given_name="Aiko", **fields))["customer_id"]


async def test_a_decision_is_kept_with_its_proof(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)

    await decide(house, customer_id, channel="email", decided_at="2026-03-01T10:00:00Z")

    consents = await read(house, customer_id)
    [state], [kept] = consents["state"], consents["history"]
    assert (state["decision"], state["valid"], state["channel"]) == ("granted", True, "email")
    assert kept["proof"] == {"how": "checkbox", "reference": "form 12"}
    assert (kept["text_version"], kept["basis"]) == ("2026-03", "consent")
    assert (kept["source"], kept["recorded_by"]) == ("till", "till")
    assert kept["decided_at"] == "2026-03-01T10:00:00Z"


async def test_the_person_at_the_desk_stands_beside_the_client(house: House) -> None:
    customer_id = await somebody(house)
    body = {"purpose": "marketing", "source": "till", "decision": "refused"}

    answer = await house.http.post(
        f"/v1/customers/{customer_id}/consents", json=body, headers={"X-Actor": "clerk.7"}
    )

    assert (answer.json()["recorded_by"], answer.json()["recorded_for"]) == ("till", "clerk.7")


async def test_the_latest_decision_holds_whatever_came_first(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)

    await decide(house, customer_id, decision="withdrawn", decided_at="2026-03-02T10:00:00Z")
    await decide(house, customer_id, decision="granted", decided_at="2026-03-01T10:00:00Z")

    assert await holds(house, customer_id) == "withdrawn"
    assert len((await read(house, customer_id))["history"]) == 2


async def test_at_one_instant_a_withdrawal_wins(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)

    for decision in ("withdrawn", "granted", "refused"):
        await decide(house, customer_id, decision=decision, decided_at="2026-03-02T10:00:00Z")

    assert await holds(house, customer_id) == "withdrawn"


async def test_a_decision_of_all_channels_reaches_each(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)
    await decide(house, customer_id, channel="email", decided_at="2026-03-01T10:00:00Z")

    await decide(house, customer_id, decision="withdrawn", decided_at="2026-03-02T10:00:00Z")

    assert await holds(house, customer_id, "email") == "withdrawn"


async def test_the_very_same_decision_is_kept_once(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)

    first = await decide(house, customer_id, decided_at="2026-03-01T10:00:00Z")
    again = await decide(house, customer_id, decided_at="2026-03-01T10:00:00Z")

    assert first["consent_id"] == again["consent_id"]
    assert await house.count("consents") == 1


async def test_an_idempotency_key_replays_the_first_answer(house: House) -> None:
    customer_id = await somebody(house)
    path, body = (
        f"/v1/customers/{customer_id}/consents",
        {"purpose": "marketing", "source": "till", "decision": "refused"},
    )

    answers = [
        await house.http.post(path, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert await house.count("consents") == 1


async def test_only_what_changes_is_announced(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)
    await decide(house, customer_id, channel="email", decided_at="2026-03-01T10:00:00Z")
    await decide(house, customer_id, channel="email", decided_at="2026-02-01T10:00:00Z")
    await decide(house, customer_id, decision="withdrawn", decided_at="2026-03-02T10:00:00Z")

    told = [event for event in await house.events() if event[0] == "consent.changed.v1"]

    assert [(body["channel"], body["decision"]) for *_, body in told] == [
        ("email", "granted"),
        (None, "withdrawn"),
        ("email", "withdrawn"),
    ]
    assert {key for _, key, _, _ in told} == {customer_id}
    sequences = [sequence for _, key, sequence, _ in await house.events() if key == customer_id]
    assert sequences == sorted(set(sequences))


async def test_the_history_is_read_page_by_page(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)
    for day in range(1, 6):
        await decide(house, customer_id, decided_at=f"2026-03-0{day}T10:00:00Z")
    seen: list[str] = []
    cursor: str | None = None

    while cursor is not None or not seen:
        params = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = await read(house, customer_id, **params)
        seen += [one["decided_at"][8:10] for one in page["history"]]
        cursor = page["next_cursor"]

    assert seen == ["05", "04", "03", "02", "01"]


@pytest.mark.parametrize(
    ("fields", "slug", "field"),
    [
        ({"proof": None}, "consent-unproved", "proof"),
        ({"text_version": None}, "consent-unproved", "text_version"),
        ({"text_version": "1999"}, "consent-text-unknown", "text_version"),
        ({"text_language": "de"}, "consent-text-unknown", "text_language"),
        ({"decided_at": "2199-01-01T00:00:00Z"}, "consent-from-the-future", "decided_at"),
        (
            {"decided_at": "2026-03-01T00:00:00Z", "valid_until": "2026-02-01T00:00:00Z"},
            "consent-never-valid",
            "valid_until",
        ),
    ],
)
async def test_what_proves_nothing_is_refused(
    house: House, fields: dict[str, Any], slug: str, field: str
) -> None:
    await write_text(house)
    customer_id = await somebody(house)
    body = {"purpose": "marketing", "source": "till", "decision": "granted", **PROVED, **fields}

    answer = await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:carnet:problem:{slug}"
    assert [problem["field"] for problem in answer.json()["errors"]] == [field]
    assert await house.count("consents") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": "Marketing mail"},
        {"channel": "fax"},
        {"decision": "maybe"},
        {"decided_at": "2026-03-01T10:00:00"},
        {"external_id": "1", "source_record_id": "src_01jzq3v5c8e7m9r2t4w6y8a0bg"},
        {"proof": {"how": "telepathy"}},
        {"colour": "red"},
        {"source": "a\u0000b"},
    ],
)
async def test_a_body_that_says_nothing_clear_is_refused(
    house: House, fields: dict[str, Any]
) -> None:
    customer_id = await somebody(house)
    body = {"purpose": "marketing", "source": "till", "decision": "refused", **fields}

    answer = await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)

    assert answer.status_code == 422


async def test_nobody_decides_for_a_stranger(house: House) -> None:
    mine, other = await somebody(house, "1"), await somebody(house, "2")
    body = {"purpose": "marketing", "source": "till", "decision": "refused"}

    stranger = await house.http.post(f"/v1/customers/{new_global_id()}/consents", json=body)
    of_other = await house.http.post(
        f"/v1/customers/{mine}/consents", json={**body, "external_id": "2"}
    )
    of_none = await house.http.post(
        f"/v1/customers/{other}/consents", json={**body, "external_id": "3"}
    )

    assert (stranger.status_code, of_other.status_code, of_none.status_code) == (404, 409, 404)


async def test_many_decisions_at_once_are_all_kept(house: House) -> None:
    await write_text(house)
    customer_id = await somebody(house)

    await asyncio.gather(
        *(
            decide(house, customer_id, decided_at=f"2026-03-01T10:00:{second:02}Z")
            for second in range(20)
        )
    )

    assert await house.count("consents") == 20
    told = [event for event in await house.events() if event[0] == "consent.changed.v1"]
    assert len({sequence for _, _, sequence, _ in told}) == len(told)


async def test_words_that_somebody_saw_never_change(house: House) -> None:
    await write_text(house, fr="J'accepte.")
    await write_text(house, fr="J'accepte tout.")
    await decide(house, await somebody(house), text_language="fr")
    path = "/v1/consent-texts/marketing/2026-03"

    changed = await house.http.put(path, json={"words": {"fr": "Autre chose."}})
    lost = await house.http.put(path, json={"words": {"en": "I agree."}})
    added = await house.http.put(
        path, json={"words": {"fr": "J'accepte tout.", "ja": "同意します。"}}
    )

    assert [answer.status_code for answer in (changed, lost, added)] == [409, 409, 200]
    kept = (await house.http.get(path)).json()
    assert (kept["words"]["fr"], kept["used"]) == ("J'accepte tout.", True)
    listed = (await house.http.get("/v1/consent-texts")).json()["items"]
    assert listed == [{"purpose": "marketing", "version": "2026-03"}]


@pytest.mark.parametrize("words", [{}, {"fr": " "}, {"xx-yy-zz-9": "a"}, {"fr": "a\u0000"}])
async def test_a_text_without_words_is_refused(house: House, words: dict[str, str]) -> None:
    answer = await house.http.put("/v1/consent-texts/marketing/1", json={"words": words})

    assert answer.status_code == 422


async def test_a_text_that_nobody_wrote_is_unknown(house: House) -> None:
    assert (await house.http.get("/v1/consent-texts/marketing/1")).status_code == 404
