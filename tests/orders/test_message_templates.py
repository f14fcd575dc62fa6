"""Templates of messages: tried before they are used, kept in versions, shut in."""

from typing import Any

import httpx
import pytest

from orders.domain.messages import LANGUAGES, MessageKind
from tests.orders.conftest import Place
from tests.orders.test_changing import ship, slug

URL = "/v1/message-templates/confirmed/en"
GOOD = {"subject": "Order {{ order.reference }}", "text": "Hi", "html": "<p>Hi</p>"}


async def test_every_message_has_a_template_in_every_language(client: httpx.AsyncClient) -> None:
    items = (await client.get("/v1/message-templates")).json()["items"]
    assert {(one["kind"], one["language"]) for one in items} == {
        (kind.value, language) for kind in MessageKind for language in LANGUAGES
    }
    assert {one["version"] for one in items} == {0}
    for one in items:
        url = f"/v1/message-templates/{one['kind']}/{one['language']}/previews"
        tried = await client.post(url, json={})
        assert tried.status_code == 200, tried.text
        assert "W-1001" in tried.json()["subject"] + tried.json()["text"]


async def test_an_edited_template_is_a_new_version_and_the_old_ones_stay(
    client: httpx.AsyncClient,
) -> None:
    first = await client.put(URL, json=GOOD)
    second = await client.put(URL, json=GOOD | {"text": "Hello"})
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    kept = (await client.get(f"{URL}/versions")).json()["items"]
    assert [(one["version"], one["text"]) for one in kept][:2] == [(2, "Hello"), (1, "Hi")]
    assert kept[2]["version"] == 0
    tried = (await client.post(f"{URL}/previews", json={})).json()
    assert (tried["subject"], tried["text"]) == ("Order W-1001", "Hello")


async def test_a_brand_has_words_of_its_own(client: httpx.AsyncClient, place: Place) -> None:
    await client.put(URL, json=GOOD)
    await client.put(URL, json=GOOD | {"text": "Bijoux"}, params={"brand": "bijoux"})
    of_all = (await client.post(f"{URL}/previews", json={})).json()
    of_brand = (await client.post(f"{URL}/previews", json={}, params={"brand": "bijoux"})).json()
    assert (of_all["text"], of_brand["text"]) == ("Hi", "Bijoux")


async def test_a_preview_shows_a_real_order_and_keeps_nothing(
    client: httpx.AsyncClient, place: Place
) -> None:
    order = await place(contact={"name": "Anna"}, currency="JPY")
    await ship(client, order)
    url = "/v1/message-templates/shipped/ja/previews"
    body = {"order_id": order["order_id"], "subject": "{{ parcels[0].tracking_number }}"}
    tried = (await client.post(url, json=body)).json()
    assert (tried["subject"], tried["language"]) == ("8V1", "ja")
    assert "Anna 様" in tried["text"]
    kept = (await client.get("/v1/message-templates/shipped/ja/versions")).json()["items"]
    assert [one["version"] for one in kept] == [0]


@pytest.mark.parametrize(
    ("part", "source", "word"),
    [
        ("text", "{{ order.nothing }}", "nothing"),
        ("text", "Hi\n{% if %}", "line 2"),
        ("html", "{{ ''.__class__.__mro__ }}", "__mro__"),
        ("text", "{{ order.lines.append(1) }}", "append()"),
        ("text", "{{ 'x' * 100000000 }}", "*"),
        ("text", "{{ 2 ** 100000000 }}", "**"),
        ("text", "{{ '%1000000000d' % 1 }}", "%"),
        ("text", "{{ 'x' | center(100000000) }}", "center"),
        ("text", "{% for x in range(10) %}{% endfor %}", "range"),
        ("text", "{% include '/etc/passwd' %}", "/etc/passwd"),
        ("subject", "{{ '' }}", "empty"),
        (
            "text",
            "{% for a in order.lines %}" * 3 + "{% endfor %}" * 3,
            "loops",
        ),
        ("text", "{% set x = order.lines %}{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ""),
    ],
)
async def test_a_template_that_cannot_be_filled_is_refused_with_its_part(
    client: httpx.AsyncClient, part: str, source: str, word: str
) -> None:
    refused = await client.put(URL, json=GOOD | {part: source})
    assert (refused.status_code, slug(refused)) == (422, "template-invalid"), refused.text
    [problem] = refused.json()["errors"]
    assert problem["field"] == part
    assert word in problem["problem"]


@pytest.mark.parametrize("url", [URL.replace("confirmed", "praised"), URL.replace("/en", "/e")])
async def test_what_is_no_kind_or_language_is_refused(client: httpx.AsyncClient, url: str) -> None:
    refused: Any = await client.put(url, json=GOOD)
    assert refused.status_code == 422


async def test_a_language_nobody_wrote_in_has_no_versions(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/v1/message-templates/confirmed/de/versions")
    assert (unknown.status_code, slug(unknown)) == (404, "template-unknown")
    assert (await client.put(URL.replace("/en", "/de"), json=GOOD)).status_code == 201
    known = await client.get("/v1/message-templates/confirmed/de/versions")
    assert [one["version"] for one in known.json()["items"]] == [1]
