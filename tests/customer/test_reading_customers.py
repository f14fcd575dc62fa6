"""Reading and searching customers over HTTP."""

import pytest

from chassis.global_ids import new_global_id
from tests.customer.conftest import House


async def test_the_golden_record_says_who_told_what(house: House) -> None:
    old = await house.put(
        "1",
        source="till",
        given_name="Aiko",
        family_name="Sato",
        emails=["aiko@example.com"],
        observed_at="2020-01-01T00:00:00Z",
    )
    await house.put(
        "2",
        source="webshop",
        family_name="Tanaka",
        emails=["aiko@example.com", "aiko.tanaka@example.com"],
        addresses=[{"lines": ["1 rue  X"], "city": "Paris", "country": "FR"}],
        cards=["vip-1"],
        birth_date="1984-02-29",
        gender="F",
    )

    customer = await house.customer(old["customer_id"])

    assert customer["display_name"] == "Aiko Tanaka"
    assert customer["emails"] == ["aiko@example.com", "aiko.tanaka@example.com"]
    assert customer["addresses"][0]["lines"] == ["1 rue X"]
    assert (customer["birth_date"], customer["gender"]) == ("1984-02-29", "female")
    assert customer["told_by"]["given_name"][0]["source"] == "till"
    assert customer["told_by"]["family_name"][0]["source"] == "webshop"
    assert len(customer["told_by"]["emails"]) == 2
    assert (customer["anonymous"], customer["version"]) == (False, 2)


@pytest.mark.parametrize("form", ["{0}", "{0} ", "{1}", "{2}"])
async def test_an_id_is_read_as_people_type_it(house: House, form: str) -> None:
    shown = (await house.put("1"))["customer_id"]
    typed = form.format(shown, shown.replace("-", "").lower(), shown.replace("0", "O"))

    assert (await house.customer(typed))["customer_id"] == shown


async def test_an_id_that_was_never_given_is_unknown(house: House) -> None:
    answer = await house.http.get(f"/v1/customers/{new_global_id()}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:carnet:problem:customer-unknown"


async def test_source_records_are_listed_page_by_page(house: House) -> None:
    for number in range(5):
        await house.put(str(number), cards=["CARD-1"], observed_at=f"2026-01-0{number + 1}T00:00Z")
    [known] = await house.search(card="CARD-1")
    path = f"/v1/customers/{known['customer_id']}/source-records"
    seen: list[str] = []
    cursor = None

    while cursor is not None or not seen:
        params = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = (await house.http.get(path, params=params)).json()
        seen += [record["external_id"] for record in page["items"]]
        cursor = page["next_cursor"]

    assert seen == ["4", "3", "2", "1", "0"]


async def test_customers_are_found_by_each_identifier(house: House) -> None:
    known = await house.put(
        "1", country="JP", emails=["a.b@gmail.com"], phones=["090-1234-5678"], cards=["VIP 42"]
    )
    criteria = [
        {"email": "AB@googlemail.com"},
        {"phone": "+819012345678"},
        {"phone": "09012345678", "country": "JP"},
        {"card": "vip42"},
        {"customer_id": known["customer_id"].lower()},
    ]

    for criterion in criteria:
        found = await house.search(**criterion)
        assert [one["customer_id"] for one in found] == [known["customer_id"]], criterion


async def test_a_search_for_nobody_is_an_empty_list(house: House) -> None:
    assert await house.search(email="nobody@example.com") == []
    assert await house.search(name="nobody") == []
    assert await house.search(customer_id=new_global_id()) == []


async def test_a_retired_id_finds_its_survivor(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", cards=["CARD-1"])
    await house.put("3", emails=["a@example.com"], cards=["CARD-1"])

    [found] = await house.search(customer_id=younger["customer_id"])

    assert found["customer_id"] == older["customer_id"]
    assert found["retired_id"] == younger["customer_id"]
    assert len(await house.search(card="card-1")) == 1


@pytest.mark.parametrize(
    "typed", ["TANAKA", "aiko t", "田中", "愛子", "たなか", "ﾀﾅｶ ｱｲ", "tanáka"]
)
async def test_a_name_is_found_in_any_script(house: House, typed: str) -> None:
    known = await house.put(
        "1",
        given_name="愛子",
        family_name="田中",
        given_name_kana="アイコ",
        family_name_kana="タナカ",
        full_name="Aiko Tanaka",
    )
    await house.put("2", given_name="Anna", family_name="Rossi")

    found = await house.search(name=typed)

    assert [one["customer_id"] for one in found] == [known["customer_id"]]


async def test_a_name_list_is_paged_and_names_each_customer_once(house: House) -> None:
    for number in range(5):
        await house.put(
            f"a{number}", given_name="Anna", family_name=f"Rossi{number}", cards=[f"CARD-{number}"]
        )
        await house.put(
            f"b{number}", given_name="Anna", family_name=f"Rossi{number}", cards=[f"CARD-{number}"]
        )
    seen: list[str] = []
    cursor = None

    while cursor is not None or not seen:
        body = {"name": "anna", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await house.http.post("/v1/customers/search", json=body)).json()
        assert len(page["items"]) <= 2
        seen += [one["family_name"] for one in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [f"Rossi{number}" for number in range(5)]


async def test_a_shared_phone_lists_everybody_who_has_it_page_by_page(house: House) -> None:
    names = ["Anna", "Paul", "Kenji", "Olga", "Xavier"]
    for name in names:
        await house.put(name, given_name=name, phones=["+33612345678"])
    first = (
        await house.http.post("/v1/customers/search", json={"phone": "+33612345678", "limit": 3})
    ).json()
    second = await house.search(phone="+33612345678", limit=3, cursor=first["next_cursor"])

    assert sorted(one["given_name"] for one in (*first["items"], *second)) == sorted(names)
