"""Putting records with values of every kind: stored as told, flagged, and never a lost record."""

import json
from typing import Any

import pytest

from tests.customer.conftest import House

PASSPORT = "12AB34567"
MY_NUMBER = "123456789018"


async def record(house: House, external_id: str = "1") -> dict[str, Any]:
    return (await house.http.get(f"/v1/source-records/till/{external_id}")).json()


@pytest.mark.parametrize("told", ["XX", "France", "ZZ", "", "フランス", "F"])
async def test_an_unknown_country_is_kept_as_told_and_flagged(house: House, told: str) -> None:
    answer = await house.put("1", country=told, phones=["+33 6 12 34 56 78", "06 12 34 56 78"])

    assert [flag["field"] for flag in answer["flags"]] == ["country", "phones.1"]
    stored = await record(house)
    assert (stored["raw"]["country"], stored["country"]) == (told, "ZZ")
    assert "country" not in stored["normalised"]
    assert stored["normalised"]["phones"] == ["+33612345678"]


async def test_a_country_is_read_in_any_case_and_width(house: House) -> None:
    answer = await house.put("1", country=" ｆｒ ", phones=["06 12 34 56 78"])

    assert answer["flags"] == []
    assert (await record(house))["country"] == "FR"


async def test_an_unknown_country_of_an_address_and_an_unknown_language_are_flagged(
    house: House,
) -> None:
    answer = await house.put(
        "1", language="francais!", addresses=[{"city": "Paris", "country": "Gaul"}]
    )

    assert {flag["field"] for flag in answer["flags"]} == {"language", "addresses.0.country"}
    stored = await record(house)
    assert stored["raw"]["addresses"][0]["country"] == "Gaul"
    assert stored["normalised"]["addresses"] == [{"city": "Paris"}]
    assert "language" not in stored["normalised"]


async def test_names_are_kept_in_every_writing(house: House) -> None:
    names = {
        "given_name": "由紀",
        "family_name": "田中",
        "given_name_kana": "ユキ",
        "family_name_kana": "タナカ",
        "given_name_latin": "Yuki",
        "family_name_latin": "Tanaka",
    }

    answer = await house.put("1", country="JP", **names)

    assert answer["flags"] == []
    stored = (await record(house))["normalised"]["names"]
    assert (stored["given"], stored["given_kana"], stored["given_latin"]) == (
        names["given_name"],
        names["given_name_kana"],
        "Yuki",
    )


async def test_kana_and_latin_letters_on_one_phone_are_one_person(house: House) -> None:
    tokyo = await house.put(
        "1",
        country="JP",
        phones=["090-1234-5678"],
        given_name="翔一",
        family_name="大谷",
        given_name_kana="ショウイチ",
        family_name_kana="オオタニ",
    )
    paris = await house.put(
        "2", phones=["+819012345678"], given_name="Shoichi", family_name="Ohtani"
    )

    assert paris["outcome"] == "found"
    assert paris["customer_id"] == tokyo["customer_id"]


async def test_of_an_official_id_the_hash_alone_is_kept(house: House) -> None:
    passport = {"kind": "passport", "country": "FR", "value": PASSPORT, "verified": True}

    answer = await house.put("1", official_ids=[passport], extra={"passport_no": PASSPORT})

    assert [flag["field"] for flag in answer["flags"]] == ["extra.passport_no"]
    stored = await record(house)
    assert PASSPORT not in json.dumps(stored)
    [kept] = stored["normalised"]["official_ids"]
    assert (kept["kind"], kept["country"], kept["verified"]) == ("passport", "FR", True)
    assert len(kept["hash"]) == 64
    assert stored["raw"]["extra"] == {}


async def test_a_national_number_is_not_kept_and_the_rest_of_the_record_is(house: House) -> None:
    answer = await house.put(
        "1",
        country="JP",
        emails=["aiko@example.com"],
        official_ids=[{"kind": "my-number", "value": MY_NUMBER}],
    )

    [flag] = answer["flags"]
    assert flag["field"] == "official_ids.0"
    assert "may not be kept" in flag["problem"]
    stored = await record(house)
    assert MY_NUMBER not in json.dumps(stored)
    assert "official_ids" not in stored["normalised"]
    assert stored["normalised"]["emails"] == ["aiko@example.com"]


async def test_one_passport_finds_one_person(house: House) -> None:
    first = await house.put("1", official_ids=[{"kind": "passport", "value": PASSPORT}])
    second = await house.put("2", official_ids=[{"kind": "Passport", "value": "12ab 34567"}])

    assert (second["outcome"], second["matched_on"]) == ("found", ["official-id"])
    assert second["customer_id"] == first["customer_id"]


async def test_two_verified_passports_keep_people_apart(house: House) -> None:
    def passport(value: str) -> list[dict[str, Any]]:
        return [{"kind": "passport", "value": value, "verified": True}]

    await house.put("1", emails=["a@example.com"], official_ids=passport("11AA11111"))
    other = await house.put("2", emails=["a@example.com"], official_ids=passport("22BB22222"))

    assert other["outcome"] == "created"


async def test_a_companys_numbers_make_nobody_one(house: House) -> None:
    company = {"company_name": "Maison", "vat_number": "12 345678901"}
    buyer = await house.put("1", given_name="Anna", **company)
    other = await house.put("2", given_name="Paul", **company)

    assert other["customer_id"] != buyer["customer_id"]
    assert (await record(house))["normalised"]["vat_number"] == "FR12345678901"


async def test_accounts_and_devices_find_the_person(house: House) -> None:
    first = await house.put("1", source="shop", accounts=["4711"], devices=["6D92078A82464BA4"])
    account = await house.put("2", source="app", accounts=["shop:4711"])
    device = await house.put("3", source="web", devices=["6d92078a82464ba4"])
    other = await house.put("4", source="crm", accounts=["4711"])

    assert account["customer_id"] == device["customer_id"] == first["customer_id"]
    assert (account["matched_on"], device["matched_on"]) == (["account"], ["device"])
    assert other["customer_id"] != first["customer_id"]


async def test_a_birth_date_is_kept_as_told_beside_the_day_that_it_is(house: House) -> None:
    answer = await house.put("1", country="JP", birth_date="昭和31年4月9日")
    await house.put("2", birth_year=1956, birth_month="4")
    wrong = await house.put("3", birth_date="1990-02-31")

    stored, parts, flagged = [await record(house, name) for name in "123"]
    assert answer["flags"] == []
    assert stored["normalised"]["birth_date"] == "1956-04-09"
    assert stored["raw"]["birth_date"] == "昭和31年4月9日"
    assert parts["normalised"]["birth_parts"] == {"year": 1956, "month": 4}
    assert [flag["field"] for flag in wrong["flags"]] == ["birth_date"]
    assert flagged["raw"]["birth_date"] == "1990-02-31"
    assert "birth_date" not in flagged["normalised"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"emails": ["wrong"], "phones": ["12"], "cards": ["0"], "birth_date": "never"},
        {"country": "XX", "devices": ["0"], "accounts": ["guest"], "gender": "?"},
    ],
)
async def test_a_record_without_anything_usable_is_an_anonymous_customer(
    house: House, fields: dict[str, Any]
) -> None:
    first = await house.put("1", **fields)
    second = await house.put("2", **fields)

    assert (first["outcome"], second["outcome"]) == ("created", "created")
    assert first["customer_id"] != second["customer_id"]
    assert len(first["flags"]) == len(fields)
    assert (await house.customer(first["customer_id"]))["anonymous"] is True


async def test_a_till_may_know_a_first_name_and_a_phone_only(house: House) -> None:
    first = await house.put("1", given_name="Anna", phones=["06 12 34 56 78"])
    second = await house.put("2", given_name="anna", phones=["+33612345678"])

    assert (first["flags"], second["outcome"]) == ([], "found")


async def test_who_referred_the_person_is_kept(house: House) -> None:
    await house.put("1", referred_by=" crm/4711 ")

    assert (await record(house))["normalised"]["referred_by"] == "crm/4711"


async def test_the_same_record_again_is_unchanged_although_ids_are_sealed(house: House) -> None:
    fields: dict[str, Any] = {
        "official_ids": [{"kind": "passport", "value": PASSPORT}],
        "country": "XX",
    }
    await house.put("1", **fields)

    assert (await house.put("1", **fields))["outcome"] == "unchanged"
