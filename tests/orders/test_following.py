"""Whoever follows a parcel sees each new state soon, and one query looks for all of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect

from chassis.database import Database
from orders.api import followers as module
from orders.api.followers import Followers, LiveResponse, TooManyFollowers, stream
from orders.domain.live import Live
from orders.use_cases.read_parcels import follow_parcel, states_of_parcels
from tests.orders.conftest import Body, Place
from tests.orders.test_tracking import EVENTS, parcels_of, record

NOW = datetime.now(UTC)


@pytest.fixture
async def parcel(client: httpx.AsyncClient, place: Place) -> Body:
    [parcel] = await parcels_of(client, await place())
    return parcel


def shown(live: Live) -> Body:
    return {"status": live.parcel.status}


async def open_stream(app: FastAPI, token: str, seen: str | None = None) -> AsyncGenerator[bytes]:
    live = await follow_parcel(app.state.database, token, now=datetime.now(UTC))
    pieces = followed_from(app, token, live, seen)
    assert await anext(pieces) == b"retry: 3000\n\n"
    return pieces


async def followed_from(
    app: FastAPI, token: str, live: Live, seen: str | None
) -> AsyncGenerator[bytes]:
    followers: Followers = app.state.followers
    with followers.following(token) as followed:
        pieces = stream(followed, live, seen=seen, show=shown)
        async for piece in pieces:
            yield piece


async def next_state(pieces: AsyncIterator[bytes]) -> Body:
    async with asyncio.timeout(2):
        piece = await anext(pieces)
    fields = dict(line.split(b": ", 1) for line in piece.strip().split(b"\n"))
    assert fields[b"event"] == b"state"
    return orjson.loads(fields[b"data"]) | {"id": fields[b"id"].decode()}


async def test_a_new_state_is_seen_within_two_seconds(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body
) -> None:
    pieces = await open_stream(app, parcel["tracking_token"])
    assert (await next_state(pieces))["status"] == "pre_transit"
    await record(client, parcel, EVENTS[3])
    assert (await next_state(pieces))["status"] == "delivered"
    await record(client, parcel, EVENTS[0])  # changes its history, and nothing else
    assert (await next_state(pieces))["status"] == "delivered"
    await pieces.aclose()


async def test_who_comes_back_is_told_only_what_is_new(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body
) -> None:
    first = await open_stream(app, parcel["tracking_token"])
    seen = (await next_state(first))["id"]
    await first.aclose()
    again = await open_stream(app, parcel["tracking_token"], seen)
    await record(client, parcel, EVENTS[1])
    assert (await next_state(again))["status"] == "in_transit"
    await again.aclose()


async def test_a_stream_ends_by_itself_and_is_not_silent_before(
    app: FastAPI, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIFE_SECONDS", 0.3)
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.1)
    pieces = await open_stream(app, parcel["tracking_token"])
    rest = [piece async for piece in pieces]
    assert rest[1:]
    assert set(rest[1:]) == {b": nothing new\n\n"}


async def test_many_followers_of_many_parcels_are_one_query(
    app: FastAPI, client: httpx.AsyncClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def counted(database: Database, tokens: list[str]) -> dict[str, str]:
        asked.append(len(tokens))
        return await states_of_parcels(database, tokens)

    monkeypatch.setattr(module, "states_of_parcels", counted)
    parcels = [
        (await parcels_of(client, await place(external_ref=str(number))))[0] for number in range(3)
    ]
    opened = [
        await open_stream(app, parcel["tracking_token"]) for parcel in parcels for _ in range(5)
    ]
    await asyncio.sleep(1.2)
    assert asked[-1] == 3
    assert len(asked) <= 2
    for pieces in opened:
        await pieces.aclose()
    assert app.state.followers._followed == {}


async def test_one_too_many_is_told_to_come_back(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OF_ONE", 1)
    pieces = await open_stream(app, parcel["tracking_token"])
    with pytest.raises(TooManyFollowers), app.state.followers.following(parcel["tracking_token"]):
        pass
    answer = await client.get(f"/v1/tracking/{parcel['tracking_token']}/events")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    await pieces.aclose()


async def test_streams_opened_together_are_never_more_than_there_is_room_for(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIFE_SECONDS", 1.0)
    url = f"/v1/tracking/{parcel['tracking_token']}/events"
    answers = await asyncio.gather(*(client.get(url) for _ in range(200)))
    assert Counter(answer.status_code for answer in answers) == {200: 50, 503: 150}
    assert app.state.followers._followed == {}
    assert (await client.get(url)).status_code == 200


async def test_whoever_follows_a_parcel_that_is_not_there_takes_no_place(
    app: FastAPI, client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    monkeypatch.setattr(module, "LIFE_SECONDS", 0.0)
    for _ in range(3):
        unknown = await client.get("/v1/tracking/abcdefghijklmnopqrstuvwxyz/events")
        assert unknown.status_code == 404
    answer = await client.get(f"/v1/tracking/{parcel['tracking_token']}/events")
    assert answer.status_code == 200


async def test_who_leaves_before_the_first_piece_gives_the_place_back(
    app: FastAPI, parcel: Body
) -> None:
    async def gone(*_: object) -> Any:
        raise ConnectionResetError

    with ExitStack() as stack:
        followed = stack.enter_context(app.state.followers.following(parcel["tracking_token"]))
        live = await follow_parcel(app.state.database, parcel["tracking_token"], now=NOW)
        pieces = stream(followed, live, seen=None, show=shown)
        answer = LiveResponse(pieces, stack.pop_all())
    assert app.state.followers._followed != {}
    with pytest.raises((ConnectionResetError, ExceptionGroup, ClientDisconnect)):
        await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, gone, gone)
    assert app.state.followers._followed == {}


async def test_over_http_it_is_an_event_stream_in_the_language_of_the_page(
    client: httpx.AsyncClient, parcel: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIFE_SECONDS", 0.0)
    url = f"/v1/tracking/{parcel['tracking_token']}/events?lang=ja"
    answer = await client.get(url)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = orjson.loads(answer.text.partition("data: ")[2])
    assert "発送準備中" in told["html"]
    assert told["parcel"]["status"] == "pre_transit"
    unknown = await client.get("/v1/tracking/abcdefghijklmnopqrstuvwxyz/events")
    assert unknown.status_code == 404
