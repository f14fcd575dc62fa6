"""Of a customer of a closed region not even the id is told, wherever it would stand."""

from typing import Any

import pytest

from tests.customer.conftest import House
from tests.customer.regions import closed, get, in_europe, merged, paris, post, slug
from tests.customer.test_steward_queue import ask, queue

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


async def doubt_across(house: House) -> tuple[str, str]:
    """Raise a doubt between a customer of Europe, who is older, and one of Japan."""
    phone = ["+33612345678"]
    anna = await told_in(house, "EU", phones=phone, given_name="Anna")
    yuki = await told_in(house, "JP", phones=phone, given_name="Yuki")
    await ask(house)
    return anna, yuki


async def retired_from_japan(house: House) -> tuple[str, str]:
    """Give a customer of Europe, and the id of Japan that was retired into it."""
    anna, yuki = await told_in(house, "EU"), await told_in(house, "JP")
    assert await merged(house, anna, yuki) == anna
    return anna, yuki


async def test_a_retired_id_that_was_closed_is_not_told_at_the_other_end(
    house: House, paris: dict[str, str]
) -> None:
    emma = await told_in(house, "EU", external_id="EU-2")
    anna, yuki = await told_in(house, "EU"), await told_in(house, "JP")
    relationship = await related(house, emma, "prescriber-of", yuki)
    assert await merged(house, anna, yuki) == anna
    await closing_japan(house)

    read = await get(house, paris, f"relationships/{relationship}")
    whole = await house.http.get(f"/v1/relationships/{relationship}")

    assert whole.json()["to"]["told_customer_id"] == yuki
    assert read.json()["to"] == whole.json()["to"] | {"told_customer_id": None}


async def test_who_changes_a_relationship_is_not_told_its_closed_end(
    house: House, paris: dict[str, str]
) -> None:
    yuki, anna = await told_in(house, "JP"), await told_in(house, "EU")
    relationship = await related(house, anna, "prescriber-of", yuki)
    await closing_japan(house)
    record = {"source": "till", "external_id": "JP"}
    ends: dict[str, Any] = {"from": {"customer_id": anna}, "to": {"source_record": record}}

    made = await post(house, paris, "relationships", type="parent-of", source="crm", **ends)
    put = await house.http.put(
        f"/v1/relationships/{relationship}",
        json={"since": "2026-01-01"},
        headers=paris | {"If-Match": '"1"'},
    )

    assert [made.status_code, put.status_code] == [201, 200], made.text + put.text
    assert yuki not in made.text + put.text


async def test_how_tells_no_ruling_on_a_retired_id_that_is_closed(
    house: House, paris: dict[str, str]
) -> None:
    anna, yuki = await doubt_across(house)
    [pair] = await queue(house)
    path = f"match-candidates/{pair['match_candidate_id']}"
    rejected = await house.http.post(f"/v1/{path}/reject", json={"reason": "two people"})
    assert rejected.status_code == 200, rejected.text
    assert await merged(house, anna, yuki) == anna
    whole = await house.http.get(f"/v1/customers/{anna}/how")
    await closing_japan(house)

    how = await get(house, paris, f"customers/{anna}/how")

    assert {"kept-apart", "merged"} <= {one["what"] for one in whole.json()["moments"]}
    assert {one["what"] for one in how.json()["moments"]} == {"record-came"}
    assert yuki not in how.text


async def test_a_decided_pair_is_not_shown_where_one_of_its_ids_is_closed(
    house: House, paris: dict[str, str]
) -> None:
    _, yuki = await doubt_across(house)
    [pair] = await queue(house)
    path = f"match-candidates/{pair['match_candidate_id']}"
    accepted = await house.http.post(f"/v1/{path}/accept", json={"reason": "one person"})
    assert accepted.status_code == 200, accepted.text
    await closing_japan(house)

    listed = await get(house, paris, "match-candidates?status=accepted")
    refused = [
        await get(house, paris, path),
        await post(house, paris, f"{path}/undo", reason="?"),
    ]

    assert yuki in (await house.http.get("/v1/match-candidates?status=accepted")).text
    assert listed.json()["items"] == []
    assert [slug(one) for one in refused] == ["transfer-not-allowed"] * 2
    assert yuki not in "".join(one.text for one in refused)


async def test_an_alias_is_told_only_where_both_its_ids_are_open(
    house: House, paris: dict[str, str]
) -> None:
    _, yuki = await retired_from_japan(house)
    await closing_japan(house)

    aliases = await get(house, paris, "aliases")

    assert yuki in (await house.http.get("/v1/aliases")).text
    assert aliases.json()["items"] == []


async def test_an_unmerge_tells_no_older_id_that_is_closed(
    house: House, paris: dict[str, str]
) -> None:
    oldest = await told_in(house, "EU", external_id="EU-0")
    anna, yuki = await retired_from_japan(house)
    assert await merged(house, oldest, anna) == oldest
    await closing_japan(house)

    unmerged = await post(
        house, paris, f"customers/{oldest}/unmerge", retired_id=anna, reason="two people"
    )

    assert unmerged.status_code == 200, unmerged.text
    assert unmerged.json()["retired_ids"] == []
    assert yuki not in unmerged.text
