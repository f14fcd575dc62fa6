"""The data quality report: what sources tell, what can be used of it, who is told of twice."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from customer.jobs.make_data_quality import keep_making_data_quality
from customer.use_cases.report_data_quality import make_data_quality
from tests.customer.test_steward_queue import doubt

if TYPE_CHECKING:
    from tests.customer.conftest import House

PATH = "/v1/data-quality"
DAY = timedelta(days=1)


async def report(house: House) -> dict[str, Any]:
    """Have a report made, as the worker does, and read it."""
    assert (await house.http.post(PATH)).status_code == 202
    assert await make_data_quality(house.database, kept=DAY) is not None
    answer = await house.http.get(PATH)
    assert answer.status_code == 200, answer.text
    return answer.json()


def source(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in told["sources"] if one["source"] == name)


def field(of: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in of["fields"] if one["field"] == name)


async def test_an_empty_base_has_a_report_of_nothing(house: House) -> None:
    told = await report(house)

    assert told["whole"]["records"] == told["whole"]["customers"] == 0
    assert told["whole"]["duplicates_rate"] == 0
    assert told["sources"] == []


async def test_completeness_and_validity_are_counted_by_source_and_field(house: House) -> None:
    await house.put("1", emails=["a@example.com", "wrong"], phones=["12"])
    await house.put("2", emails=["wrong"], given_name="Anna", birth_date="2999-01-01")
    await house.put("3", given_name_kana="アンナ", birth_year=1984, emails=["noreply@example.com"])
    await house.put("1", source="web", emails=["b@example.com"])

    told = await report(house)
    till = source(told, "till")

    emails = field(till, "emails")
    assert (emails["told"], emails["usable"], emails["flagged"]) == (3, 1, 3)
    assert emails["problems"] == [
        {"problem": "is not an e-mail address", "count": 2},
        {"problem": "is an address that belongs to no person", "count": 1},
    ]
    assert [field(till, "phones")[name] for name in ("told", "usable", "flagged")] == [1, 0, 1]
    assert [field(till, "given_name")[name] for name in ("told", "usable")] == [2, 2]
    assert [field(till, "birth_date")[name] for name in ("told", "usable", "flagged")] == [2, 1, 1]
    assert field(source(told, "web"), "emails")["flagged"] == 0
    assert field(told["whole"], "emails")["told"] == 4
    assert field(told["whole"], "emails")["distinct"] == 2


async def test_every_field_of_a_record_is_counted(house: House) -> None:
    await house.put(
        "1",
        given_name_latin="Anna",
        family_name="Rossi",
        full_name="Anna Rossi",
        birth_date="1984-02-29",
        gender="female",
        birth_place="Roma",
        occupation="baker",
        language="it",
        emails=["a@example.com"],
        phones=["0612345678"],
        cards=["CARD-0001234"],
        accounts=["4711"],
        devices=["device-4711-abc"],
        addresses=[{"lines": ["1 rue X"], "city": "Paris", "postcode": "75001"}],
        company_name="Forno",
        vat_number="FR40303265045",
        company_registration_id="B 12345",
        official_ids=[{"kind": "passport", "value": "X1234567"}],
        referred_by="till/0",
        consents=[{"purpose": "newsletter", "decision": "refused", "basis": "consent"}],
        observed_at="2026-03-01T10:15:00+09:00",
        extra={"shoe": "38"},
    )

    told = await report(house)

    assert {one["field"]: one["told"] for one in told["whole"]["fields"]} == {
        one["field"]: 1 for one in told["whole"]["fields"]
    }
    unusable = [one["field"] for one in told["whole"]["fields"] if one["usable"] != 1]
    assert unusable == []
    uncounted = {one["field"] for one in told["whole"]["fields"] if one["distinct"] is None}
    assert uncounted == {"consents", "observed_at", "extra"}


async def test_values_of_several_customers_are_told_from_those_of_one(house: House) -> None:
    for number in range(3):
        await house.put(f"own-{number}", emails=["a@example.com"], given_name="Anna")
    for number in range(2):
        birth = f"19{80 + number}-01-0{number + 1}"
        names = {"given_name": ("Paul", "Marie")[number], "family_name": ("Noir", "Weiss")[number]}
        await house.put(
            f"shop-{number}", source="web", phones=["0612345678"], birth_date=birth, **names
        )
    await house.put("3", source="web", emails=["a@example.com"], given_name="Anna")

    told = await report(house)

    assert told["whole"]["customers"] == 3
    assert [field(told["whole"], "emails")[name] for name in ("distinct", "shared")] == [1, 0]
    assert [field(told["whole"], "phones")[name] for name in ("distinct", "shared")] == [1, 1]
    assert [field(source(told, "web"), "phones")[name] for name in ("distinct", "shared")] == [1, 1]
    assert field(source(told, "till"), "phones")["distinct"] is None


async def test_duplicates_are_counted_in_each_source_and_across(house: House) -> None:
    for number in range(4):
        await house.put(f"a{number}", emails=["a@example.com"])
    await house.put("b")
    await house.put("a", source="web", emails=["a@example.com"])

    told = await report(house)
    till = source(told, "till")

    assert (till["records"], till["customers"], till["duplicates_rate"]) == (5, 2, 0.6)
    assert till["customers_by_records"] == [
        {"records": 1, "customers": 1},
        {"records": 4, "customers": 1},
    ]
    assert source(told, "web")["duplicates_rate"] == 0
    assert (told["whole"]["customers"], told["whole"]["duplicates_rate"]) == (2, 0.6667)
    assert (till["joined_by_identifier"], till["joined_by_likeness"]) == (3, 0)
    assert told["whole"]["joined_by_identifier"] == 4
    assert [one["source"] for one in told["sources"]] == ["till", "web"]


async def test_customers_of_many_records_are_counted_together(house: House) -> None:
    for number in range(8):
        await house.put(str(number), cards=["CARD-0001234"])

    told = await report(house)

    assert told["whole"]["customers_by_records"] == [{"records": 6, "customers": 1}]


async def test_pairs_that_wait_for_a_person_are_counted(house: House) -> None:
    await doubt(house)

    told = await report(house)

    assert told["whole"]["candidates_open"] == 1


async def test_months_are_those_of_observation(house: House) -> None:
    now = datetime.now(UTC)
    await house.put("1")
    await house.put("2", observed_at="1999-12-31T23:59:59-05:00")

    told = await report(house)

    assert told["whole"]["months"] == [{"month": f"{now:%Y-%m}", "records": 1}]
    assert told["whole"]["records_before"] == 1


async def test_of_many_sources_the_largest_stand_one_by_one(house: House) -> None:
    lines = [
        {"source": f"till-{number:03}", "external_id": "1", "channel": "shop", "country": "FR"}
        for number in range(104)
    ]
    lines += [{**lines[99], "external_id": "2"}]
    await house.http.post("/v1/source-records/batch", json=lines)

    told = await report(house)

    assert len(told["sources"]) == 100
    assert told["sources"][0]["source"] == "till-099"
    assert (told["sources_left_out"], told["records_left_out"]) == (4, 4)
    assert told["whole"]["records"] == 105


async def test_the_report_holds_no_personal_data(house: House) -> None:
    await house.put(
        "kunde-4711",
        given_name="Zebulon",
        emails=["zebulon@example.com", "zebulon at example"],
        phones=["0612345678", "zebulon"],
        extra={"my_number": "zebulon", "zebulons_shoe": "38"},
        birth_date="zebulon",
        addresses=[{"lines": ["zebulon"], "country": "zebulon"}],
    )

    written = json.dumps(await report(house)).lower()

    assert "zebulon" not in written
    assert "4711" not in written
    assert "612345678" not in written


async def test_there_is_none_before_the_worker_made_one(house: House) -> None:
    answer = await house.http.get(PATH)

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("data-quality-not-known")


async def test_a_report_is_made_when_asked_for_or_old_and_not_otherwise(house: House) -> None:
    first = await make_data_quality(house.database, kept=DAY)
    unasked = await make_data_quality(house.database, kept=DAY)
    old = await make_data_quality(house.database, kept=timedelta(0))
    asked = (await house.http.post(PATH)).json()
    again = await make_data_quality(house.database, kept=DAY)

    assert unasked is None
    assert first is not None
    assert old is not None
    assert again is not None
    assert datetime.fromisoformat(asked["asked_at"]) <= again.made_at
    assert datetime.fromisoformat(asked["made_at"]) == old.made_at


async def test_only_one_worker_makes_it(house: House) -> None:
    await house.http.post(PATH)

    made = await asyncio.gather(*(make_data_quality(house.database, kept=DAY) for _ in range(5)))

    assert sum(one is not None for one in made) == 1


async def test_the_worker_makes_what_is_asked_for_until_it_stops(house: House) -> None:
    await house.put("1")
    stop = asyncio.Event()
    working = asyncio.create_task(keep_making_data_quality(house.database, DAY, stop))
    await asyncio.sleep(0.5)
    stop.set()
    await working

    assert (await house.http.get(PATH)).json()["whole"]["records"] == 1
