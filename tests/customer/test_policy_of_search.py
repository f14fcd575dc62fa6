"""A search finds by what the reader may see: it confirms no value that is kept from it."""

from typing import Any

import pytest

from chassis.paging import decode_cursor
from tests.customer.conftest import House
from tests.customer.regions import closed, in_europe, lay_down, merged, paris, recognised

__all__ = ["paris"]

AIKO: dict[str, Any] = {
    "home_region": "JP",
    "country": "JP",
    "given_name": "Aiko",
    "family_name": "Takahashi",
    "emails": ["aiko@tokyo.example"],
    "phones": ["+81312345678"],
    "cards": ["VIP-4711"],
    "addresses": [{"lines": ["1-2-3"], "city": "Kamakura", "country": "JP"}],
}
PARTS = [
    {"text": "5678"},
    {"text": "12345678"},
    {"text": "+8131234"},
    {"text": "aiko@tok"},
    {"text": "VIP-47"},
    {"text": "takaha"},
    {"text": "aiko takahashi"},
    {"text": "takahoshi"},
    {"text": "kamakura"},
    {"text": "aiko 5678"},
    {"text": "crm-99"},
    {"name": "takahashi"},
    {"name": "aiko takah"},
]
WHOLES = [
    {"text": "+81312345678"},
    {"text": "0312345678", "country": "JP"},
    {"text": "aiko@tokyo.example"},
    {"text": "vip-4711"},
    {"text": "crm-99x"},
    {"phone": "+81 3 1234 5678"},
    {"email": "AIKO@tokyo.example"},
    {"card": "VIP-4711"},
]


async def found(house: House, headers: dict[str, str], criteria: dict[str, str]) -> list[str]:
    answer = await house.http.post("/v1/customers/search", json=criteria, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    return [one["customer_id"] for one in answer.json()["items"]]


@pytest.fixture
async def aiko(house: House) -> str:
    """Give a customer of Japan, which is closed to the till in Paris."""
    customer_id = (await house.put("crm-99x", **AIKO))["customer_id"]
    await in_europe(house)
    await closed(house)
    return customer_id


@pytest.mark.parametrize("criteria", PARTS, ids=str)
async def test_no_part_of_a_hidden_value_finds_anybody(
    house: House, paris: dict[str, str], aiko: str, criteria: dict[str, str]
) -> None:
    await recognised(house, given_name="shown", emails="masked")

    assert await found(house, {}, criteria) == [aiko]
    assert await found(house, paris, criteria) == []


@pytest.mark.parametrize("criteria", WHOLES, ids=str)
async def test_a_whole_identifier_recognises_where_the_customer_is_recognised_at_all(
    house: House, paris: dict[str, str], aiko: str, criteria: dict[str, str]
) -> None:
    nothing = await found(house, paris, criteria)
    await recognised(house, given_name="shown")

    assert (nothing, await found(house, paris, criteria)) == ([], [aiko])


async def test_what_is_shown_finds_by_any_part_of_it(
    house: House, paris: dict[str, str], aiko: str
) -> None:
    await recognised(house, given_name="shown", phones="shown", external_id="shown")

    for criteria in ({"text": "aik"}, {"name": "aiko"}, {"text": "5678"}, {"text": "crm-9"}):
        assert await found(house, paris, criteria) == [aiko]
    assert await found(house, paris, {"text": "aik 5678"}) == [aiko]


async def test_a_search_says_by_what_of_the_seen_it_found(
    house: House, paris: dict[str, str], aiko: str
) -> None:
    await recognised(house, given_name="shown", family_name="shown")
    body = {"text": "takahashi"}

    answer = await house.http.post("/v1/customers/search", json=body, headers=paris)

    [hit] = answer.json()["items"]
    assert (hit["customer_id"], hit["matched"]) == (aiko, ["name"])
    assert hit["display_name"] == "Aiko Takahashi"


@pytest.mark.parametrize("criteria", [*PARTS, *WHOLES], ids=str)
async def test_a_closed_record_finds_nobody_under_whomever_it_stands(
    house: House, paris: dict[str, str], aiko: str, criteria: dict[str, str]
) -> None:
    ours = (await house.put("ours", home_region="EU", given_name="Ai"))["customer_id"]
    both = await merged(house, ours, aiko)

    assert await found(house, paris, {"name": "ai"}) == [both]
    assert await found(house, paris, criteria) == []


@pytest.mark.parametrize(
    ("criteria", "finds"),
    [({"text": "5678"}, False), ({"phone": "+81312345678"}, True), ({"text": "takah"}, True)],
    ids=str,
)
async def test_a_role_finds_by_fewer_fields_also_at_home(
    house: House,
    paris: dict[str, str],
    criteria: dict[str, str],
    finds: bool,  # noqa: FBT001
) -> None:
    customer_id = (await house.put("1", **AIKO | {"home_region": "EU"}))["customer_id"]
    await in_europe(house, "trainee")
    await lay_down(house, "field-policies/trainee/EU/lawful", {"fields": {"phones": "masked"}})

    assert await found(house, paris, criteria) == ([customer_id] if finds else [])


async def test_a_page_of_names_is_filled_by_who_is_seen_and_its_end_names_nobody(
    house: House, paris: dict[str, str]
) -> None:
    for number in range(12):
        await house.put(f"jp-{number}", home_region="JP", full_name=f"Anna {chr(97 + number)}x")
    ours = [
        (await house.put(f"eu-{number}", home_region="EU", full_name=f"Anna z{number}"))[
            "customer_id"
        ]
        for number in range(3)
    ]
    await in_europe(house)
    await closed(house)
    body: dict[str, Any] = {"name": "anna", "limit": 2}

    first = (await house.http.post("/v1/customers/search", json=body, headers=paris)).json()
    body["cursor"] = first["next_cursor"]
    second = (await house.http.post("/v1/customers/search", json=body, headers=paris)).json()

    shown = [one["customer_id"] for page in (first, second) for one in page["items"]]
    assert (shown, second["next_cursor"]) == (ours, None)
    assert "anna" not in str(decode_cursor(first["next_cursor"], parts=2))
