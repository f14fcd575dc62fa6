"""A customer's pieces: what they have by now, page by page, by whichever sale or transfer."""

from typing import Any

import httpx
import pytest

from chassis.database import Database
from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from tests.identity_story import Story, shown
from tests.orders.conftest import Body, Place, a_return
from tests.orders.test_unmerging import follow

ANNA, BEN = (show_global_id(new_global_id()) for _ in range(2))


async def sell(place: Place, serial: str, *, day: int = 1, **more: Any) -> Body:
    line = {"sku": f"SKU-{serial}", "quantity": 1, "unit_price_minor": 100}
    line |= {"serial_number": serial, "description": f"Bag {serial}", "category": "bags"}
    return await place(
        **{
            "external_ref": f"W-{serial}",
            "placed_at": f"2026-03-{day:02}T10:00:00Z",
            "lines": [{"sku": "CARE", "quantity": 1, "unit_price_minor": 5}, line],
            "shipping_minor": 0,
            "customer_id": ANNA,
        }
        | more
    )


async def hand_on(
    client: httpx.AsyncClient, serial: str, giver: str, receiver: str | None, *, day: int
) -> str:
    body = {"from_customer_id": giver, "to_customer_id": receiver}
    body["transferred_at"] = f"2026-03-{day:02}T12:00:00Z"
    answer = await client.post(f"/v1/serial-numbers/{serial}/transfers", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["transfer_id"]


async def take_back(client: httpx.AsyncClient, order: Body, sku: str) -> None:
    lines = [{"sku": sku, "quantity": 1, "refund_minor": 5}]
    changes = {"external_ref": f"R-{sku}", "lines": lines, "refund_minor": 5}
    told = a_return(order_id=order["order_id"], **changes)
    assert (await client.post("/v1/returns", json=told)).status_code == 201


async def page(client: httpx.AsyncClient, customer_id: str, **query: Any) -> Body:
    headers = query.pop("headers", None)
    url = f"/v1/customers/{customer_id}/pieces"
    answer = await client.get(url, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def serials(client: httpx.AsyncClient, customer_id: str, **query: Any) -> list[str]:
    return [one["serial_number"] for one in (await page(client, customer_id, **query))["items"]]


async def test_a_customer_has_what_was_bought_and_what_was_handed_on_to_them(
    client: httpx.AsyncClient, place: Place
) -> None:
    await client.put("/v1/warranty-terms/bags", json={"since_on": "2020-01-01", "months": 24})
    kept = await sell(place, "kept", day=1, channel="shop", store="paris")
    given = await sell(place, "given", day=2, channel="shop")
    transfer_id = await hand_on(client, "given", ANNA, BEN, day=5)

    [of_anna] = (await page(client, ANNA, on="2026-04-01"))["items"]
    [of_ben] = (await page(client, BEN))["items"]

    warranty = of_anna.pop("warranty")
    assert of_anna == {
        "serial_number": "kept",
        "sku": "SKU-kept",
        "description": "Bag kept",
        "category": "bags",
        "since": "2026-03-01T10:00:00Z",
        "transfer_id": None,
        "order_id": kept["order_id"],
        "line_no": 2,
        "store": "paris",
        "country": "FR",
        "placed_at": "2026-03-01T10:00:00Z",
        "piece": "delivered",
        "is_doubtful": False,
    }
    assert (warranty["state"], warranty["until_on"]) == ("in-force", "2028-03-01")
    assert (of_ben["order_id"], of_ben["transfer_id"]) == (given["order_id"], transfer_id)
    assert of_ben["since"] == "2026-03-05T12:00:00Z"


async def test_what_left_came_back_or_was_never_sent_is_not_theirs(
    client: httpx.AsyncClient, place: Place
) -> None:
    await sell(place, "left", channel="shop")
    await hand_on(client, "left", ANNA, None, day=5)
    await take_back(client, await sell(place, "back", channel="shop"), "SKU-back")
    cancelled = await sell(place, "cancelled")
    path = f"/v1/orders/{cancelled['order_id']}/cancel"
    assert (await client.post(path, json={"reason": "late"})).status_code == 200
    called_off = await sell(place, "called-off")
    amendment = {"reason": "late", "cancel_lines": [{"line_no": 2, "quantity": 1}]}
    path = f"/v1/orders/{called_off['order_id']}/amendments"
    assert (await client.post(path, json=amendment)).status_code == 201
    await take_back(client, await sell(place, "other-line", channel="shop"), "CARE")

    assert await serials(client, ANNA) == ["other-line"]


async def test_a_piece_that_came_home_again_is_listed_once(
    client: httpx.AsyncClient, place: Place
) -> None:
    await sell(place, "1", channel="shop")
    await hand_on(client, "1", ANNA, BEN, day=2)
    await hand_on(client, "1", BEN, ANNA, day=3)

    assert await serials(client, ANNA) == ["1"]
    assert await serials(client, BEN) == []


async def test_pieces_are_listed_page_by_page_those_had_last_first(
    client: httpx.AsyncClient, place: Place
) -> None:
    for number in range(5):
        await sell(place, f"S{number}", day=1 + number // 2, channel="shop")
    await hand_on(client, "S0", ANNA, BEN, day=8)
    await hand_on(client, "S0", BEN, ANNA, day=9)
    whole = await serials(client, ANNA)

    read: list[str] = []
    query: Body = {"limit": 2}
    while query.get("cursor", "") is not None:
        found = await page(client, ANNA, **query)
        read += [one["serial_number"] for one in found["items"]]
        query["cursor"] = found["next_cursor"]

    assert read == whole
    assert (whole[0], set(whole[2:4])) == ("S0", {"S3", "S2"})


async def test_a_serial_number_that_was_sold_twice_is_told_as_doubtful(
    client: httpx.AsyncClient, place: Place
) -> None:
    await sell(place, "1", day=1)
    again = await sell(place, "1", day=2, external_ref="again", customer_id=BEN, channel="shop")
    doubtful = [(await page(client, one))["items"][0]["is_doubtful"] for one in (ANNA, BEN)]
    await take_back(client, again, "SKU-1")

    [settled] = (await page(client, ANNA))["items"]

    assert (doubtful, settled["is_doubtful"]) == ([True, True], False)


async def test_pieces_of_closed_regions_are_not_told_and_make_nothing_doubtful(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    await sell(place, "JP", home_region="JP")
    await sell(place, "EU", home_region="EU")
    await sell(place, "EU", home_region="JP", external_ref="twin", customer_id=BEN)
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:read"}), purview)
    headers = {HEADER: PrincipalSigner(principal_keys[0]).sign(paris)}

    [seen] = (await page(client, ANNA, headers=headers))["items"]

    assert (seen["serial_number"], seen["is_doubtful"]) == ("EU", False)
    assert set(await serials(client, ANNA)) == {"JP", "EU"}
    assert await serials(client, BEN, headers=headers) == []


async def test_pieces_follow_merges_unmerges_and_erasures(
    client: httpx.AsyncClient, place: Place, database: Database
) -> None:
    story = Story()
    one, other = story.come(), story.come()
    await sell(place, "mine", day=1, customer_id=shown(one), channel="shop")
    await sell(place, "theirs", day=2, customer_id=shown(other), channel="shop")
    await follow(database, story.merge(other, one))
    merged = [await serials(client, shown(each)) for each in (one, other)]
    await follow(database, story.unmerge(other))
    apart = [await serials(client, shown(each)) for each in (one, other)]
    await hand_on(client, "mine", shown(one), shown(other), day=9)
    await follow(database, story.erase(one))

    gone = await client.get(f"/v1/customers/{shown(one)}/pieces")

    assert merged == [["theirs", "mine"]] * 2
    assert apart == [["mine"], ["theirs"]]
    assert (gone.status_code, gone.json()["type"][-15:]) == (410, "customer-erased")
    assert await serials(client, shown(other)) == ["mine", "theirs"]


@pytest.mark.parametrize("cursor", ["x", "WyIyMDI2LTAzLTAxVDEwOjAwOjAwWiIsIngiLDFd"])
async def test_a_cursor_that_was_not_given_out_is_refused(
    client: httpx.AsyncClient, cursor: str
) -> None:
    answer = await client.get(f"/v1/customers/{ANNA}/pieces", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["type"][-14:]) == (422, "invalid-cursor")
