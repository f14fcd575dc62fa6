"""The catalogue: a house's own attributes, and what its definitions may not say or become."""

import asyncio
from typing import Any

import httpx
import pytest

from chassis.principal import HEADER, Principal, PrincipalSigner
from customer.domain.attribute_definitions import check_definition
from customer.domain.attribute_values import read_value
from customer.domain.standard_attributes import STANDARD
from tests.customer.conftest import House

COLOUR = {
    "title": "Favourite colour",
    "type": "choice",
    "purposes": ["advice"],
    "choices": ["red", "blue"],
}
DIET = {
    "title": "Food that harms",
    "type": "choices",
    "purposes": ["service"],
    "choices": ["nuts", "shellfish"],
    "sensitive": True,
    "special_category": "health",
}


async def put(house: House, name: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    path = f"/v1/attribute-definitions/{name}"
    return await house.http.put(path, json=body, headers=headers)


async def declare(
    house: House, customer_id: str, name: str, value: Any, purpose: str = "advice"
) -> httpx.Response:
    return await house.http.put(
        f"/v1/customers/{customer_id}/attributes/{name}",
        json={"value": value, "source": "crm", "purpose": purpose},
    )


async def listed(house: House, customer_id: str, **headers: str) -> list[dict[str, Any]]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/attributes", headers=headers)
    return answer.json()["items"]


def test_what_is_shipped_is_valid() -> None:
    for definition in STANDARD.values():
        check_definition(definition)
        for choice in definition.choices:
            value = [choice] if definition.type == "choices" else choice
            assert read_value(definition, value) == value


async def test_a_house_defines_an_attribute_of_its_own(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    defined = await put(house, "favourite-colour", COLOUR)

    assert (defined.status_code, defined.headers["ETag"]) == (200, '"1"')
    assert (await declare(house, customer_id, "favourite-colour", "red")).status_code == 200
    catalogue = (await house.http.get("/v1/attribute-definitions")).json()["items"]
    names = [definition["name"] for definition in catalogue]
    assert "favourite-colour" in names
    assert names == sorted({*STANDARD, "favourite-colour"})


async def test_a_house_replaces_a_definition_that_is_shipped(house: House) -> None:
    shipped = (await house.http.get("/v1/attribute-definitions/income-band")).json()
    assert shipped["version"] == 0
    body = {**COLOUR, "title": "Income", "choices": ["low", "high"]}

    await put(house, "income-band", body)

    now = (await house.http.get("/v1/attribute-definitions/income-band")).json()
    assert (now["choices"], now["version"]) == (["low", "high"], 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"choices": []}, "choices"),
        ({"choices": ["red", "red"]}, "choices"),
        ({"choices": ["Red!"]}, "choices.0"),
        ({"purposes": []}, "purposes"),
        ({"purposes": ["advice", "advice"]}, "purposes"),
        ({"type": "colour"}, "type"),
        ({"type": "text"}, "choices"),
        ({"type": "measure", "choices": []}, "scales"),
        ({"yearly": True}, "yearly"),
        ({"minimum": 1}, "minimum"),
        ({"type": "number", "choices": [], "minimum": 3, "maximum": 1}, "minimum"),
        ({"type": "number", "choices": [], "minimum": 0, "maximum": 1e16}, "maximum"),
        ({"title": ""}, "title"),
        ({"title": "a\u0000b"}, "title"),
        ({"colour": "red"}, "colour"),
        ({"special_category": "religion"}, "sensitive"),
        ({"title": "Religion of the family"}, "sensitive"),
    ],
)
async def test_a_definition_that_contradicts_itself_is_refused(
    house: House, change: dict[str, Any], field: str
) -> None:
    answer = await put(house, "favourite-colour", {**COLOUR, **change})

    assert answer.status_code == 422
    named = {error["field"] for error in answer.json()["errors"]}
    assert any(name.startswith(field) for name in named)
    assert await house.count("attribute_definitions") == 0


@pytest.mark.parametrize("name", ["Colour", "favourite_colour", "a" * 65, "-", "couleur-préférée"])
async def test_a_name_is_a_slug(house: House, name: str) -> None:
    assert (await put(house, name, COLOUR)).status_code == 422


async def test_a_special_category_by_its_name_must_be_sensitive(house: House) -> None:
    answer = await put(house, "allergies", COLOUR)

    assert answer.json()["type"].endswith("sensitive-data-unmarked")


async def test_sensitive_values_are_seen_only_with_the_scope_for_it_and_never_announced(
    house: House, principal_keys: tuple[str, str]
) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await put(house, "food-that-harms", DIET)
    before = len(await house.events())
    await declare(house, customer_id, "food-that-harms", ["nuts"], purpose="service")
    clerk = Principal("till", frozenset({"customers:read"}))

    seen = await listed(house, customer_id)
    unseen = await listed(
        house, customer_id, **{HEADER: PrincipalSigner(principal_keys[0]).sign(clerk)}
    )

    assert [item["in_force"]["value"] for item in seen] == [["nuts"]]
    assert unseen == []
    assert len(await house.events()) == before


@pytest.mark.parametrize(
    "change", [{"sensitive": False, "special_category": None}, {"type": "text", "choices": []}]
)
async def test_type_and_sensitivity_stay_while_values_are_kept(
    house: House, change: dict[str, Any]
) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await put(house, "food-that-harms", DIET)
    free = await put(house, "food-that-harms", {**DIET, "title": "Another title"})
    await declare(house, customer_id, "food-that-harms", ["nuts"], purpose="service")

    answer = await put(house, "food-that-harms", {**DIET, **change})

    assert free.status_code == 200
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("attribute-in-use")


async def test_a_purpose_taken_out_puts_its_values_out_of_force(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    await put(house, "favourite-colour", {**COLOUR, "purposes": ["advice", "marketing"]})
    await declare(house, customer_id, "favourite-colour", "red", purpose="marketing")

    await put(house, "favourite-colour", COLOUR)

    [item] = await listed(house, customer_id)
    assert item["in_force"] is None
    assert len(item["history"]) == 1


async def test_the_same_definition_again_changes_nothing(house: House) -> None:
    await put(house, "favourite-colour", COLOUR)

    again = await put(house, "favourite-colour", COLOUR)

    assert again.json()["version"] == 1


async def test_a_change_made_from_an_old_version_is_refused(house: House) -> None:
    await put(house, "favourite-colour", COLOUR)
    await put(house, "favourite-colour", {**COLOUR, "title": "Colour"}, **{"If-Match": '"1"'})

    late = await put(house, "favourite-colour", {**COLOUR, "title": "x"}, **{"If-Match": '"1"'})
    bad = await put(house, "favourite-colour", {**COLOUR, "title": "x"}, **{"If-Match": "one"})

    assert (late.status_code, bad.status_code) == (412, 422)


async def test_of_racing_changes_from_one_version_one_wins(house: House) -> None:
    await put(house, "favourite-colour", COLOUR)

    answers = await asyncio.gather(
        *(
            put(house, "favourite-colour", {**COLOUR, "title": f"T{n}"}, **{"If-Match": '"1"'})
            for n in range(8)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_the_catalogue_needs_the_stewards_scope(
    house: House, principal_keys: tuple[str, str]
) -> None:
    clerk = Principal("till", frozenset({"customers:read", "customers:write"}))
    token = PrincipalSigner(principal_keys[0]).sign(clerk)

    answer = await put(house, "favourite-colour", COLOUR, **{HEADER: token})

    assert answer.status_code == 403


async def test_the_catalogue_comes_page_by_page_each_attribute_once(house: House) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 7}
    while not seen or query["cursor"] is not None:
        page = (await house.http.get("/v1/attribute-definitions", params=query)).json()
        assert 0 < len(page["items"]) <= 7
        seen += [item["name"] for item in page["items"]]
        query["cursor"] = page["next_cursor"]

    assert seen == sorted(STANDARD)
