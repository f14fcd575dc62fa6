"""Declared attributes: told with source, date and purpose, and the latest one in force."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from customer.domain.attribute_values import next_on
from customer.domain.standard_attributes import STANDARD
from tests.customer.conftest import House

AT = "2026-03-01T10:00:00Z"
LATER = "2026-04-01T10:00:00Z"
JSON = {"Content-Type": "application/json"}


async def declare(house: House, customer_id: str, name: str, value: Any, **more: Any) -> Any:
    answer = await send(house, customer_id, name, value, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def send(
    house: House, customer_id: str, name: str, value: Any, **more: Any
) -> httpx.Response:
    body = {"value": value, "source": "crm", "purpose": "advice", **more}
    return await house.http.put(f"/v1/customers/{customer_id}/attributes/{name}", json=body)


async def attributes(house: House, customer_id: str) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/attributes")
    assert answer.status_code == 200, answer.text
    return {item["name"]: item for item in answer.json()["items"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("occupation-class", "professional"),
        ("income-band", "50-to-100"),
        ("lifestyle", ["art", "travel"]),
        ("needs", ["gift"]),
        ("barriers", ["sizes"]),
        ("motivations", ["craft", "heritage"]),
        ("shoe-size", {"system": "EU", "amount": 38.5}),
        ("shoe-size", {"system": "JP", "amount": 24, "unit": "cm"}),
        ("clothing-size", {"system": "letters", "amount": "M"}),
        ("ring-size", {"system": "UK", "amount": "N½"}),
        ("wrist", {"system": "metric", "amount": 16.2, "unit": "cm"}),
        ("spouse-birthday", "1980-02-29"),
        ("anniversary", "--06-14"),
        ("children", 2),
        ("tastes", "青い時計が好き"),
    ],
)
async def test_what_is_shipped_can_be_declared_and_is_read_as_told(
    house: House, name: str, value: Any
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    await declare(house, customer_id, name, value, observed_at=AT)

    [item] = (await attributes(house, customer_id)).values()
    assert item["in_force"]["value"] == value
    assert item["in_force"]["purpose"] == "advice"
    assert item["in_force"]["source"] == "crm"
    assert item["in_force"]["observed_at"] == AT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("occupation-class", "astronaut"),
        ("occupation-class", ["professional"]),
        ("income-band", 50),
        ("lifestyle", []),
        ("lifestyle", ["art", "crime"]),
        ("lifestyle", [["art"]]),
        ("lifestyle", "art"),
        ("shoe-size", 38),
        ("shoe-size", {"system": "EU", "amount": 380}),
        ("shoe-size", {"system": "EU", "amount": "38"}),
        ("shoe-size", {"system": "EU", "amount": True}),
        ("shoe-size", {"system": "Mars", "amount": 38}),
        ("shoe-size", {"system": {}, "amount": 38}),
        ("shoe-size", {"system": "JP", "amount": 24, "unit": "mm"}),
        ("shoe-size", {"system": "EU", "amount": 38, "colour": "red"}),
        ("clothing-size", {"system": "letters", "amount": 38}),
        ("spouse-birthday", "1980-02-30"),
        ("spouse-birthday", "--02-30"),
        ("spouse-birthday", "14 June"),
        ("spouse-birthday", 19800614),
        ("children", -1),
        ("children", True),
        ("children", "2"),
        ("tastes", ""),
        ("tastes", "a\u0000b"),
        ("tastes", "x" * 501),
        ("tastes", None),
    ],
)
async def test_a_value_that_its_definition_does_not_allow_is_refused_with_a_mend(
    house: House, name: str, value: Any
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await send(house, customer_id, name, value)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("attribute-value-not-allowed")
    assert answer.json()["errors"][0]["mend"]
    assert await house.count("attribute_values") == 0


async def test_numbers_that_json_has_not_are_refused(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    path = f"/v1/customers/{customer_id}/attributes/children"
    for number in ("NaN", "Infinity", "1e400", "-1e400"):
        body = f'{{"value": {number}, "source": "crm", "purpose": "advice"}}'

        answer = await house.http.put(path, content=body, headers=JSON)

        assert answer.status_code in {400, 422}, number


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"purpose": "profiling"}, "purpose-not-allowed"),
        ({"valid_until": "2026-02-01T00:00:00Z"}, "value-never-in-force"),
        ({"observed_at": "2026-03-01T10:00:00"}, "invalid"),
        ({"observed_at": 1772359200}, "invalid"),
        ({"source": "no good source!"}, "invalid"),
        ({"colour": "red"}, "invalid"),
    ],
)
async def test_what_comes_with_a_value_is_checked(
    house: House, change: dict[str, Any], slug: str
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await send(house, customer_id, "children", 2, **{"observed_at": AT, **change})

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, slug)


async def test_nobody_and_nothing_unknown_is_declared(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    unknown_name = await send(house, customer_id, "shoe-colour", "red")
    unknown_customer = await send(house, "7K3M-92QX-F4TF", "children", 2)
    unknown_record = await send(house, customer_id, "children", 2, external_id="nobody")
    mistyped = await send(house, "7K3M-92QX-F4TA", "children", 2)

    assert [one.status_code for one in (unknown_name, unknown_customer, unknown_record)] == [
        404
    ] * 3
    assert mistyped.status_code == 422


async def test_a_record_of_another_customer_cannot_tell_of_this_one(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await house.put("2", source="crm")

    answer = await send(house, customer_id, "children", 2, external_id="2")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("record-of-another-customer")


async def test_the_value_observed_last_is_in_force_whichever_came_last(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await declare(house, customer_id, "children", 3, observed_at=LATER)

    late = await declare(house, customer_id, "children", 2, observed_at=AT)

    item = (await attributes(house, customer_id))["children"]
    assert (late["outcome"], late["in_force"]) == ("recorded", False)
    assert item["in_force"]["value"] == 3
    assert [value["value"] for value in item["history"]] == [3, 2]


async def test_without_its_history_a_customer_has_what_is_in_force(house: House) -> None:
    customer = (await house.put("1"))["customer_id"]
    await declare(house, customer, "children", 2, observed_at=AT)
    await declare(house, customer, "children", 3, observed_at=LATER)
    await declare(house, customer, "needs", ["gift"], observed_at=AT, valid_until=LATER)

    answer = await house.http.get(
        f"/v1/customers/{customer}/attributes", params={"history": "false"}
    )

    [item] = answer.json()["items"]
    assert (item["name"], item["in_force"]["value"], item["history"]) == ("children", 3, [])


async def test_the_same_again_is_unchanged_and_told_to_nobody(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    first = await declare(house, customer_id, "children", 2, observed_at=AT)
    before = len(await house.events())

    again = await declare(house, customer_id, "children", 2, observed_at=AT)
    without_time = await declare(house, customer_id, "children", 2)

    assert again["declared"] == without_time["declared"] == first["declared"]
    assert again["outcome"] == without_time["outcome"] == "unchanged"
    assert len(await house.events()) == before


async def test_the_same_after_something_else_is_in_force_again(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await declare(house, customer_id, "children", 2, observed_at=AT)
    await declare(house, customer_id, "children", 3, observed_at=LATER)

    again = await declare(house, customer_id, "children", 2)

    assert (again["outcome"], again["in_force"]) == ("recorded", True)


async def test_a_value_past_its_end_gives_way_to_the_one_before(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    observed = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    await declare(house, customer_id, "children", 2, observed_at=AT)
    await declare(house, customer_id, "children", 3, observed_at=observed, valid_until=soon)
    assert (await attributes(house, customer_id))["children"]["in_force"]["value"] == 3

    await asyncio.sleep(2.1)

    assert (await attributes(house, customer_id))["children"]["in_force"]["value"] == 2


async def test_deleting_a_value_brings_back_the_one_before(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await declare(house, customer_id, "children", 2, observed_at=AT)
    told = await declare(house, customer_id, "children", 3, observed_at=LATER)
    path = f"/v1/customers/{customer_id}/attributes/children/values/{told['declared']['value_id']}"

    answers = [await house.http.delete(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert (await attributes(house, customer_id))["children"]["in_force"]["value"] == 2
    kind, _, _, event = (await house.events())[-1]
    assert kind == "customer.attribute-changed.v1"
    assert (event["withdrawn"], event["value"]) == (True, None)


async def test_one_customer_cannot_have_another_ones_value_deleted(house: House) -> None:
    mine = (await house.put("1"))["customer_id"]
    other = (await house.put("2"))["customer_id"]
    value_id = (await declare(house, mine, "children", 2))["declared"]["value_id"]

    answer = await house.http.delete(f"/v1/customers/{other}/attributes/children/values/{value_id}")

    assert answer.status_code == 404
    assert await house.count("attribute_values") == 1


async def test_a_change_is_announced_with_its_value_but_a_text_without(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    await declare(house, customer_id, "income-band", "50-to-100")
    await declare(house, customer_id, "tastes", "secret tastes")

    told = [row for row in await house.events() if row[0] == "customer.attribute-changed.v1"]
    assert [event["value"] for *_, event in told] == ["50-to-100", None]
    assert {key for _, key, *_ in told} == {customer_id}
    assert [sequence for *_, sequence, _ in told] == [2, 3]
    assert "secret" not in str(told)


async def test_a_change_is_announced_with_the_form_that_its_value_has(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    await declare(house, customer_id, "income-band", "50-to-100")
    await declare(house, customer_id, "anniversary", "--06-14")

    band, day = [event for kind, *_, event in await house.events() if "attribute" in kind]
    assert (band["attribute_type"], band["yearly"]) == ("choice", False)
    assert tuple(band["choices"]) == STANDARD["income-band"].choices
    assert (day["attribute_type"], day["choices"], day["yearly"]) == ("date", [], True)


async def test_many_at_once_each_count_the_customer_up_once(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    await asyncio.gather(*(declare(house, customer_id, "children", n) for n in range(12)))
    await asyncio.gather(
        *(declare(house, customer_id, "income-band", "50-to-100", observed_at=AT) for _ in range(8))
    )

    sequences = [sequence for *_, sequence, _ in await house.events()]
    assert sequences == list(range(1, len(sequences) + 1))
    assert await house.count("attribute_values") == 12 + 1


@pytest.mark.parametrize(
    ("value", "today", "comes"),
    [
        ("1980-06-14", "2026-03-01", "2026-06-14"),
        ("--06-14", "2026-06-14", "2026-06-14"),
        ("--06-14", "2026-06-15", "2027-06-14"),
        ("--02-29", "2026-01-01", "2026-02-28"),
        ("--02-29", "2027-12-01", "2028-02-29"),
        ("--01-01", "2026-12-31", "2027-01-01"),
    ],
)
def test_a_yearly_date_comes_again_every_year(value: str, today: str, comes: str) -> None:
    found = next_on(STANDARD["anniversary"], value, date.fromisoformat(today))

    assert found == date.fromisoformat(comes)
