"""A source's own id is a field of the reading policy wherever it is answered."""

from typing import Any
from uuid import uuid4

import pytest

from chassis.paging import decode_cursor, encode_cursor
from customer.events import SOURCE_RECORD
from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, lay_down, merged, paris, recognised

__all__ = ["paris"]

MAP = "source-records/id-map"


async def told(house: House) -> str:
    """Have Japan tell twice of a person and Europe once; the till in Paris sees names of Japan."""
    japan: dict[str, Any] = {"home_region": "JP", "given_name": "Aiko", "emails": ["a@example.com"]}
    first = (await house.put("jp-no-4711", **japan))["customer_id"]
    await house.put("jp-no-4712", **japan)
    europe = (await house.put("eu-no-1", home_region="EU", family_name="Sato"))["customer_id"]
    await in_europe(house)
    await closed(house)
    return await merged(house, first, europe)


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({}, {"…", "eu-no-1"}),
        ({"external_id": "masked"}, {"…11", "…12", "eu-no-1"}),
        ({"external_id": "shown"}, {"jp-no-4711", "jp-no-4712", "eu-no-1"}),
    ],
    ids=["hidden", "masked", "shown"],
)
async def test_a_sources_own_id_is_answered_as_the_policy_lets_it(
    house: House, paris: dict[str, str], fields: dict[str, str], seen: set[str]
) -> None:
    path = f"customers/{await told(house)}"
    await recognised(house, given_name="shown", **fields)

    records = await get(house, paris, f"{path}/source-records")
    record = await get(house, paris, "source-records/till/jp-no-4711")
    customer = await get(house, paris, f"{path}?alternatives=true")
    story = await get(house, paris, f"{path}/how")
    text = await get(house, paris, f"{path}/how?format=text")

    assert {one["external_id"] for one in records.json()["items"]} == seen
    came = [one for one in story.json()["moments"] if one["what"] == "record-came"]
    assert {(one["source"], one["external_id"]) for one in came} == {("till", one) for one in seen}
    assert record.json()["external_id"] in seen
    assert customer.json()["told_by"]["given_name"][0]["external_id"] in seen
    is_shown = "jp-no-4711" in seen
    for answer in (records, record, customer, story, text):
        assert answer.status_code == 200, answer.text
        assert ("jp-no-471" in answer.text) == is_shown


@pytest.mark.parametrize("access", ["masked", "hidden"])
async def test_a_role_of_the_region_itself_reads_no_source_id_that_is_kept_from_it(
    house: House, paris: dict[str, str], access: str
) -> None:
    customer_id = (await house.put("eu-no-1", home_region="EU"))["customer_id"]
    await in_europe(house)
    await lay_down(house, "field-policies/till/EU/lawful", {"fields": {"external_id": access}})

    for path in ("source-records", "how"):
        answer = await get(house, paris, f"customers/{customer_id}/{path}")
        assert (answer.status_code, "eu-no" in answer.text) == (200, False)


async def test_the_id_map_leaves_out_source_ids_that_are_not_shown(
    house: House, paris: dict[str, str]
) -> None:
    await told(house)
    await recognised(house, given_name="shown", external_id="masked")
    found: list[str] = []
    cursor = ""
    page: dict[str, Any] = {}
    for _ in range(3):
        page = (await get(house, paris, f"{MAP}?limit=1{cursor}")).json()
        found += [one["external_id"] for one in page["items"]]
        if page["next_cursor"] is not None:
            assert "jp-no" not in str(decode_cursor(page["next_cursor"], parts=2))
        cursor = f"&cursor={page['next_cursor']}"

    assert found == ["eu-no-1"]
    assert page["next_cursor"] is None


@pytest.mark.parametrize("record", ["till", SOURCE_RECORD.show(uuid4())], ids=["none", "gone"])
async def test_a_cursor_that_names_no_record_is_refused(house: House, record: str) -> None:
    answer = await house.http.get(f"/v1/{MAP}", params={"cursor": encode_cursor(record, "")})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
