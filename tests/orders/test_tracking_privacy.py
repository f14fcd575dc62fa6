"""What a tracking token opens keeps to itself, and an erasure revokes the token."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from chassis.database import Database
from orders.api import followers as module
from orders.api import tracking_page
from tests.identity_story import Story, shown
from tests.orders.conftest import Body, Place, Rows
from tests.orders.test_following import next_state, open_stream
from tests.orders.test_tracking import EVENTS, parcels_of, record
from tests.orders.test_tracking_page import BROWSER
from tests.orders.test_unmerging import follow

UNKNOWN = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
async def parcel(client: httpx.AsyncClient, place: Place) -> Body:
    [parcel] = await parcels_of(client, await place(customer_id=shown(0)))
    await record(client, parcel, EVENTS[0])
    return parcel


async def test_every_answer_to_a_token_keeps_to_itself(
    client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIFE_SECONDS", 0.0)
    token = parcel["tracking_token"]
    answers = {
        (path, accept): await client.get(f"/v1/tracking/{path}", headers={"Accept": accept})
        for path in (token, f"{token}/events", UNKNOWN, f"{UNKNOWN}/events")
        for accept in (BROWSER, "application/json")
    }

    for name, answer in answers.items():
        headers = answer.headers
        assert headers["Cache-Control"] == "no-store", name
        assert headers["Referrer-Policy"] == "no-referrer", name
        assert headers["X-Robots-Tag"] == "noindex, nofollow", name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; "), name
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], name
        assert "Accept" in headers["Vary"], name
    assert [answer.status_code for answer in answers.values()] == [200] * 4 + [404] * 4


async def test_too_many_followers_are_refused_as_privately(
    client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 0)
    answer = await client.get(f"/v1/tracking/{parcel['tracking_token']}/events")
    assert (answer.status_code, answer.json()["part"]) == (503, "orders")
    assert (answer.headers["Cache-Control"], answer.headers["Retry-After"]) == ("no-store", "30")


async def test_an_erasure_revokes_the_token_and_ends_what_follows_it(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body, database: Database
) -> None:
    story, token = Story(), parcel["tracking_token"]
    story.come()
    pieces = await open_stream(app, token)
    assert (await next_state(pieces))["status"] == "picked_up"

    await follow(database, story.erase(0))

    async with asyncio.timeout(5):
        assert [piece async for piece in pieces] == []
    for accept in (BROWSER, "application/json"):
        for path in (token, f"{token}/events"):
            gone = await client.get(f"/v1/tracking/{path}", headers={"Accept": accept})
            assert (gone.status_code, "8V0" in gone.text) == (404, False)


async def test_what_an_erasure_left_in_the_tokens_place_opens_nothing(
    client: httpx.AsyncClient, parcel: Body, database: Database, rows: Rows
) -> None:
    story = Story()
    story.come()
    await follow(database, story.erase(0))
    [read] = (await client.get(f"/v1/orders/{parcel['order_id']}")).json()["parcels"]

    for accept in (BROWSER, "application/json"):
        url = f"/v1/tracking/{read['tracking_token']}"
        gone = await client.get(url, headers={"Accept": accept})
        assert gone.status_code == 404


def test_the_pages_own_script_and_style_are_named_by_their_hashes() -> None:
    policy = tracking_page.HEADERS["Content-Security-Policy"]
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
