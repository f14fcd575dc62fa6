"""The public page: in three languages, without a script, with nothing that is anybody's own."""

import re

import httpx
import pytest

from orders.api.tracking import prefers_page
from orders.api.tracking_words import LANGUAGES, words_for
from orders.domain.incidents import IncidentReason
from orders.domain.tracking import Tracking
from tests.orders.conftest import Body, Place
from tests.orders.test_tracking import EVENTS, parcels_of, record

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


async def page_of(
    client: httpx.AsyncClient, token: str, language: str = "fr", query: str = ""
) -> httpx.Response:
    headers = {"Accept": BROWSER, "Accept-Language": language}
    return await client.get(f"/v1/tracking/{token}{query}", headers=headers)


@pytest.fixture
async def parcel(client: httpx.AsyncClient, place: Place) -> Body:
    order = await place(contact={"name": "Anna Secrète", "email": "anna@example.com"})
    [parcel] = await parcels_of(client, order)
    failed = {
        "status": "attempt_failed",
        "occurred_at": "2026-03-03T09:00:00",
        "reason": "recipient-absent",
        "location": "12 rue Secrète",
    }
    for told in (*EVENTS, failed):
        await record(client, parcel, told)
    return parcel


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("application/json", False),
        ("", False),
        ("text/html, application/json", False),
        ("text/html;q=0.5, */*;q=0.8", False),
        ("text/html;q=x", False),
    ],
)
def test_json_stays_the_answer_unless_a_page_is_preferred(accept: str, is_page: object) -> None:
    assert prefers_page(accept) is is_page


async def test_the_page_tells_where_the_parcel_is_and_nothing_personal(
    client: httpx.AsyncClient, parcel: Body
) -> None:
    answer = await page_of(client, parcel["tracking_token"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text
    for told in ("Livré", "8V0", "3 mars 2026 à 10:00", "UTC+1", "Paris", "personne n’était"):
        assert told in page
    for secret in ("Anna", "anna", "Secr", "Signé", parcel["order_id"], parcel["parcel_id"]):
        assert secret not in page


async def test_the_page_is_in_the_language_that_is_wanted(
    client: httpx.AsyncClient, parcel: Body
) -> None:
    token = parcel["tracking_token"]
    assert "Livré" in (await page_of(client, token, "de, fr-CA;q=0.8, en;q=0.5")).text
    assert "配達完了" in (await page_of(client, token, "ja-JP")).text
    english = await page_of(client, token, "ja", "?lang=en")
    assert "Delivered" in english.text
    assert '<html lang="en">' in english.text
    assert words_for("xx", "de;q=nan, zz").language == "en"


def test_every_language_has_a_word_for_everything() -> None:
    for words in LANGUAGES.values():
        assert words.statuses.keys() == set(Tracking)
        assert words.reasons.keys() == set(IncidentReason)
        assert all(words.statuses.values())


async def test_only_the_pages_own_script_runs_and_no_link_tells_of_it(
    client: httpx.AsyncClient, parcel: Body
) -> None:
    answer = await page_of(client, parcel["tracking_token"])
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert re.findall(r"<noscript>(.*?)</noscript>", answer.text) == [
        '<meta http-equiv="refresh" content="30">'
    ]
    assert " style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)


async def test_what_carriers_write_is_escaped(client: httpx.AsyncClient, place: Place) -> None:
    order = await place()
    bad = "<script>alert(1)</script>"
    url = f"/v1/orders/{order['order_id']}/shipments"
    body = {"parcels": [{"carrier": bad, "tracking_number": bad}]}
    [parcel] = (await client.post(url, json=body)).json()["parcels"]
    await record(client, parcel, EVENTS[0] | {"location": bad})
    page = (await page_of(client, parcel["tracking_token"])).text
    assert bad not in page
    assert page.count("&lt;script&gt;alert(1)") == 3


@pytest.mark.parametrize("token", ["short", "abcdefghijklmnopqrstuvwxyz"])
async def test_an_unknown_token_gets_a_kind_word(client: httpx.AsyncClient, token: str) -> None:
    answer = await page_of(client, token)
    assert answer.status_code == 404
    assert "Nous ne connaissons pas ce colis" in answer.text
    assert "<script" not in answer.text
