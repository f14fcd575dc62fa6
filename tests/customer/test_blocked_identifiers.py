"""Values that a steward knows to identify nobody."""

import pytest

from tests.customer.conftest import House

SHOP = "+33 1 42 68 53 00"


async def _block(house: House, **fields: str) -> dict[str, str]:
    body = {"kind": "phone", "value": SHOP, "reason": "The shop's own phone.", **fields}
    answer = await house.http.post(
        "/v1/blocked-identifiers", json=body, headers={"X-Actor": "steward-7"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_blocked_phone_joins_nobody_and_is_flagged(house: House) -> None:
    await _block(house)
    first = await house.put("1", phones=[SHOP], given_name="Anna")

    second = await house.put("2", phones=[SHOP], given_name="Anna")

    assert second["customer_id"] != first["customer_id"]
    assert [flag["field"] for flag in second["flags"]] == ["phones.0"]
    assert len(await house.search(phone=SHOP)) == 2


async def test_an_unblocked_phone_identifies_again(house: House) -> None:
    blocked = await _block(house)
    first = await house.put("1", phones=[SHOP], given_name="Anna")

    answer = await house.http.delete(f"/v1/blocked-identifiers/{blocked['id']}")
    second = await house.put("2", phones=[SHOP], given_name="Anna")

    assert answer.status_code == 204
    assert second["customer_id"] == first["customer_id"]


async def test_blocking_again_changes_nothing(house: House) -> None:
    first = await _block(house)

    again = await _block(house, reason="Again.")

    assert again == first
    assert (first["value"], first["blocked_by"]) == ("+33142685300", "steward-7")


async def test_blocked_values_are_listed_page_by_page(house: House) -> None:
    blocked = [await _block(house, value=f"+3314268530{digit}") for digit in range(3)]

    page = (await house.http.get("/v1/blocked-identifiers?limit=2")).json()
    rest = await house.http.get(f"/v1/blocked-identifiers?limit=2&cursor={page['next_cursor']}")

    assert page["items"] + rest.json()["items"] == blocked
    assert rest.json()["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "phone", "value": "12", "country": "FR", "reason": "x"}, "phone"),
        ({"kind": "fax", "value": SHOP, "reason": "x"}, "kind"),
        ({"kind": "phone", "value": SHOP}, "reason"),
    ],
)
async def test_what_cannot_be_blocked_is_refused(
    house: House, body: dict[str, str], field: str
) -> None:
    answer = await house.http.post("/v1/blocked-identifiers", json=body)

    assert answer.status_code == 422
    assert field in {problem["field"] for problem in answer.json()["errors"]}


async def test_what_is_not_blocked_cannot_be_unblocked(house: House) -> None:
    answer = await house.http.delete("/v1/blocked-identifiers/blk_01jzq3v5c8e7m9r2t4w6y8a0bg")

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("identifier-not-blocked")


async def test_the_models_are_listed_with_the_thresholds_in_force(house: House) -> None:
    answer = await house.http.get("/v1/identity-models")

    assert answer.status_code == 200
    models = answer.json()
    assert models["fitted"] == []
    assert models["thresholds"]["review"] < models["thresholds"]["link"]
