"""People who live together are not joined by what they share, and one person's slips are."""

from typing import Any

import pytest

from tests.customer.conftest import House

HOME: dict[str, Any] = {
    "addresses": [{"lines": ["14 rue des Lilas"], "city": "Nantes", "postcode": "44000"}]
}
MAIL: dict[str, Any] = {"emails": ["famille@example.com"]}
PHONE: dict[str, Any] = {"phones": ["+33612345678"]}
CARD: dict[str, Any] = {"cards": ["CARD-4711"]}
ACCOUNT: dict[str, Any] = {"accounts": ["webshop:4711"]}
BORN: dict[str, Any] = {"birth_date": "1994-03-17"}
ANNA, PETER = ("Anna", "Meier"), ("Peter", "Meier")
LENA, LINA = ("Lena", "Meier"), ("Lina", "Meier")


def _told(name: tuple[str | None, str | None], shared: dict[str, Any]) -> dict[str, Any]:
    return {"given_name": name[0], "family_name": name[1], **shared}


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (ANNA, PETER, MAIL),
        (ANNA, PETER, MAIL | PHONE),
        (ANNA, PETER, MAIL | PHONE | HOME),
        (ANNA, PETER, MAIL | PHONE | HOME | BORN),
        (ANNA, ("Peter", None), MAIL),
        (("Anna", None), ("Peter", None), MAIL | PHONE),
        (LENA, LINA, MAIL),
        (LENA, LINA, PHONE),
        (LENA, LINA, HOME | BORN),
        (LENA, LINA, MAIL | PHONE | HOME | BORN),
        (("Jan", "Meier"), ("Jana", "Meier"), MAIL | BORN),
        (("Jan", "Meier"), ("Jana", "Meier"), HOME | BORN | PHONE),
        (("Julian", "Meier"), ("Juliana", "Meier"), HOME | BORN),
        (("Maria", "Meier"), ("Mario", "Meier"), HOME | BORN | MAIL),
        (("結衣", "佐藤"), ("結菜", "佐藤"), MAIL | PHONE),
    ],
)
async def test_who_lives_together_is_two_and_a_person_decides(
    house: House, one: tuple[str, str], other: tuple[str, str], shared: dict[str, Any]
) -> None:
    first = await house.put("1", **_told(one, shared))

    second = await house.put("2", source="web", **_told(other, shared))

    assert second["customer_id"] != first["customer_id"]
    kinds = [kind for kind, *_ in await house.events()]
    assert kinds.count("match.review-requested.v1") == 1


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("Claire", "Meier"), ("Clarie", "Meier"), MAIL),
        (("Claire", "Meier"), ("Clarie", "Meier"), HOME | BORN),
        (("Katarzyna", "Meier"), ("Katarzyma", "Meier"), MAIL | PHONE),
        (("Thomas", "Meier"), ("Thmas", "Meier"), PHONE),
        (("Bob", "Meier"), ("Robert", "Meier"), MAIL),
        (("Robert", "Meier"), ("Bob", "Meier"), PHONE),
        (("A.", "Meier"), ANNA, MAIL),
        (ANNA, ("Meier", "Anna"), MAIL),
        (ANNA, (None, "Meier"), MAIL),
        (ANNA, ("Meier", None), MAIL),
        (ANNA, (None, None), MAIL),
        (ANNA, ("Anna", "Rossi"), MAIL),
        (("Yuki", "Tanaka"), ("由紀", "田中"), MAIL),
        (("Sara", "Meier"), ("Sarah", "Meier"), PHONE | HOME),
        (LENA, LINA, CARD),
        (LENA, LINA, ACCOUNT),
        (("Peter", "Meier"), ("Pater", "Meier"), CARD | BORN),
        (ANNA, PETER, CARD),
    ],
)
async def test_one_person_told_in_two_ways_is_one(
    house: House, one: tuple[str, str], other: tuple[str, str], shared: dict[str, Any]
) -> None:
    first = await house.put("1", **_told(one, shared))

    second = await house.put("2", source="web", **_told(other, shared))

    assert second["customer_id"] == first["customer_id"]


async def test_an_initial_does_not_make_a_couple_one(house: House) -> None:
    first = await house.put("1", **_told(ANNA, MAIL))
    await house.put("2", **_told(("A.", "Meier"), MAIL))

    husband = await house.put("3", **_told(("Alfred", "Meier"), MAIL))

    assert husband["customer_id"] != first["customer_id"]


@pytest.mark.parametrize("shared", [MAIL, MAIL | PHONE, HOME | BORN])
async def test_readings_that_differ_keep_apart_who_is_written_alike(
    house: House, shared: dict[str, Any]
) -> None:
    written = {"given_name": "裕子", "family_name": "大谷", "family_name_kana": "オオタニ"}
    first = await house.put("1", **written, given_name_kana="ユウコ", **shared)
    await house.put("2", **written, **MAIL)

    second = await house.put("3", **written, given_name_kana="ヒロコ", **shared)
    same = await house.put("4", **written, given_name_kana="ゆうこ", **shared)

    assert second["customer_id"] != first["customer_id"]
    assert same["customer_id"] == first["customer_id"]


async def test_why_twins_are_two_is_told(house: House) -> None:
    ids = [
        (await house.put(str(n), **_told(name, HOME | BORN)))["customer_id"]
        for n, name in enumerate((LENA, LINA))
    ]

    answer = await house.http.post(
        "/v1/explanations/why",
        json={"left": {"customer_id": ids[0]}, "right": {"customer_id": ids[1]}},
    )

    told = answer.json()
    assert "may-be-twins" in told["reasons"], told
    assert told["contradictions"] == ["given-name"]
