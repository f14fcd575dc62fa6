"""The gateway holds clients of a region to what the customer service lets them read."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from chassis.global_ids import new_global_id, show_global_id
from chassis.principal import PrincipalVerifier
from chassis.purview import Purview
from tests.gateway.conftest import House, OpenHouse
from tests.gateway.part import Request, answering
from tests.gateway.test_customer_view import furnish

ID = "7K3M-92QX-F4TF"
EU_ONLY = {kind: {"only": ["EU"]} for kind in ("complaints", "indicators", "purchases")}
READS = [
    ("orders", f"/v1/customers/{ID}/purchases", "purchases"),
    ("orders", f"/v1/customers/{ID}/pieces?limit=5", "purchases"),
    ("orders", f"/v1/orders?limit=5&customer_id={ID}", "purchases"),
    ("complaints", f"/v1/complaints?customer_id={ID}", "complaints"),
    ("segmentation", f"/v1/customers/{ID}/indicators", "indicators"),
]
REFUSAL = b'{"type":"urn:carnet:problem:transfer-not-allowed","status":403}'


@pytest.fixture
def verifier(principal_keys: tuple[str, str]) -> PrincipalVerifier:
    return PrincipalVerifier(principal_keys[1])


def purview_of(verifier: PrincipalVerifier, request: Request) -> Purview:
    token = request.header("carnet-principal")
    assert token is not None
    return verifier.verify(token).purview


async def bind(house: House, verifier: PrincipalVerifier) -> None:
    """Have the customer service bind the till to Europe, and wait until it counts."""
    house.customer.purviews = answering(body=orjson.dumps({"clients": {"till": EU_ONLY}}))
    await until_purview_is(house, verifier, Purview.of_document(EU_ONLY))


async def until_purview_is(house: House, verifier: PrincipalVerifier, wanted: Purview) -> None:
    async with asyncio.timeout(10):
        while True:
            await house.client.get("/v1/parcels/pcl_1")
            request = house.orders.requests.pop()
            house.orders.requests.clear()
            if purview_of(verifier, request) == wanted:
                return
            await asyncio.sleep(0.05)


async def test_every_request_of_a_bound_client_carries_its_purview(
    house: House, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    key = await house.new_key("orders:read", name="unbound")

    await house.client.get("/v1/parcels/pcl_1", headers={"X-API-Key": key})

    assert purview_of(verifier, house.orders.only_request).is_whole


async def test_a_client_is_given_back_to_the_whole_house(
    house: House, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    house.customer.purviews = answering(body=b'{"clients":{}}')

    await until_purview_is(house, verifier, Purview())


@pytest.mark.parametrize(("part", "path", "kind"), READS)
async def test_facts_of_a_customer_are_read_once_the_customer_is_open(
    house: House, verifier: PrincipalVerifier, part: str, path: str, kind: str
) -> None:
    await bind(house, verifier)
    house.customer.homes = answering(body=b'{"home_regions":["EU","JP"]}')

    answer = await house.client.get(path)

    assert answer.status_code == 200
    assert [one.target for one in house.customer.asked_of_readers] == [f"/v1/purviews/{ID}/{kind}"]
    purview = purview_of(verifier, getattr(house, part).only_request)
    assert "JP" in purview.of(kind)
    others = {"purchases", "complaints", "indicators"} - {kind}
    assert not any("JP" in purview.of(other) for other in others)


@pytest.mark.parametrize(("part", "path", "kind"), READS)
async def test_a_closed_customers_facts_are_not_asked_for(
    house: House, verifier: PrincipalVerifier, part: str, path: str, kind: str
) -> None:
    await bind(house, verifier)
    house.customer.homes = answering(403, REFUSAL, content_type="application/problem+json")

    answer = await house.client.get(path)

    assert kind
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:carnet:problem:transfer-not-allowed"
    assert getattr(house, part).requests == []


@pytest.mark.parametrize(("part", "path", "kind"), READS)
async def test_while_the_customer_service_is_silent_nothing_is_told(
    house: House, verifier: PrincipalVerifier, part: str, path: str, kind: str
) -> None:
    await bind(house, verifier)
    await house.customer.stop()

    answer = await house.client.get(path)

    assert kind
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:carnet:problem:part-down"
    assert getattr(house, part).requests == []


async def test_two_customers_named_at_once_are_both_asked_about(
    house: House, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    other = show_global_id(new_global_id())

    await house.client.get(f"/v1/complaints?customer_id={ID}&customer%5fid={other}")

    assert len(house.customer.asked_of_readers) == 2


async def test_an_unbound_client_is_not_asked_about(house: House) -> None:
    for _, path, _ in READS:
        assert (await house.client.get(path)).status_code == 200

    assert house.customer.asked_of_readers == []


async def test_the_view_leaves_out_what_is_closed_whatever_its_part_says(
    house: House, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    furnish(house)
    house.customer.homes = answering(403, REFUSAL)

    answer = await house.client.get(f"/v1/customers/{ID}/360")

    assert missing(answer.json()) == {
        "purchases": "withheld",
        "complaints": "withheld",
        "indicators": "withheld",
    }
    assert house.orders.requests == house.segmentation.requests == []


async def test_the_view_tells_no_bound_client_anything_while_customer_is_down(
    house: House, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    furnish(house)
    await house.customer.stop()

    answer = await house.client.get(f"/v1/customers/{ID}/360")

    assert set(missing(answer.json()).values()) == {"down"}
    assert len(missing(answer.json())) == 6


async def test_a_gateway_that_starts_while_customer_is_down_still_holds_to_it(
    house: House, open_house: OpenHouse, verifier: PrincipalVerifier
) -> None:
    await bind(house, verifier)
    await house.customer.stop()

    again = await open_house(database_url=house.database.engine.url.render_as_string(False))
    key = {"X-API-Key": house.key}
    answer = await again.client.get(f"/v1/customers/{ID}/purchases", headers=key)

    assert answer.status_code == 503
    assert house.orders.requests == []


@pytest.mark.parametrize("rubbish", [b"{}", b"[1]", b'{"clients":{"till":7}}', b"<html>"])
async def test_rubbish_changes_nothing(
    house: House, verifier: PrincipalVerifier, rubbish: bytes
) -> None:
    await bind(house, verifier)
    house.customer.purviews = answering(body=rubbish)
    await asyncio.sleep(1.5)

    await until_purview_is(house, verifier, Purview.of_document(EU_ONLY))


def missing(view: dict[str, Any]) -> dict[str, str]:
    return {one["field"]: one["reason"] for one in view["missing"]}
