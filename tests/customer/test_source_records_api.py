"""Putting and reading source records over HTTP."""

from typing import Any

from tests.customer.conftest import House

AIKO: dict[str, Any] = {
    "given_name": "愛子",
    "family_name": "田中",
    "given_name_kana": "アイコ",
    "family_name_kana": "タナカ",
    "emails": ["Aiko.Tanaka@example.com"],
    "phones": ["090-1234-5678"],
    "cards": ["vip-0042"],
    "birth_date": "1984-02-29",
    "gender": "F",
    "language": "ja",
    "country": "JP",
    "store": "Ginza",
    "addresses": [{"lines": ["銀座1-2-3"], "postcode": "104-0061", "country": "jp"}],
    "extra": {"shoe_size": "23.5"},
}


async def test_somebody_met_in_tokyo_is_recognised_in_paris_and_on_the_phone(house: House) -> None:
    tokyo = await house.put("1", source="till-tokyo", **AIKO)
    paris = await house.put(
        "a/7", source="webshop", channel="web", emails=["aiko.tanaka@EXAMPLE.com"]
    )
    caller = await house.put(
        "c9", source="calls", channel="phone", country="US", phones=["+81 90 1234 5678"]
    )

    assert [tokyo["outcome"], paris["outcome"], caller["outcome"]] == ["created", "found", "found"]
    assert tokyo["customer_id"] == paris["customer_id"] == caller["customer_id"]
    assert (paris["matched_on"], caller["matched_on"]) == (["email"], ["phone"])


async def test_the_same_put_twice_is_unchanged_and_tells_nothing(house: House) -> None:
    first = await house.put("1", **AIKO)
    events = await house.events()

    same: dict[str, Any] = {**AIKO, "brand": "house", "occupation": None}
    second = await house.put("1", **same)

    assert second == {**first, "outcome": "unchanged"}
    assert await house.events() == events


async def test_what_cannot_be_used_is_kept_flagged_and_not_matched(house: House) -> None:
    one = await house.put("1", emails=["wrong"], phones=["12"])
    two = await house.put("2", emails=["wrong"], phones=["12"])

    assert [flag["field"] for flag in one["flags"]] == ["emails.0", "phones.0"]
    assert all(flag["problem"] and flag["mend"] for flag in one["flags"])
    assert one["customer_id"] != two["customer_id"]
    record = (await house.http.get("/v1/source-records/till/1")).json()
    assert record["raw"]["emails"] == ["wrong"]
    assert "emails" not in record["normalised"]
    assert record["flags"] == one["flags"]


async def test_a_record_without_any_usable_attribute_is_an_anonymous_customer(house: House) -> None:
    answer = await house.put("1")

    assert answer["outcome"] == "created"
    assert (await house.customer(answer["customer_id"]))["anonymous"] is True


async def test_an_anonymous_customer_can_be_recognised_later(house: House) -> None:
    known = await house.put("1", emails=["a@example.com"])
    anonymous = await house.put("2")

    answer = await house.put("2", emails=["a@example.com"])

    assert answer["outcome"] == "merged"
    assert answer["customer_id"] == known["customer_id"]
    assert answer["retired_ids"] == [anonymous["customer_id"]]


async def test_a_record_is_read_as_told_and_in_normal_form(house: House) -> None:
    await house.put("1", source="till-tokyo", **AIKO)

    record = (await house.http.get("/v1/source-records/till-tokyo/1")).json()

    assert record["raw"]["phones"] == ["090-1234-5678"]
    assert record["raw"]["extra"] == {"shoe_size": "23.5"}
    assert record["normalised"]["phones"] == ["+819012345678"]
    assert (record["source"], record["store"], record["brand"]) == ("till-tokyo", "Ginza", "house")


async def test_an_update_replaces_what_the_source_said(house: House) -> None:
    await house.put("1", emails=["old@example.com"], given_name="Anna")
    updated = await house.put("1", emails=["new@example.com"], given_name="Hanna")
    by_old = await house.put("2", emails=["old@example.com"])
    by_new = await house.put("3", emails=["new@example.com"])

    assert updated["outcome"] == "updated"
    assert by_old["outcome"] == "created"
    assert by_new["customer_id"] == updated["customer_id"]
    assert await house.search(name="anna") == []


async def test_an_unknown_record_is_not_found(house: House) -> None:
    answer = await house.http.get("/v1/source-records/till/nobody")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:carnet:problem:source-record-unknown"


async def test_an_idempotency_key_replays_the_first_answer(house: House) -> None:
    url, headers = "/v1/source-records/till/1", {"Idempotency-Key": "k1"}
    body = {"channel": "shop", "country": "FR", "emails": ["a@example.com"]}

    first = await house.http.put(url, json=body, headers=headers)
    again = await house.http.put(url, json=body, headers=headers)
    other = await house.http.put(url, json={**body, "country": "DE"}, headers=headers)

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422


async def test_a_phone_of_many_people_joins_nobody(house: House) -> None:
    names = ["Anna", "Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert", "Zoe"]
    answers = [
        await house.put(str(number), given_name=name, phones=["+33612345678"])
        for number, name in enumerate(names)
    ]

    last = answers[-1]
    assert len({answer["customer_id"] for answer in answers}) == len(names)
    assert last["flags"][0]["field"] == "phones.0"
    assert "shared by too many" in last["flags"][0]["problem"]


async def test_doubt_is_announced_for_a_person_to_decide(house: House) -> None:
    anna = await house.put("1", given_name="Anna", phones=["+33612345678"])
    paul = await house.put("2", given_name="Paul", phones=["+33612345678"])

    kind, key, _, event = (await house.events())[-1]

    assert kind == "match.review-requested.v1"
    assert key == event["judgement_id"]
    assert {event["customer_id"], event["other_customer_id"]} == {
        anna["customer_id"],
        paul["customer_id"],
    }
    assert (event["shared"], event["contradictions"]) == (["phone"], ["given-name"])
