"""Of a customer of a closed region not even the id is told, wherever it would stand."""

from typing import Any

import pytest

from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, merged, paris

__all__ = ["paris"]


async def told_in(house: House, region: str, external_id: str | None = None, **fields: Any) -> str:
    put = await house.put(external_id or region, home_region=region, **fields)
    return put["customer_id"]


async def related(house: House, one: str, type_: str, other: str) -> str:
    body = {"type": type_, "from": {"customer_id": one}, "to": {"customer_id": other}}
    answer = await house.http.post("/v1/relationships", json={**body, "source": "crm"})
    assert answer.status_code == 201, answer.text
    return answer.json()["relationship_id"]


async def closing_japan(house: House) -> None:
    await in_europe(house)
    await closed(house)


async def test_the_closed_end_of_a_relationship_is_left_blank(
    house: House, paris: dict[str, str]
) -> None:
    yuki, anna = await told_in(house, "JP"), await told_in(house, "EU")
    relationship = await related(house, anna, "prescriber-of", yuki)
    paths = [f"customers/{anna}/relationships", f"relationships/{relationship}"]
    before = [(await get(house, paris, path)).text for path in paths]
    await closing_japan(house)

    after = [await get(house, paris, path) for path in paths]

    assert all(yuki in text for text in before)
    assert [one.status_code for one in after] == [200, 200]
    assert not any(yuki in one.text for one in after)
    [listed] = after[0].json()["items"]
    assert listed == after[1].json()
    assert listed["relationship_id"] == relationship
    assert set(listed["to"].values()) == {None}


async def test_a_closed_referrer_is_somebody_unknown(house: House, paris: dict[str, str]) -> None:
    yuki = await told_in(house, "JP")
    anna = await told_in(house, "EU", referred_by="till/JP")
    midori = await told_in(house, "JP", external_id="JP-2")
    await related(house, yuki, "referrer-of", anna)
    await related(house, anna, "referrer-of", midori)
    before = (await get(house, paris, f"customers/{anna}/referrals")).json()
    await closing_japan(house)

    after = (await get(house, paris, f"customers/{anna}/referrals")).json()

    assert [one["customer_id"] for one in before["referred_by"]] == [yuki, yuki]
    [by_record] = [one for one in before["referred_by"] if one["source_record_id"]]
    [referred] = before["referred"]
    assert after["referred_by"] == [by_record | {"customer_id": None}]
    assert after["referred"] == [referred | {"customer_id": None}]


@pytest.mark.parametrize("is_undone", [False, True])
async def test_how_tells_no_merge_with_a_customer_who_is_closed(
    house: House,
    paris: dict[str, str],
    is_undone: bool,  # noqa: FBT001 - a table
) -> None:
    yuki, anna = await told_in(house, "JP"), await told_in(house, "EU")
    survivor = await merged(house, anna, yuki)
    retired = yuki if survivor == anna else anna
    if is_undone:
        body = {"retired_id": retired, "reason": "two people"}
        answer = await house.http.post(f"/v1/customers/{survivor}/unmerge", json=body)
        assert answer.status_code == 200, answer.text
    before = await get(house, paris, f"customers/{anna}/how")
    await closing_japan(house)

    after = await get(house, paris, f"customers/{anna}/how")

    told = [one["what"] for one in after.json()["moments"]]
    assert yuki in before.text
    assert "merged" in {one["what"] for one in before.json()["moments"]}
    assert told[0] == "record-came"
    if is_undone:
        assert told == ["record-came"]
        assert yuki not in after.text
    else:
        assert ("merged" in told) is (retired == anna)


async def test_who_sees_everything_is_told_all_of_it(house: House, paris: dict[str, str]) -> None:
    yuki, anna = await told_in(house, "JP"), await told_in(house, "EU")
    await related(house, anna, "prescriber-of", yuki)
    await closing_japan(house)

    [listed] = (await house.http.get(f"/v1/customers/{anna}/relationships")).json()["items"]

    assert paris
    assert listed["to"]["customer_id"] == yuki
