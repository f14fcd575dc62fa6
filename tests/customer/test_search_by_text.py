"""Search as one types: one box for names, numbers, addresses and ids."""

from typing import Any

import pytest

from tests.customer.conftest import House

AIKO: dict[str, Any] = {
    "country": "JP",
    "given_name": "愛子",
    "family_name": "田中",
    "given_name_kana": "アイコ",
    "family_name_kana": "タナカ",
    "phones": ["090-1234-4578"],
    "emails": ["k.ai.84@gmail.com"],
    "cards": ["VIP 42"],
    "addresses": [{"lines": ["1-2-3"], "city": "渋谷区", "country": "JP"}],
}
MARIE: dict[str, Any] = {
    "given_name": "Marie-Louise",
    "family_name": "Lefèvre",
    "phones": ["06 12 34 56 78"],
    "emails": ["marie@example.fr"],
    "addresses": [{"lines": ["1 rue X"], "city": "Aix-en-Provence", "country": "FR"}],
}


async def ids(house: House, text: str, **criteria: Any) -> list[str]:
    return [one["customer_id"] for one in await house.search(text=text, **criteria)]


@pytest.fixture
async def aiko(house: House) -> str:
    """Give a customer told in Japanese, beside one told in French."""
    known = await house.put("W-1001", **AIKO)
    await house.put("W-2002", **MARIE)
    return known["customer_id"]


@pytest.mark.parametrize(
    ("typed", "matched"),
    [
        ("tan", ["name"]),
        ("TANAKA aiko", ["name"]),
        ("aiko tana", ["name"]),
        ("田", ["name"]),
        ("愛子 田中", ["name"]),
        ("たなか", ["name"]),
        ("ﾀﾅｶ ｱｲ", ["name"]),
        ("4578", ["phone-tail"]),
        ("12344578", ["phone"]),
        ("090 1234 4578", ["phone"]),
        ("+81 90 12", ["phone"]),
        ("0081 90-1234", ["phone"]),
        ("k.ai.84@g", ["email"]),
        ("KAI84@gmail.com", ["email"]),
        ("k.ai.", ["email"]),
        ("vip4", ["card"]),
        ("vip 42", ["card"]),
        ("w-10", ["external-id"]),
        ("田中 渋", ["city", "name"]),
        ("tanaka 4578", ["name", "phone-tail"]),
        ("tanaka 78", ["name", "phone-tail"]),
        ("4578 田中", ["name", "phone-tail"]),
        ("tanaka k.ai.84@", ["email", "name"]),
    ],
)
async def test_a_customer_is_found_by(
    house: House, aiko: str, typed: str, matched: list[str]
) -> None:
    [found] = await house.search(text=typed)

    assert (found["customer_id"], found["matched"]) == (aiko, matched)


@pytest.mark.parametrize(
    "typed",
    ["tanaka 4579", "tanaka marie", "tanaka 79", "zzz", "m", "578", "", "  ", "@", "+", "%"],
)
async def test_what_does_not_fit_finds_nobody(house: House, aiko: str, typed: str) -> None:
    assert await house.search(text=typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "lef",
        "louise lef",
        "lefevre marie",
        "marie ai",
        "marie aix",
        "provence lefe",
        "lefevre aix-en-provence",
    ],
)
async def test_words_of_a_name_and_a_city_narrow_in_any_order(house: House, typed: str) -> None:
    await house.put("2", given_name="Marie", family_name="Martin")
    known = await house.put("1", **MARIE)

    assert await ids(house, typed) == [known["customer_id"]]


async def test_an_id_is_found_from_its_beginning_also_when_it_was_retired(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", cards=["CARD-1"])
    await house.put("3", emails=["a@example.com"], cards=["CARD-1"])

    [found] = await house.search(text=younger["customer_id"].lower())

    assert found["customer_id"] == older["customer_id"]
    assert "customer-id" in found["matched"]


async def test_terms_may_be_told_by_different_records_of_a_customer(house: House) -> None:
    known = await house.put("1", given_name="Marie", emails=["m@example.fr"])
    await house.put(
        "2", emails=["m@example.fr"], phones=["+33612344578"], family_name="Dupont", given_name="M"
    )
    await house.put("3", given_name="Paul", family_name="Dupond", phones=["+33712344578"])

    assert await ids(house, "marie 4578") == [known["customer_id"]]
    assert await ids(house, "marie dupont") == [known["customer_id"]]


async def test_whole_words_come_before_beginnings_and_those_before_last_digits(
    house: House,
) -> None:
    tail = await house.put("1", phones=["+33612341984"])
    begun = await house.put("2", given_name="Z", family_name="Martinez", cards=["1984-A"])
    whole = await house.put("3", given_name="Julie", family_name="Martin")
    earlier = await house.put("4", given_name="Zoe", family_name="Martin")
    await house.put("3", given_name="Julie", family_name="Martin", language="fr")

    by_name = await ids(house, "martin")
    assert by_name == [whole["customer_id"], earlier["customer_id"], begun["customer_id"]]
    assert await ids(house, "1984") == [begun["customer_id"], tail["customer_id"]]


@pytest.mark.parametrize(
    "typed", ["tanakq", "tamaka", "atnaka", "tnaka", "tanakka", "tannaka aiko"]
)
async def test_a_slip_is_forgiven_when_nothing_else_fits(
    house: House, aiko: str, typed: str
) -> None:
    [found] = await house.search(text=typed)

    assert (found["customer_id"], "similar-name" in found["matched"]) == (aiko, True)


async def test_a_slip_is_forgiven_beside_a_number(house: House, aiko: str) -> None:
    assert await ids(house, "tamaka 4578") == [aiko]


async def test_a_number_is_read_from_its_beginning_where_it_is_dialled(house: House) -> None:
    known = await house.put("1", **MARIE)

    assert await ids(house, "0612 3", country="FR") == [known["customer_id"]]
    assert await ids(house, "0612 3") == []


async def test_a_customer_found_by_several_keys_comes_once_and_a_list_is_bounded(
    house: House,
) -> None:
    for number in range(12):
        await house.put(
            f"a{number}", given_name="Anna", family_name="Anna", cards=[f"ANNA{number}"]
        )
        await house.put(
            f"b{number}", given_name="Anna", family_name="Anna", cards=[f"ANNA{number}"]
        )

    found = await ids(house, "anna", limit=10)

    assert len(set(found)) == len(found) == 10


async def test_what_a_record_tells_no_longer_finds_nobody(house: House) -> None:
    known = await house.put("1", given_name="Marie", family_name="Dupont", cards=["CARD-1"])
    await house.put("1", given_name="Marie", family_name="Martin", cards=["CARD-1"])

    assert await ids(house, "dupont") == []
    assert await ids(house, "martin") == [known["customer_id"]]


async def test_only_one_criterion_is_taken(house: House) -> None:
    answer = await house.http.post("/v1/customers/search", json={"text": "a", "name": "b"})

    assert answer.status_code == 422
